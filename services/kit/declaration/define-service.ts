import { calledMethods } from './called-methods';
import { type Contract, methodOf } from './contract';
import { DEFAULT_TIMEOUT } from './defaults';
import { isDuration, parseDuration } from './duration';
import { parseSlo } from './slo';
import type {
  Calls,
  CallSpec,
  ExternalAddress,
  ExternalDeclaration,
  ServedContract,
  Serves,
  Service,
  ServiceDeclaration,
  ServiceSpec,
  StoreKind,
} from './types';
import { isCall, validateDeclaration } from './validate-declaration';
import { validateSlo } from './validate-slo';

/**
 * Declares a service: pure data that its server, clients and manifests are made from. It never throws. Faults stay in
 * the declaration, and `weft` and `run` report those of all declarations at once.
 */
export function defineService<
  const S extends Serves,
  const C extends Calls = Record<string, never>,
  const D extends StoreKind | undefined = undefined,
>(declaration: ServiceDeclaration<S, C, D>): Service<S, C, D> {
  return serviceOf<S, C, D>(declaration, undefined);
}

/** Declares a service outside the mesh that others call. */
export function externalService<const S extends Serves>(
  declaration: ExternalDeclaration<S>,
): Service<S, Record<string, never>> {
  const { host, port = 443, tls = true, addresses = [], ...rest } = declaration;
  return serviceOf<S, Record<string, never>, undefined>(rest, { host, port, tls, addresses });
}

function serviceOf<S extends Serves, C extends Calls, D extends StoreKind | undefined>(
  declaration: ServiceDeclaration<S, C, D>,
  external: ExternalAddress | undefined,
): Service<S, C, D> {
  const contracts = contractsOf(declaration.serves);
  const timeouts: Record<string, string | undefined> = declaration.timeouts ?? {};
  const serves = [...contracts].map(([key, contract]) => serve(key, contract, timeouts));
  const service: ServiceSpec = {
    name: declaration.name,
    serves,
    http: declaration.http ?? false,
    image: declaration.image,
    health: declaration.health,
    external,
    // Anything else is a fault.
    calls: Object.fromEntries(Object.entries<CallSpec>(declaration.calls ?? {}).filter(([, call]) => isCall(call))),
    allowedCallers: declaration.allowedCallers,
    publishes: declaration.publishes,
    subscribes: declaration.subscribes,
    slo: declaration.slo && parseSlo(declaration.slo, serves),
    store: declaration.store,
    scale: declaration.scale ?? { min: 1, max: 1 },
    config: declaration.config ?? {},
    examples: declaration.examples,
    faults: [
      ...validateDeclaration(declaration, contracts, external),
      ...(declaration.slo ? validateSlo(declaration.slo, serves) : []),
    ],
  };
  const only = (...names: string[]): CallSpec => ({ service, ...calledMethods(service, names) });
  return Object.assign(service, { only }) as unknown as Service<S, C, D>;
}

function contractsOf(serves: Serves | undefined): Map<string | undefined, Contract> {
  if (serves === undefined) return new Map();
  if (isContract(serves)) return new Map([[undefined, serves]]);
  return new Map(Object.entries(serves));
}

function isContract(serves: Serves): serves is Contract {
  return serves['kind'] === 'service';
}

function serve(
  key: string | undefined,
  contract: Contract,
  timeouts: Record<string, string | undefined>,
): ServedContract {
  const timeoutMs = (method: string): number | undefined => {
    if (methodOf(contract, method)?.methodKind !== 'unary') return undefined;
    const declared = timeouts[`${key}.${method}`] ?? timeouts[method] ?? DEFAULT_TIMEOUT;
    // A timeout that cannot be read is a fault of the declaration.
    return parseDuration(isDuration(declared) ? declared : DEFAULT_TIMEOUT);
  };
  return { key, contract, timeoutMs };
}
