/** The ids of OTLP: 16 bytes for a trace and 8 for a span, in lower-case hex wherever people see them. */
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

/** @returns lower-case hex; nothing for an id that is not there, which is all zeros as well */
export function hexOf(id: Uint8Array): string {
  return isZero(id) ? '' : Buffer.from(id).toString('hex');
}

/** True for an id that names nothing. */
export function isZero(id: Uint8Array): boolean {
  return id.every((byte) => byte === 0);
}
