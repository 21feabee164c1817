import { parseHex } from './go-parse';

/**
 * Parses a trace id, which may lack leading zeros.
 *
 * @returns 32 hexadecimal digits
 * @throws Error with Jaeger's text
 */
export function parseTraceId(text: string): string {
  if (text.length > 32) throw new Error(`TraceID cannot be longer than 32 hex characters: ${text}`);
  const high = text.length > 16 ? parseHex(text.slice(0, -16)) : 0n;
  const low = parseHex(text.slice(-16));
  return high.toString(16).padStart(16, '0') + low.toString(16).padStart(16, '0');
}
