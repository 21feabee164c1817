/**
 * OTLP's JSON is protobuf's JSON, except that ids are hex instead of base64.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

const ID_FIELDS = ['traceId', 'spanId', 'parentSpanId'] as const;

/** The fields that lead from an export to objects with ids. */
const PATHS = [
  'resourceSpans',
  'scopeSpans',
  'spans',
  'links',
  'resourceLogs',
  'scopeLogs',
  'logRecords',
  'resourceMetrics',
  'scopeMetrics',
  'metrics',
  'gauge',
  'sum',
  'histogram',
  'exponentialHistogram',
  'dataPoints',
  'exemplars',
] as const;

/**
 * Converts the ids of OTLP's JSON to protobuf's, in place.
 *
 * @throws Error that names an id that is not hexadecimal
 */
export function convertIds(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(convertIds);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const object = value as Record<string, unknown>;
  for (const field of ID_FIELDS) {
    const id = object[field];
    if (typeof id !== 'string') continue;
    if (!/^(?:[\da-f]{2})*$/i.test(id))
      throw new Error(`${field} is not hexadecimal: ${JSON.stringify(id.slice(0, 64))}`);
    object[field] = Buffer.from(id, 'hex').toString('base64');
  }
  for (const path of PATHS) if (path in object) convertIds(object[path]);
}
