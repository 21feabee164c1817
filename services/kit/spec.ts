import type { Contract, ContractMethod, MethodKind, MethodTypes } from '../../proto/contract';
import { type Duration, parseDuration } from './duration';

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
  /** The exact methods this service calls: they type its clients and become its access rights. */
  calls?: C;
  /** Deadlines of unary methods that differ from {@link DEFAULT_TIMEOUT}. */
  timeouts?: Partial<Record<MethodRef<S>, Duration>>;
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
  readonly calls: Calls;
  readonly store: StoreKind | undefined;
  readonly scale: { min: number; max: number };
  readonly config: Readonly<Record<string, string>>;
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
export interface CallSpec<Methods extends MethodTypes = MethodTypes> {
  readonly service: ServiceSpec;
  readonly methods: readonly CalledMethod[];
  /** Never set: it carries the types. */
  readonly types?: Methods;
}

/** One method that a caller declared. */
export interface CalledMethod {
  /** In lowerCamelCase, as the client has it. */
  readonly name: string;
  readonly contract: Contract;
  readonly timeoutMs: number | undefined;
}

/** The names by which `only` and `timeouts` know the methods of `S`. */
export type MethodRef<S> =
  S extends Contract<infer M>
    ? keyof M & string
    : { [K in keyof S & string]: MethodRef<S[K]> | `${K}.${MethodRef<S[K]>}` }[keyof S & string];

/** The methods that `N` names, by the name a client has for them. */
export type ClientMethods<S, N extends string> = { [Ref in N as BareName<Ref>]: MethodAt<S, Ref> };

type BareName<N extends string> = N extends `${string}.${infer Name}` ? Name : N;

type MethodAt<S, N extends string> =
  S extends Contract<infer M>
    ? N extends keyof M
      ? M[N]
      : never
    : N extends `${infer Key}.${infer Name}`
      ? Key extends keyof S
        ? MethodAt<S[Key], Name>
        : never
      : { [K in keyof S]: MethodAt<S[K], N> }[keyof S];

/**
 * Declares a service: pure data, from which come its server, clients and manifests.
 *
 * @throws Error that lists everything wrong with the declaration, and how to mend it
 */
export function defineService<
  const S extends Serves,
  const C extends Calls = Record<string, never>,
  const D extends StoreKind | undefined = undefined,
>(declaration: ServiceDeclaration<S, C, D>): Service<S, C, D> {
  const contracts = contractsOf(declaration.serves);
  refuse(declaration.name, faultsOf(declaration, contracts));
  const timeouts: Record<string, string | undefined> = declaration.timeouts ?? {};
  const serves = [...contracts].map(([key, contract]) => serve(key, contract, timeouts));
  const service: ServiceSpec = {
    name: declaration.name,
    serves,
    http: declaration.http ?? false,
    calls: declaration.calls ?? {},
    store: declaration.store,
    scale: declaration.scale ?? { min: 1, max: 1 },
    config: declaration.config ?? {},
  };
  const only = (...names: string[]): CallSpec => ({ service, methods: resolveAll(service, names) });
  return Object.assign(service, { only }) as unknown as Service<S, C, D>;
}

function contractsOf(serves: Serves | undefined): Map<string | undefined, Contract> {
  if (serves === undefined) return new Map();
  if (isContract(serves)) return new Map([[undefined, serves]]);
  return new Map(Object.entries(serves));
}

function isContract(serves: Serves): serves is Contract {
  return typeof serves.fullName === 'string';
}

function serve(
  key: string | undefined,
  contract: Contract,
  timeouts: Record<string, string | undefined>,
): ServedContract {
  const timeoutMs = (method: string): number | undefined => {
    if (kindOf(contract.methods[method]) !== 'unary') return undefined;
    return parseDuration(timeouts[`${key}.${method}`] ?? timeouts[method] ?? DEFAULT_TIMEOUT);
  };
  return { key, contract, timeoutMs };
}

/** The kind of RPC that a method is. */
export function kindOf(method: ContractMethod | undefined): MethodKind | undefined {
  if (!method) return undefined;
  if (method.requestStream) return method.responseStream ? 'bidi' : 'clientStream';
  return method.responseStream ? 'serverStream' : 'unary';
}

/** The contract's key, where the reference has one, and the method's name. */
function splitRef(ref: string): [key: string | undefined, name: string] {
  return ref.includes('.') ? (ref.split('.', 2) as [string, string]) : [undefined, ref];
}

function resolveAll(service: ServiceSpec, refs: string[]): CalledMethod[] {
  const methods = refs.map((ref) => resolve(service, ref));
  const twin = methods.find(({ name }, index) => methods.findIndex((other) => other.name === name) < index);
  if (twin)
    throw new Error(
      `${service.name}.only(${refs.map((ref) => `'${ref}'`).join(', ')}) names ${twin.name} twice; ` +
        'a client has one method of a name, so declare two entries in calls',
    );
  return methods;
}

function resolve(service: ServiceSpec, ref: string): CalledMethod {
  const [key, name] = splitRef(ref);
  const found = service.serves.filter(
    (s) => (key === undefined || s.key === key) && Object.hasOwn(s.contract.methods, name),
  );
  const [served] = found;
  if (!served) throw new Error(`${service.name} serves no method "${ref}"; it serves ${methodList(service)}`);
  if (found.length > 1) {
    const choices = found.map((s) => `'${s.key}.${name}'`).join(' or ');
    throw new Error(`${service.name} serves ${name} more than once; write ${choices}`);
  }
  return { name, contract: served.contract, timeoutMs: served.timeoutMs(name) };
}

function methodList(service: ServiceSpec): string {
  return service.serves.flatMap((s) => Object.keys(s.contract.methods)).join(', ') || 'no gRPC methods';
}

function faultsOf(declaration: ServiceDeclaration, contracts: Map<string | undefined, Contract>): string[] {
  const { name, serves, http = false, scale } = declaration;
  const timeouts: Record<string, string | undefined> = declaration.timeouts ?? {};
  const faults: string[] = [];
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    faults.push('name is no DNS label; use lower-case letters, digits and dashes, at most 63, a letter first');
  if ((serves === undefined) !== http) faults.push('say either what it serves, or http: true');
  if (
    scale &&
    !(Number.isInteger(scale.min) && Number.isInteger(scale.max) && scale.min >= 1 && scale.max >= scale.min)
  )
    faults.push(`scale ${scale.min} to ${scale.max} is no range; min is at least 1 and at most max`);
  for (const key of Object.keys(declaration.config ?? {})) faults.push(...configFaults(key));
  for (const [ref, duration] of Object.entries(timeouts)) faults.push(...timeoutFaults(ref, duration ?? '', contracts));
  return faults;
}

/** What the manifest itself sets, and would contradict. */
const SET_BY_CHARTS =
  /^((GRPC|HTTP)_(ADDRESS|PORT)|DRAIN_(DELAY|TIMEOUT)_MS|LOG_LEVEL|MONGO_URI|POD_NAMESPACE|SEED_DATA)$/;

function configFaults(key: string): string[] {
  if (!/^[A-Za-z_]\w*$/.test(key)) return [`config."${key}" is no name of an environment variable`];
  return SET_BY_CHARTS.test(key) ? [`config.${key} is set by the charts; leave it out`] : [];
}

function timeoutFaults(ref: string, duration: string, contracts: Map<string | undefined, Contract>): string[] {
  const faults: string[] = [];
  const [key, name] = splitRef(ref);
  const served = [...contracts].filter(([k]) => key === undefined || k === key).map(([, contract]) => contract);
  const kinds = served.map((contract) => kindOf(contract.methods[name])).filter((kind) => kind !== undefined);
  if (kinds.length === 0) faults.push(`timeouts.${ref} names no method that it serves`);
  else if (!kinds.includes('unary')) faults.push(`timeouts.${ref} is a stream, which has no timeout`);
  try {
    if (parseDuration(duration) === 0) faults.push(`timeouts.${ref} is 0, which leaves no time to answer`);
  } catch (error) {
    faults.push(`timeouts.${ref}: ${(error as Error).message}`);
  }
  return faults;
}

function refuse(name: string, faults: string[]): void {
  if (faults.length > 0) throw new Error(`service "${name}" is declared wrongly:\n  ${faults.join('\n  ')}`);
}
