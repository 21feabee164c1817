import { secretRef, type SettingsInput } from '../../environment/settings';

/** A laptop, for `npm start`. */
export const settings: SettingsInput = {
  namespace: 'weft',
  registry: 'weft',
  // Enough to see that calls are spread.
  replicas: { greeter: { min: 2, max: 2 } },
  logLevel: 'info',
  drainDelayMs: 3_000,
  hosts: { gateway: ['weft.localhost'] },
  headerRouting: true,
  storage: { mongodb: { namespace: 'mongodb' } },
  secrets: { mongoUri: secretRef('mongodb', 'uri') },
  istio: { cni: false },
  telemetry: {
    sampling: 100,
    tracing: 'traces',
    accessLog: 'logs',
    collector: { namespace: 'telemetry', service: 'collector', ports: [4317, 4318] },
  },
  policy: 'enforce',
};
