import { createHash } from 'node:crypto';
import { GRPC_PORT, HTTP_PORT, type ServiceSpec, targetVariable } from '../../../services/kit/declaration';
import type { System } from '../../system';
import { telemetryVariablesOf } from './telemetry-variables';

/** The time for calls in flight to finish, after the delay in which new ones still arrive, in milliseconds. */
export const DRAIN_TIMEOUT_MS = 20_000;

/** The settings of a service, without secrets, for all its versions. */
export function configOf(spec: ServiceSpec, system: System): Record<string, string> {
  const { logLevel, drainDelayMs } = system.settings;
  return {
    ...(spec.http
      ? { HTTP_ADDRESS: '0.0.0.0', HTTP_PORT: String(HTTP_PORT) }
      : { GRPC_ADDRESS: '0.0.0.0', GRPC_PORT: String(GRPC_PORT) }),
    LOG_LEVEL: logLevel,
    DRAIN_DELAY_MS: String(drainDelayMs),
    DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
    ...targetsOf(spec, system),
    ...telemetryVariablesOf(spec, system.settings),
    ...spec.config,
  };
}

/** In the pod template, it replaces the pods when their ConfigMap changes. */
export function digestOf(data: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
}

/** The addresses of callees that the kit's default would miss: external, in another namespace or another DNS domain. */
function targetsOf(spec: ServiceSpec, { names, calleesOf }: System): Record<string, string> {
  const usual = (callee: string): string => `${callee}.${names.namespaceOf(spec.name)}.svc.cluster.local`;
  const targets = calleesOf(spec).flatMap(({ callee: { name, external } }) => {
    const variable = targetVariable(name);
    if (external) return [[variable, `dns:///${external.host}:${external.port}`]];
    return names.hostOf(name) === usual(name) ? [] : [[variable, `dns:///${names.hostOf(name)}:${GRPC_PORT}`]];
  });
  return Object.fromEntries(targets) as Record<string, string>;
}
