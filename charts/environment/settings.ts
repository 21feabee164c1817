import * as z from 'zod';
import { isRepository } from '../../services/kit/declaration';
import { faultsOf } from './faults';
import { CIDR, HOST, LABEL, NAME, PORT, SUBDOMAIN } from './fields';
import { RESOURCES } from '../resources';
import { TELEMETRY } from './telemetry-settings';

/** @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const SECRET_REF = z.strictObject({
  name: z.string().regex(SUBDOMAIN, 'must be the name of a Secret: lower-case letters, digits, dashes and dots'),
  key: z
    .string()
    .regex(/^(?!\.\.)[-._A-Za-z0-9]{1,253}$/, 'must be a key of a Secret: letters, digits, dashes, dots and _'),
});

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const SELECTOR = z
  .record(
    z.string().regex(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/, 'must be a label'),
    z.string().regex(/^([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/, 'must be the value of a label'),
  )
  .refine((labels) => Object.keys(labels).length > 0, 'must have at least one label, or it selects all pods');

const SCALE = z
  .strictObject({ min: z.int().min(1, 'must be at least 1'), max: z.int().lt(2 ** 31, 'must be below 2 ** 31') })
  .refine(({ min, max }) => max >= min, 'max must be at least min');

/** Where names are resolved: by pods of a namespace and, with NodeLocal DNSCache, by addresses of the node. */
const DNS = z.strictObject({
  namespace: LABEL.default('kube-system'),
  port: PORT.default(53),
  addresses: z.array(CIDR).default([]),
});

const ISTIO = z.strictObject({
  namespace: LABEL.default('istio-system'),
  /** The revision that injects sidecars; without one, the default injector does. */
  revision: LABEL.optional(),
  /** Whether Istio's CNI plugin redirects traffic. Without it an init container does, which needs NET_ADMIN. */
  cni: z.boolean(),
  ingress: z
    .strictObject({
      namespace: LABEL,
      account: NAME,
      /** What selects the gateway's pods. */
      selector: SELECTOR,
      /** The Secret in the gateway's namespace with the certificate of the hosts; without it, plain HTTP. */
      certificate: NAME.optional(),
    })
    .prefault({
      namespace: 'istio-system',
      account: 'istio-ingressgateway-service-account',
      selector: { istio: 'ingressgateway' },
    }),
});

const MONGODB = z
  .strictObject({
    port: PORT.default(27_017),
    /** Where it is: a namespace of this cluster, or addresses outside of it. */
    namespace: LABEL.optional(),
    cidr: CIDR.optional(),
  })
  .refine(({ namespace, cidr }) => (namespace === undefined) !== (cidr === undefined), {
    error: 'must have either a namespace or a cidr',
  });

const SETTINGS = z.strictObject({
  /** The namespace of every service that `namespaces` does not name. */
  namespace: LABEL,
  namespaces: z.record(LABEL, LABEL).default({}),
  trustDomain: HOST.default('cluster.local'),
  clusterDomain: HOST.default('cluster.local'),
  /** Where images come from: `<registry>/<service>`. */
  registry: z
    .string()
    .refine((registry) => isRepository(`${registry}/service`), 'must be a registry, for example ghcr.io/example'),
  /** How many pods run here, where that is not what the declaration says. */
  replicas: z.record(LABEL, SCALE).default({}),
  /** What the pods of a service ask for here, where that is not what every pod does. */
  resources: z.record(LABEL, RESOURCES).default({}),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  /** How long a pod goes on taking calls after SIGTERM, in milliseconds, until its callers have noticed. */
  drainDelayMs: z.int().min(0, 'must be 0 or more'),
  /** The hosts by which HTTP services are reached from outside, by service. */
  hosts: z.record(LABEL, z.array(HOST).min(1, 'must have at least one')).default({}),
  dns: DNS.prefault({}),
  /** Whether the lane header may come from outside; otherwise the ingress ignores it and takes it away. */
  headerRouting: z.boolean(),
  storage: z.strictObject({ mongodb: MONGODB }),
  secrets: z.strictObject({ mongoUri: SECRET_REF }),
  istio: ISTIO,
  telemetry: TELEMETRY,
  /** `audit` denies nothing: it only tells what `enforce` would deny. */
  policy: z.enum(['audit', 'enforce']),
});

/** What differs from one environment to another, as a person writes it. */
export type SettingsInput = z.input<typeof SETTINGS>;

/** What differs from one environment to another. */
export type Settings = z.output<typeof SETTINGS>;

/** Every namespace of services, the shared one first, each once. */
export function namespacesOf({ namespace, namespaces }: Settings): string[] {
  return [...new Set([namespace, ...Object.values(namespaces).sort()])];
}

/** A key of a Kubernetes Secret: settings name secrets and never hold them. */
export interface SecretRef {
  name: string;
  key: string;
}

/** A reference to a Secret that somebody else makes. */
export function secretRef(name: string, key: string): SecretRef {
  return { name, key };
}

/**
 * Checks settings, and adds what they leave out.
 *
 * @param faults gets a line for everything that is wrong, with the field
 */
export function readSettings(input: unknown, faults: string[]): Settings | undefined {
  const result = SETTINGS.safeParse(input, { reportInput: true });
  if (!result.success) faults.push(...faultsOf(result.error));
  return result.data;
}
