import { GRPC_PORT } from '../declaration';
import { targetVariable } from '../declaration/target-variable';

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a service is found: as the environment says, else under its name in the cluster. */
export function targetOf(service: string, namespace: string, environment: Environment): string {
  const override = environment[targetVariable(service)];
  return override || `dns:///${service}.${namespace}.svc.cluster.local:${GRPC_PORT}`;
}
