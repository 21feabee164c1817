import type { DescMethod } from '@bufbuild/protobuf';
import type { GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import type { FaultText, FieldFault } from '../faults/fault';
import type { Contract, MethodsOf } from './contract';
import type { Duration } from './duration';
import type { SloDeclaration, SloSpec } from './slo';

/** What a service serves: one contract, or several by name. */
export type Serves = Contract | Readonly<Record<string, Contract>>;

/** The services that a service calls, by the name in its code. */
export type Calls = Readonly<Record<string, CallSpec>>;

/** The stores that `run` can connect. */
export type StoreKind = 'mongodb';

/** A service as a person declares it. */
export interface ServiceDeclaration<
  S extends Serves = Serves,
  C extends Calls = Calls,
  D extends StoreKind | undefined = StoreKind | undefined,
> {
  /** A DNS label (RFC 1123): the folder, Service, ServiceAccount and trace name. */
  name: string;
  /** The gRPC contracts; none for an HTTP service. */
  serves?: S;
  /** True for a service that listens for HTTP instead of gRPC. */
  http?: boolean;
  /**
   * A container image instead of handlers, for a service that is not written with the kit: its repository, without a
   * tag or digest (the release has those). It listens at `GRPC_ADDRESS` and `GRPC_PORT` (or `HTTP_…`) and reads its
   * store's address from the file `MONGO_URI_FILE`.
   */
  image?: string;
  /** How probes check an image: by gRPC health, or (`tcp`, the default) by connecting to its port. */
  health?: 'grpc' | 'tcp';
  /** The methods that this service calls: they type its clients and become its access rights. */
  calls?: C;
  /** The only services that may call this one; any if left out. */
  allowedCallers?: readonly string[];
  /** Topics of the events that it sends and receives. */
  publishes?: readonly string[];
  subscribes?: readonly string[];
  /** Deadlines of unary methods that differ from `DEFAULT_TIMEOUT`. */
  timeouts?: Partial<Record<MethodRef<S>, Duration>>;
  /** Objectives that its callers may rely on; recording rules and alerts are made from them. */
  slo?: SloDeclaration<MethodRef<S>>;
  /** The store that the service needs; `run` connects it. */
  store?: D;
  /** How many pods run. */
  scale?: { min: number; max: number };
  /** Environment variables. They are readable in manifests, so they hold no secrets. */
  config?: Readonly<Record<string, string>>;
  /**
   * Commands that show what the service does: `npm start` suggests them. `localhost:8080` stands for the HTTP service.
   */
  examples?: readonly string[];
}

/** A declared service without its types. */
export interface ServiceSpec {
  readonly name: string;
  readonly serves: readonly ServedContract[];
  readonly http: boolean;
  readonly image?: string | undefined;
  readonly health?: 'grpc' | 'tcp' | undefined;
  /** Its address, if it runs outside. */
  readonly external?: ExternalAddress | undefined;
  readonly calls: Calls;
  readonly allowedCallers?: readonly string[] | undefined;
  readonly publishes?: readonly string[] | undefined;
  readonly subscribes?: readonly string[] | undefined;
  readonly slo?: SloSpec | undefined;
  readonly store: StoreKind | undefined;
  readonly scale: { min: number; max: number };
  readonly config: Readonly<Record<string, string>>;
  readonly examples?: readonly string[] | undefined;
  /** A declaration with faults is refused by all that use it. */
  readonly faults?: readonly FieldFault[] | undefined;
}

/** The address of a service outside. */
export interface ExternalAddress {
  /** Its DNS name. */
  readonly host: string;
  readonly port: number;
  /** Whether the mesh encrypts the connection; services themselves send plaintext to their sidecar. */
  readonly tls: boolean;
  /** The addresses of the host as CIDR ranges; empty for any address. */
  readonly addresses: readonly string[];
}

/** A service outside, as a person declares it. */
export interface ExternalDeclaration<S extends Serves = Serves> extends Partial<ExternalAddress> {
  /** A DNS label: the folder, and the name in the environment variable `<NAME>_GRPC_URL`. */
  name: string;
  serves: S;
  host: string;
  timeouts?: Partial<Record<MethodRef<S>, Duration>>;
}

/** A contract as a service serves it. */
export interface ServedContract {
  /** Its key in `serves`; undefined for a single contract. */
  readonly key: string | undefined;
  readonly contract: Contract;
  /** The deadline of each unary method in milliseconds. */
  timeoutMs(method: string): number | undefined;
}

/** Carries the types of a declaration at compile time; it is never set. */
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
   * The right to call these methods only.
   *
   * @param names of methods, written `key.method` if several contracts have one of that name
   */
  only<N extends MethodRef<S>>(...names: N[]): CallSpec<ClientMethods<S, N>>;
}

/** A callee and the methods that may be called. */
export interface CallSpec<Methods extends GenServiceMethods = GenServiceMethods> {
  readonly service: ServiceSpec;
  readonly methods: readonly CalledMethod[];
  /** Of names that are not methods of the service. */
  readonly faults?: readonly FaultText[] | undefined;
  /** Never set: it carries the types. */
  readonly types?: Methods;
}

/** A method that a caller declared; the client has it under its `localName`. */
export interface CalledMethod {
  readonly method: DescMethod;
  readonly timeoutMs: number | undefined;
}

/** The names of the methods of `S` in `only` and `timeouts`. */
export type MethodRef<S> = S extends Contract
  ? keyof MethodsOf<S> & string
  : { [K in keyof S & string]: MethodRef<S[K]> | `${K}.${MethodRef<S[K]>}` }[keyof S & string];

/** The methods that `N` names, by their name in a client. */
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
