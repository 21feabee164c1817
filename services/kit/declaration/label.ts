/** Whether a name can be that of a Service. */
export function isLabel(name: string): boolean {
  return /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}
