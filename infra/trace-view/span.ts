/** The value of an attribute. Bytes, and integers beyond exact doubles, are strings. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export type Attributes = Record<string, Value>;

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** An event of a span. */
export interface SpanEvent {
  name: string;
  /** In nanoseconds from the start of the trace. */
  at: number;
  attributes: Attributes;
}

/** A span of a trace. Times are nanoseconds from the start of the trace. */
export interface Span {
  id: string;
  parentId: string | undefined;
  /** True if its parent is in another process; undefined if the exporter does not say. */
  hasRemoteParent: boolean | undefined;
  name: string;
  service: string;
  /** The pod or the instance that recorded it. */
  instance: string | undefined;
  kind: SpanKind;
  from: number;
  /** Never before `from`. */
  to: number;
  /** The gRPC or HTTP status, such as `NOT_FOUND` or `200`. */
  code: string | undefined;
  isError: boolean;
  /** The error message of the status. */
  message: string | undefined;
  attributes: Attributes;
  events: SpanEvent[];
  links: { traceId: string; spanId: string }[];
}

/** The spans of one request, in order of their start; there is at least one. */
export interface Trace {
  id: string;
  /** When the first span began, in nanoseconds since 1970. */
  startedAt: bigint;
  /** From the start of the first span to the end of the last, in nanoseconds. */
  duration: number;
  spans: Span[];
}

/** The services of a trace, in order of their first span. */
export function servicesOf({ spans }: Trace): string[] {
  return [...new Set(spans.map(({ service }) => service))];
}

/** The start of a trace. */
export function startDate({ startedAt }: Trace): Date {
  const date = new Date(Number(startedAt / 1_000_000n));
  // Out of range for a Date.
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}
