/** The contract's key, where the reference has one, and the method's name. */
export function splitRef(ref: string): [key: string | undefined, name: string] {
  return ref.includes('.') ? (ref.split('.', 2) as [string, string]) : [undefined, ref];
}
