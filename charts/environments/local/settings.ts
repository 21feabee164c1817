import type { Settings } from '../../settings';

export const settings: Settings = {
  namespace: 'weft',
  registry: 'weft',
  tag: 'dev',
  logLevel: 'info',
  seedData: true,
  drainDelayMs: 3_000,
  mongodbSecret: { name: 'mongodb', key: 'uri' },
};
