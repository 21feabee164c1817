import { secretRef, type SettingsInput } from '../../environment/settings';

/** A small cluster to try things out: kind, or any other with a few nodes. */
export const settings: SettingsInput = {
  namespace: 'weft',
  registry: 'localhost/weft',
  logLevel: 'debug',
  drainDelayMs: 3_000,
  hosts: { gateway: ['weft.localhost'] },
  headerRouting: true,
  storage: { mongodb: { namespace: 'mongodb' } },
  secrets: { mongoUri: secretRef('mongodb', 'uri') },
  istio: { cni: false },
  telemetry: {
    deploy: true,
    sampling: 100,
    tracing: 'traces',
    accessLog: 'logs',
    collector: { namespace: 'telemetry', service: 'collector', ports: [4317, 4318] },
  },
  policy: 'enforce',
};
