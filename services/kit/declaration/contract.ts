import type { DescMethod } from '@bufbuild/protobuf';
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2';

/** A gRPC service of `proto/`, as protoc-gen-es generates it: its descriptor, with the types of its methods. */
export type Contract<Methods extends GenServiceMethods = GenServiceMethods> = GenService<Methods>;

/** The methods of a contract by their names in code, in lowerCamelCase. */
export type MethodsOf<C extends Contract> = C['method'];

/** The types of one method: its kind and its messages. */
export type MethodType = GenServiceMethods[string];

/** The HTTP/2 path of a call: `/package.Service/Method`. */
export function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

/** Finds a method by its name in code; a name such as `constructor` finds nothing. */
export function methodOf(contract: Contract, name: string): DescMethod | undefined {
  return Object.hasOwn(contract.method, name) ? contract.method[name] : undefined;
}

/** True if a call has a single request, which can be sent again. */
export function hasOneRequest({ methodKind }: Pick<DescMethod, 'methodKind'>): boolean {
  return methodKind === 'unary' || methodKind === 'server_streaming';
}

/** True if a call has a stream of replies. */
export function hasManyReplies({ methodKind }: Pick<DescMethod, 'methodKind'>): boolean {
  return methodKind === 'server_streaming' || methodKind === 'bidi_streaming';
}
