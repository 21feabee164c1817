import * as z from 'zod';

/** Something wrong with settings: the field, and what to do. */
export type FieldFault = readonly [field: string, fault: string];

const NAMED = z.string().optional().catch(undefined);

/** What settings say of services, as far as it can be read: a fault elsewhere in them hides none of those here. */
const SERVICE_SETTINGS = z.object({
  namespace: NAMED,
  namespaces: z.record(z.string(), NAMED).catch({}),
  replicas: z.record(z.string(), z.unknown()).catch({}),
  resources: z.record(z.string(), z.unknown()).catch({}),
  hosts: z.record(z.string(), z.array(NAMED).catch([])).catch({}),
  clusterDomain: z.string().catch('cluster.local'),
  storage: z.object({ mongodb: z.object({ namespace: NAMED }).catch({}) }).catch({ mongodb: {} }),
  telemetry: z
    .object({
      deploy: z.unknown().optional(),
      collector: z
        .object({ namespace: NAMED, service: NAMED, ports: z.array(z.unknown()).catch([]) })
        .catch({ ports: [] }),
      prometheus: z.unknown().optional(),
    })
    .catch({ deploy: false, collector: { ports: [] }, prometheus: undefined }),
  istio: z
    .object({ namespace: z.string().catch('istio-system'), ingress: z.object({ namespace: NAMED }).catch({}) })
    .catch({ namespace: 'istio-system', ingress: {} }),
});

/** The part of settings that has to fit the services there are. */
export type ServiceSettings = z.output<typeof SERVICE_SETTINGS>;

/** Reads as much of the settings as it can; undefined if that is nothing. */
export function readServiceSettings(settings: unknown): ServiceSettings | undefined {
  return SERVICE_SETTINGS.safeParse(settings).data;
}
