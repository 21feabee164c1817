import { GRPC_PORT } from './spec';

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variable that overrides where a service is found, for example `USER_INFO_GRPC_URL`. */
export function targetVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_GRPC_URL`;
}

/** Where a service is found: as the environment says, else under its name in the cluster. */
export function targetOf(service: string, namespace: string, environment: Environment): string {
  const override = environment[targetVariable(service)];
  return override || `dns:///${service}.${namespace}.svc.cluster.local:${GRPC_PORT}`;
}
