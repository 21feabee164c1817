import type { DescMethod } from '@bufbuild/protobuf';
import type { GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import type { Contract, MethodsOf } from './contract';
import type { Duration } from './duration';
import type { SloDeclaration, SloSpec } from './slo';

/** What a service serves: one contract, or several by name. */
export type Serves = Contract | Readonly<Record<string, Contract>>;

/** Whom a service calls, by the name its code uses. */
export type Calls = Readonly<Record<string, CallSpec>>;

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
  /** Deadlines of unary methods that differ from `DEFAULT_TIMEOUT`. */
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
