import { GRPC_PORT } from '../declaration';
import { targetVariable } from '../declaration/target-variable';

/** Environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The address of a service: from the environment, else its name in the cluster. */
export function targetOf(service: string, namespace: string, environment: Environment): string {
  const override = environment[targetVariable(service)];
  return override || `dns:///${service}.${namespace}.svc.cluster.local:${GRPC_PORT}`;
}
