import type { DescMethod } from '@bufbuild/protobuf';
import type { GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import { calledMethods } from './called-methods';
import { type Contract, methodOf, type MethodsOf } from './contract';
import { faultsOf, isCall } from './declaration-faults';
import { type Duration, isDuration, parseDuration } from './duration';
import { parseSlo, type SloDeclaration, sloFaults, type SloSpec } from './slo';

export { isHost, isObjectKey, isOwnVariable, isServiceHost, serviceHostFault } from './declaration-faults';
export { isRepository } from './image';
export { targetVariable } from './target-variable';
export { declarationOf, faultsDeclaredBy, refuseDeclarations } from './declared';
export { hasOneRequest, methodOf, pathOf } from './contract';
export type { Contract } from './contract';
export type { LatencyObjective, MethodObjectives, ObjectiveSpec, SloSpec } from './slo';

/** What a service serves: one contract, or several by name. */
export type Serves = Contract | Readonly<Record<string, Contract>>;

/** Whom a service calls, by the name its code uses. */
export type Calls = Readonly<Record<string, CallSpec>>;

/** The default deadline of a unary call, unless `timeouts` says otherwise. */
export const DEFAULT_TIMEOUT: Duration = '3s';

/** The port of every gRPC service in a cluster. */
export const GRPC_PORT = 50_051;

/** The port of every HTTP service in a cluster. */
export const HTTP_PORT = 8080;

/** The name that liveness probes ask gRPC health for: it serves as long as the process answers at all. */
export const LIVENESS = 'liveness';

/** The stores that `run` can connect. */
export type StoreKind = 'mongodb';

/** What a person writes about a service. */
export interface ServiceDeclaration<
  S extends Serves = Serves,
  C extends Calls = Calls,
  D extends StoreKind | undefined = StoreKind | undefined,
> {
  /** A DNS label (RFC 1123): the folder, Service, ServiceAccount and trace name. */
  name: string;
  /** The gRPC contracts. Without it the service speaks HTTP: see {@link ServiceDeclaration.http}. */
  serves?: S;
  /** True for a service that listens for HTTP instead of gRPC. */
  http?: boolean;
  /**
   * A container image instead of handlers, for a service that is not written with the kit: its repository, without
   * tag and digest, which are the release's. It listens where `GRPC_ADDRESS` and `GRPC_PORT` (or `HTTP_…`) say,
   * and finds its store in the file that `MONGO_URI_FILE` names.
   */
  image?: string;
  /** How probes ask an image: by gRPC health, or (`tcp`, what is usual) by whether its port is open. */
  health?: 'grpc' | 'tcp';
  /** The exact methods this service calls: they type its clients and become its access rights. */
  calls?: C;
  /** The services that may call this one, where not every declared caller may. */
  allowedCallers?: readonly string[];
  /** The topics of the events that it sends, and of those that it wants. */
  publishes?: readonly string[];
  subscribes?: readonly string[];
  /** Deadlines of unary methods that differ from {@link DEFAULT_TIMEOUT}. */
  timeouts?: Partial<Record<MethodRef<S>, Duration>>;
  /** What its callers may rely on; recording rules and alerts come from it. */
  slo?: SloDeclaration<MethodRef<S>>;
  /** The store that the service needs; `run` connects it. */
  store?: D;
  /** How many pods run. */
  scale?: { min: number; max: number };
  /** Settings that are no secrets, as environment variables. */
  config?: Readonly<Record<string, string>>;
}

/** A declared service, without its types. */
export interface ServiceSpec {
  readonly name: string;
  readonly serves: readonly ServedContract[];
  readonly http: boolean;
  readonly image?: string | undefined;
  readonly health?: 'grpc' | 'tcp' | undefined;
  /** Where it is, if Weft does not deploy it. */
  readonly external?: ExternalAddress | undefined;
  readonly calls: Calls;
  readonly allowedCallers?: readonly string[] | undefined;
  readonly publishes?: readonly string[] | undefined;
  readonly subscribes?: readonly string[] | undefined;
  readonly slo?: SloSpec | undefined;
  readonly store: StoreKind | undefined;
  readonly scale: { min: number; max: number };
  readonly config: Readonly<Record<string, string>>;
  /** What is wrong with the declaration, and how to mend it; who reads one with any refuses it. */
  readonly faults?: readonly string[] | undefined;
}

/** Where a service is that somebody else runs. */
export interface ExternalAddress {
  /** Its name in DNS. */
  readonly host: string;
  readonly port: number;
  /** Whether the mesh encrypts the connection; services themselves send plaintext to their sidecar. */
  readonly tls: boolean;
  /** The addresses behind the name, as CIDR ranges; any where they are not known. */
  readonly addresses: readonly string[];
}

/** What a person writes about a service that Weft does not deploy. */
export interface ExternalDeclaration<S extends Serves = Serves> extends Partial<ExternalAddress> {
  /** A DNS label: the folder, and the name in the environment variable `<NAME>_GRPC_URL`. */
  name: string;
  serves: S;
  host: string;
  timeouts?: Partial<Record<MethodRef<S>, Duration>>;
}

/** A contract as a service serves it. */
export interface ServedContract {
  /** The name it has in `serves`; none where it stands alone. */
  readonly key: string | undefined;
  readonly contract: Contract;
  /** The deadline of each unary method in milliseconds. */
  timeoutMs(method: string): number | undefined;
}

/** Carries the types of a declaration; it is never set. */
export interface DeclaredTypes<S, C, D> {
  readonly types?: { serves: S; calls: C; store: D };
}

/** A declared service with the types of what it serves and calls. */
export interface Service<
  S extends Serves = Serves,
  C extends Calls = Calls,
  D extends StoreKind | undefined = StoreKind | undefined,
>
  extends ServiceSpec, DeclaredTypes<S, C, D> {
  /**
   * The right to call these methods and no others.
   *
   * @param names of methods; where several contracts have one of the same name, `key.method`
   */
  only<N extends MethodRef<S>>(...names: N[]): CallSpec<ClientMethods<S, N>>;
}

/** A callee and the methods of it that may be called. */
export interface CallSpec<Methods extends GenServiceMethods = GenServiceMethods> {
  readonly service: ServiceSpec;
  /** Those that there are. */
  readonly methods: readonly CalledMethod[];
  /** What is wrong with the names of the others. */
  readonly faults?: readonly string[] | undefined;
  /** Never set: it carries the types. */
  readonly types?: Methods;
}

/** One method that a caller declared; the client has it by its `localName`. */
export interface CalledMethod {
  readonly method: DescMethod;
  readonly timeoutMs: number | undefined;
}

/** The names by which `only` and `timeouts` know the methods of `S`. */
export type MethodRef<S> = S extends Contract
  ? keyof MethodsOf<S> & string
  : { [K in keyof S & string]: MethodRef<S[K]> | `${K}.${MethodRef<S[K]>}` }[keyof S & string];

/** The methods that `N` names, by the name a client has for them. */
export type ClientMethods<S, N extends string> = { [Ref in N as BareName<Ref>]: MethodAt<S, Ref> };

type BareName<N extends string> = N extends `${string}.${infer Name}` ? Name : N;

type MethodAt<S, N extends string> = S extends Contract
  ? N extends keyof MethodsOf<S>
    ? MethodsOf<S>[N]
    : never
  : N extends `${infer Key}.${infer Name}`
    ? Key extends keyof S
      ? MethodAt<S[Key], Name>
      : never
    : { [K in keyof S]: MethodAt<S[K], N> }[keyof S];

/**
 * Declares a service: pure data, from which come its server, clients and manifests. It throws nothing, so that what is
 * wrong with several declarations is told at once: by `weft`, and by `run`.
 */
export function defineService<
  const S extends Serves,
  const C extends Calls = Record<string, never>,
  const D extends StoreKind | undefined = undefined,
>(declaration: ServiceDeclaration<S, C, D>): Service<S, C, D> {
  return serviceOf<S, C, D>(declaration, undefined);
}

/** Declares a service that somebody else runs outside the mesh, so that others can call it. */
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
    // What is no call is a fault, with which nothing is called.
    calls: Object.fromEntries(Object.entries<CallSpec>(declaration.calls ?? {}).filter(([, call]) => isCall(call))),
    allowedCallers: declaration.allowedCallers,
    publishes: declaration.publishes,
    subscribes: declaration.subscribes,
    slo: declaration.slo && parseSlo(declaration.slo, serves),
    store: declaration.store,
    scale: declaration.scale ?? { min: 1, max: 1 },
    config: declaration.config ?? {},
    faults: [
      ...faultsOf(declaration, contracts, external),
      ...(declaration.slo ? sloFaults(declaration.slo, serves) : []),
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
    // One that cannot be read is a fault of the declaration, with which nothing is called.
    return parseDuration(isDuration(declared) ? declared : DEFAULT_TIMEOUT);
  };
  return { key, contract, timeoutMs };
}
