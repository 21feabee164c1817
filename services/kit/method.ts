import type { ContractMethod, MethodKind } from '../../proto/contract';

/** The kind of RPC that a method is. */
export function kindOf(method: ContractMethod | undefined): MethodKind | undefined {
  if (!method) return undefined;
  if (method.requestStream) return method.responseStream ? 'bidi' : 'clientStream';
  return method.responseStream ? 'serverStream' : 'unary';
}

/** The contract's key, where the reference has one, and the method's name. */
export function splitRef(ref: string): [key: string | undefined, name: string] {
  return ref.includes('.') ? (ref.split('.', 2) as [string, string]) : [undefined, ref];
}
