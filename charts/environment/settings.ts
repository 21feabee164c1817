import * as z from 'zod';
import { checkScale, isDomain, type ServiceSpec } from '../../services/kit/declaration';
import { RESOURCES } from '../resources';
import { checked, CIDR, DOMAIN, HOST, LABEL, list, NAME, pattern, PORT, REGISTRY, text } from './fields';
import { TELEMETRY } from './telemetry-settings';

/** @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const SECRET_REF = z.strictObject({
  name: text(isDomain, 'the name of a Secret', 'use lower-case letters, digits, dashes and dots'),
  key: pattern(
    /^(?!\.\.)[-._A-Za-z0-9]{1,253}$/,
    'a key of a Secret',
    'use letters, digits, dashes, dots and _, at most 253',
  ),
});

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const SELECTOR = checked(
  z.record(
    pattern(
      /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/,
      'the name of a label',
      'write for example app or example.com/app',
    ),
    pattern(
      /^([A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/,
      'the value of a label',
      'use letters, digits, dashes, dots and _, at most 63',
    ),
  ),
  (labels) =>
    Object.keys(labels).length > 0 ? undefined : { message: 'selects all pods', fix: 'write at least one label' },
);

const SCALE = checked(z.strictObject({ min: z.number(), max: z.number() }), checkScale);

/** Where names are resolved: in pods of a namespace, and at addresses of the node with NodeLocal DNSCache. */
const DNS = z.strictObject({
  namespace: LABEL.default('kube-system'),
  port: PORT.default(53),
  addresses: z.array(CIDR).default([]),
});

const ISTIO = z.strictObject({
  namespace: LABEL.default('istio-system'),
  /** The revision that injects sidecars; the default injector if left out. */
  revision: LABEL.optional(),
  /** Whether Istio's CNI plugin redirects traffic. Without it an init container does, which needs NET_ADMIN. */
  cni: z.boolean(),
  ingress: z
    .strictObject({
      namespace: LABEL,
      account: NAME,
      /** Selects the gateway's pods. */
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

const MONGODB = checked(
  z.strictObject({
    port: PORT.default(27_017),
    /** Where it runs: in a namespace of this cluster, or at addresses outside. */
    namespace: LABEL.optional(),
    cidr: CIDR.optional(),
  }),
  ({ namespace, cidr }) => {
    if ((namespace === undefined) !== (cidr === undefined)) return undefined;
    const message = namespace === undefined ? 'has neither a namespace nor a cidr' : 'has a namespace and a cidr';
    return { message, fix: 'write one of the two' };
  },
);

/** The schema of settings. It depends on the services, since their names are keys. */
export function settingsSchema(services: readonly ServiceSpec[]) {
  const names = new Set(services.map(({ name }) => name));
  const service = checked(z.string(), (name) =>
    names.has(name)
      ? undefined
      : { message: `there is no service "${name}"`, fix: `the services are ${[...names].join(', ')}` },
  );
  return z.strictObject({
    /** The namespace of every service that `namespaces` does not name. */
    namespace: LABEL,
    namespaces: z.record(service, LABEL).default({}),
    trustDomain: DOMAIN.default('cluster.local'),
    clusterDomain: DOMAIN.default('cluster.local'),
    /** Where images come from: `<registry>/<service>`. */
    registry: REGISTRY,
    /** How many pods run here, if not as many as declared. */
    replicas: z.record(service, SCALE).default({}),
    /** Resources of a service's pods here, if not those of every pod. */
    resources: z.record(service, RESOURCES).default({}),
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    /** How long a pod accepts calls after SIGTERM, in milliseconds, until its callers have noticed. */
    drainDelayMs: checked(z.number(), (ms) =>
      Number.isInteger(ms) && ms >= 0
        ? undefined
        : { message: `${ms} is not a number of milliseconds`, fix: 'write a whole number, 0 or more' },
    ),
    /** The hosts that lead to HTTP services from outside, by service. */
    hosts: z.record(service, list(HOST)).default({}),
    dns: DNS.prefault({}),
    /** Whether the lane header may come from outside; otherwise the ingress removes it. */
    headerRouting: z.boolean(),
    storage: z.strictObject({ mongodb: MONGODB }),
    secrets: z.strictObject({ mongoUri: SECRET_REF }),
    istio: ISTIO,
    telemetry: TELEMETRY,
    /** `audit` denies nothing: it only logs what `enforce` would deny. */
    policy: z.enum(['audit', 'enforce']),
  });
}

type Schema = ReturnType<typeof settingsSchema>;

/** What differs from one environment to another, as a person writes it. */
export type SettingsInput = z.input<Schema>;

/** What differs from one environment to another. */
export type Settings = z.output<Schema>;

/** Every namespace of services once, the shared one first. */
export function namespacesOf({ namespace, namespaces }: Settings): string[] {
  return [...new Set([namespace, ...Object.values(namespaces).sort()])];
}

/** A key of a Kubernetes Secret: settings name secrets and never contain them. */
export interface SecretRef {
  name: string;
  key: string;
}

/** A reference to a Secret that is made elsewhere. */
export function secretRef(name: string, key: string): SecretRef {
  return { name, key };
}
