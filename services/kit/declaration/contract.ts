import type { DescMethod } from '@bufbuild/protobuf';
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2';

/** A gRPC service of `proto/`, as protoc-gen-es generates it: its descriptor, with the types of its methods. */
export type Contract<Methods extends GenServiceMethods = GenServiceMethods> = GenService<Methods>;

/** The methods of a contract by the names that code has for them, in lowerCamelCase. */
export type MethodsOf<C extends Contract> = C['method'];

/** The types of one method: its kind and its messages. */
export type MethodType = GenServiceMethods[string];

/** `/package.Service/Method`, the path of a call over HTTP/2. */
export function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

/** The method of that name, and nothing that every object has. */
export function methodOf(contract: Contract, name: string): DescMethod | undefined {
  return Object.hasOwn(contract.method, name) ? contract.method[name] : undefined;
}

/** Whether a call has one request, which can be sent again, and not a stream of them. */
export function hasOneRequest({ methodKind }: Pick<DescMethod, 'methodKind'>): boolean {
  return methodKind === 'unary' || methodKind === 'server_streaming';
}

/** Whether a call has any number of replies. */
export function hasManyReplies({ methodKind }: Pick<DescMethod, 'methodKind'>): boolean {
  return methodKind === 'server_streaming' || methodKind === 'bidi_streaming';
}
