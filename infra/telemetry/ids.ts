/** The ids of OTLP: 16 bytes for a trace and 8 for a span, shown as lower-case hex. */
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

/** @returns lower-case hex; empty for a missing id, which may also be all zeros */
export function hexOf(id: Uint8Array): string {
  return isZero(id) ? '' : Buffer.from(id).toString('hex');
}

/** True for a missing id. */
export function isZero(id: Uint8Array): boolean {
  return id.every((byte) => byte === 0);
}
