import type { LocalService } from './local-service';

/** The variable by which a process learns where a service is, for example `USER_INFO_GRPC_URL`. */
function targetVariable(service: string): string {
  return `${variable(service)}_GRPC_URL`;
}

/** A name as part of the name of a variable. */
export function variable(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** Where the services are that run here, as variables. */
export function targetsOf(services: readonly LocalService[]): Record<string, string> {
  const reachable = services.filter(({ port, addresses }) => port === 'grpc' && addresses.length > 0);
  return Object.fromEntries(
    reachable.map(({ name, addresses }) => [targetVariable(name), `ipv4:${addresses.join(',')}`]),
  );
}

/**
 * What the kubelet tells pods of the Services of their namespace: `USERS_SERVICE_HOST`, `USERS_SERVICE_PORT`. Here that
 * is where the first pod of each is.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function serviceVariablesOf(services: readonly LocalService[]): Record<string, string> {
  const reachable = services.filter(({ addresses }) => addresses.length > 0);
  const pairs = reachable.flatMap(({ name, port, addresses }, index) => {
    const [host = '', number = ''] = addresses[0]?.split(':') ?? [];
    const isFirst = reachable.findIndex((each) => each.name === name) === index;
    const names = [...(isFirst ? ['PORT'] : []), ...(port === '' ? [] : [`PORT_${variable(port)}`])];
    return [['HOST', host], ...names.map((each) => [each, number])].map(([each, value]) => [
      `${variable(name)}_SERVICE_${each}`,
      value,
    ]);
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/**
 * What the shell says of where services are: one that runs in a debugger or a container, or that others share. It wins
 * over what runs here.
 */
export function elsewhere(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const said = Object.entries(environment).filter(([name, value]) => /^[A-Z]\w*_GRPC_URL$/.test(name) && value);
  return Object.fromEntries(said) as Record<string, string>;
}
