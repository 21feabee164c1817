import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON, type MethodDefinition, type Options } from '@grpc/proto-loader';

/** How values look in code. The generated types are made with the same options. */
export const LOADER_OPTIONS = {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
} as const satisfies Options;

/** The four kinds of RPC. */
export type MethodKind = 'unary' | 'clientStream' | 'serverStream' | 'bidi';

/** One method as types: its kind, and its messages as they are written (`In`) and read (`Out`). */
export interface MethodType {
  kind: MethodKind;
  requestIn: unknown;
  requestOut: unknown;
  replyIn: unknown;
  replyOut: unknown;
}

/** The methods of a contract by name, in lowerCamelCase. */
export type MethodTypes = Record<string, MethodType>;

/** What of a method's options the platform reads, beside its serialization. */
export interface ContractMethod extends MethodDefinition<object, object> {
  options: MethodDefinition<object, object>['options'] & HttpOption;
}

interface HttpOption {
  '(google.api.http)'?: HttpRule;
}

/** google.api.HttpRule as proto-loader shows it. @see https://cloud.google.com/endpoints/docs/grpc-service-config/reference/rpc/google.api#httprule */
export interface HttpRule {
  get?: string;
  put?: string;
  post?: string;
  delete?: string;
  patch?: string;
  body?: string;
  response_body?: string;
  /** One object when there is one, an array otherwise. */
  additional_bindings?: HttpRule | HttpRule[];
}

/** A gRPC service of `proto/`: its name, its methods, and, as types only, their messages. */
export interface Contract<Methods extends MethodTypes = MethodTypes> {
  /** For example `weft.user.v1.UserInfoService`. */
  readonly fullName: string;
  /** By name in lowerCamelCase; read from the descriptors when first asked for. */
  readonly methods: Readonly<Record<keyof Methods & string, ContractMethod>>;
  /** A google.protobuf.FileDescriptorSet that has this contract and all it imports, in bytes. */
  readonly descriptorSet: Uint8Array;
  /** Never set: it carries the types. */
  readonly types?: Methods;
}

/** The methods of a contract, from the two interfaces that proto-loader-gen-types makes for a service. */
export type MethodsOf<Definition, Handlers> = {
  [Name in Known<Definition> & Known<Handlers> as Uncapitalize<Name>]: Definition[Name] extends MethodDefinition<
    infer RequestIn,
    infer ReplyIn,
    infer RequestOut,
    infer ReplyOut
  >
    ? {
        kind: KindOf<Handlers[Name]>;
        requestIn: RequestIn;
        requestOut: RequestOut;
        replyIn: ReplyIn;
        replyOut: ReplyOut;
      }
    : never;
};

// The generated interfaces extend ones with an index signature, which would swallow the names.
type Known<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] } & string;

type AnyFunction = (...args: never[]) => unknown;

// A handler with a callback answers once; one whose call can be read from takes a stream.
type KindOf<Handler> = Handler extends AnyFunction
  ? Parameters<Handler>['length'] extends 2
    ? Parameters<Handler>[0] extends Readable
      ? 'clientStream'
      : 'unary'
    : Parameters<Handler>[0] extends Readable
      ? 'bidi'
      : 'serverStream'
  : never;

interface Readable {
  read(size?: number): unknown;
}

/** protobufjs's JSON form of all descriptors. */
export type DescriptorJson = Parameters<typeof fromJSON>[0];

/**
 * Makes the contracts of one set of descriptors; they share one parse of it, made when first needed.
 *
 * @param json the descriptors with all options
 * @param descriptorSet the same as a FileDescriptorSet in bytes
 */
export function contractsOf(
  json: DescriptorJson,
  descriptorSet: Uint8Array,
): <M extends MethodTypes>(fullName: string) => Contract<M> {
  let definitions: ReturnType<typeof fromJSON> | undefined;
  return <M extends MethodTypes>(fullName: string): Contract<M> => {
    let methods: Contract<M>['methods'] | undefined;
    return {
      fullName,
      descriptorSet,
      get methods() {
        definitions ??= fromJSON(json, LOADER_OPTIONS);
        return (methods ??= lowerCamelCase(definitions[fullName] as ServiceDefinition) as Contract<M>['methods']);
      },
    };
  };
}

function lowerCamelCase(definition: ServiceDefinition): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [name.charAt(0).toLowerCase() + name.slice(1), method]),
  );
}
