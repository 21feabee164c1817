// What an environment's settings.ts imports, and what makes manifests without the command.
export { secretRef, type SecretRef, type SettingsInput } from './environment/settings';
export type { EnvironmentSource } from './environment/environment';
export { type Manifests, synthesize } from './synth';
