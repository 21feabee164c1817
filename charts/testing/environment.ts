import type { EnvironmentSource } from '../environment/environment';
import { settings as local } from '../environments/local/settings';
import type { SettingsInput } from '../environment/settings';

const RELEASES = 'default: { stable: { version: v1, tag: dev } }\n';

/** The laptop's environment without its settings of single services, with changes. */
export function environment(settings: Partial<SettingsInput> = {}, releases = RELEASES): EnvironmentSource {
  const base: SettingsInput = { ...local, replicas: {}, hosts: {} };
  return { folder: 'charts/environments/test', settings: { ...base, ...settings }, releases };
}

/** Releases with two versions of one service and one of all others. */
export function canaryOf(service: string): string {
  const versions = '{ stable: { version: v1, tag: dev }, canary: { version: v2, tag: next, env: { FEATURE: "on" } } }';
  return `${RELEASES}services:\n  ${service}: ${versions}\n`;
}
