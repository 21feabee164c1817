/** Splits `key.method` into the contract's key, if there is one, and the method's name. */
export function splitRef(ref: string): [key: string | undefined, name: string] {
  return ref.includes('.') ? (ref.split('.', 2) as [string, string]) : [undefined, ref];
}
