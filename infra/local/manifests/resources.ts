import type { Document } from 'yaml';
import * as z from 'zod';
import { parseManifests } from '../../mesh/yaml';

// Only the fields that a local process needs are checked.

const PROBE = z.object({
  grpc: z.object({ port: z.number(), service: z.string().optional() }).optional(),
  httpGet: z.object({ path: z.string().default('/'), port: z.union([z.number(), z.string()]) }).optional(),
  tcpSocket: z.object({ port: z.union([z.number(), z.string()]) }).optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  failureThreshold: z.number().default(3),
  timeoutSeconds: z.number().default(1),
});

const ENV = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      secretKeyRef: z.object({ name: z.string(), key: z.string(), optional: z.boolean().default(false) }).optional(),
      configMapKeyRef: z.object({ name: z.string(), key: z.string(), optional: z.boolean().default(false) }).optional(),
    })
    .optional(),
});

const REFERENCE = z.object({ name: z.string(), optional: z.boolean().default(false) });

const CONTAINER_PORT = z
  .object({ name: z.string().optional(), containerPort: z.number() })
  .transform(({ name, containerPort }) => ({ name: name ?? `port-${containerPort}`, containerPort }));

const VOLUME_MOUNT = z.object({ name: z.string(), mountPath: z.string(), subPath: z.string().default('') });

const SECRET_VOLUME = z.object({
  secretName: z.string(),
  items: z.array(z.object({ key: z.string(), path: z.string() })).optional(),
  optional: z.boolean().default(false),
});

const CONTAINER = z.object({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(ENV).default([]),
  envFrom: z
    .array(
      z.object({ prefix: z.string().default(''), configMapRef: REFERENCE.optional(), secretRef: REFERENCE.optional() }),
    )
    .default([]),
  ports: z.array(CONTAINER_PORT).default([]),
  volumeMounts: z.array(VOLUME_MOUNT).default([]),
  startupProbe: PROBE.optional(),
  readinessProbe: PROBE.optional(),
  livenessProbe: PROBE.optional(),
});

const METADATA = z.object({ name: z.string(), namespace: z.string().default('default') });
const LABELS = z.record(z.string(), z.string()).default({});

const DEPLOYMENT = z.object({
  kind: z.literal('Deployment'),
  metadata: METADATA,
  spec: z.object({
    replicas: z.number().default(1),
    template: z.object({
      metadata: z.object({ labels: LABELS }),
      spec: z.object({
        enableServiceLinks: z.boolean().default(true),
        terminationGracePeriodSeconds: z.number().default(30),
        containers: z.array(CONTAINER).min(1, 'needs at least one container'),
        volumes: z.array(z.object({ name: z.string(), secret: SECRET_VOLUME.optional() })).default([]),
      }),
    }),
  }),
});

const SERVICE = z.object({
  kind: z.literal('Service'),
  metadata: METADATA.extend({ annotations: LABELS }),
  spec: z.object({
    selector: LABELS,
    clusterIP: z.string().optional(),
    ports: z.array(
      z.object({
        name: z.string().default(''),
        port: z.number(),
        targetPort: z.union([z.number(), z.string()]).optional(),
        appProtocol: z.string().optional(),
      }),
    ),
  }),
});

const CONFIG_MAP = z.object({ kind: z.literal('ConfigMap'), metadata: METADATA, data: LABELS });

export type Probe = z.infer<typeof PROBE>;
export type SecretVolume = z.infer<typeof SECRET_VOLUME>;
export type Container = z.infer<typeof CONTAINER>;
export type Deployment = z.infer<typeof DEPLOYMENT>;
export type Service = z.infer<typeof SERVICE>;
export type ConfigMap = z.infer<typeof CONFIG_MAP>;

/** The resources of a set of manifests that matter on a laptop. */
export interface Resources {
  deployments: Deployment[];
  services: Service[];
  configMaps: ConfigMap[];
}

/**
 * Reads manifests.
 *
 * @param files the text of each file, by its name
 * @throws Error that lists every fault with file, resource and field
 */
export function readResources(files: ReadonlyMap<string, string>): Resources {
  const faults: string[] = [];
  const documents = [...files].flatMap(([name, text]) => documentsOf(name, text, faults));
  const all = <T>(kind: string, schema: z.ZodType<T>): T[] =>
    documents.filter(({ value }) => value['kind'] === kind).flatMap((each) => parse(each, schema, faults));
  const resources = {
    deployments: all('Deployment', DEPLOYMENT),
    services: all('Service', SERVICE),
    configMaps: all('ConfigMap', CONFIG_MAP),
  };
  if (faults.length > 0) throw new Error(`these manifests cannot be read:\n  ${faults.join('\n  ')}`);
  return resources;
}

interface FileDocument {
  file: string;
  value: Record<string, unknown>;
}

function documentsOf(file: string, text: string, faults: string[]): FileDocument[] {
  return parseManifests(text).flatMap((document) => {
    const value = valueOf(file, document, faults);
    return typeof value === 'object' && value !== null ? [{ file, value: value as Record<string, unknown> }] : [];
  });
}

function valueOf(file: string, document: Document.Parsed, faults: string[]): unknown {
  const fault = ({ message }: Error): void => void faults.push(`${file}: ${message.split('\n')[0]}`);
  document.errors.forEach(fault);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS();
  } catch (error) {
    // A missing anchor shows only on conversion.
    fault(error as Error);
    return undefined;
  }
}

function parse<T>({ file, value }: FileDocument, schema: z.ZodType<T>, faults: string[]): T[] {
  const result = schema.safeParse(value);
  if (result.success) return [result.data];
  const name = (value['metadata'] as { name?: string } | undefined)?.name ?? '(no name)';
  for (const { path, message } of result.error.issues)
    faults.push(`${file}: ${String(value['kind'])} ${name}: ${path.join('.')}: ${message}`);
  return [];
}
