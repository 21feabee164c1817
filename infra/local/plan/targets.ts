import type { LocalService } from './local-service';

/** The variable with the address of a service, such as `USER_INFO_GRPC_URL`. */
function targetVariable(service: string): string {
  return `${variableName(service)}_GRPC_URL`;
}

/** Turns a name into a part of a variable name. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** The variables with the addresses of the services that run here. */
export function targetVariables(services: readonly LocalService[]): Record<string, string> {
  const reachable = services.filter(({ port, addresses }) => port === 'grpc' && addresses.length > 0);
  return Object.fromEntries(
    reachable.map(({ name, addresses }) => [targetVariable(name), `ipv4:${addresses.join(',')}`]),
  );
}

/**
 * The variables that the kubelet sets for the Services of a namespace: `USERS_SERVICE_HOST`, `USERS_SERVICE_PORT`. Here
 * they have the address of each Service's first pod.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function serviceVariables(services: readonly LocalService[]): Record<string, string> {
  const reachable = services.filter(({ addresses }) => addresses.length > 0);
  const pairs = reachable.flatMap(({ name, port, addresses }, index) => {
    const [host = '', number = ''] = addresses[0]?.split(':') ?? [];
    const isFirst = reachable.findIndex((each) => each.name === name) === index;
    const names = [...(isFirst ? ['PORT'] : []), ...(port === '' ? [] : [`PORT_${variableName(port)}`])];
    return [['HOST', host], ...names.map((each) => [each, number])].map(([each, value]) => [
      `${variableName(name)}_SERVICE_${each}`,
      value,
    ]);
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/**
 * Addresses of services from the shell, for services in a debugger, in a container or shared by a team. They win over
 * those that run here.
 */
export function externalTargets(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set = Object.entries(environment).filter(([name, value]) => /^[A-Z]\w*_GRPC_URL$/.test(name) && value);
  return Object.fromEntries(set) as Record<string, string>;
}
