/** The value of an attribute. Integers that a number cannot hold exactly, and bytes, are texts. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export type Attributes = Record<string, Value>;

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Something that happened during a span. */
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
  /** Whether its parent is a span of another process, where the exporter says so. */
  hasRemoteParent: boolean | undefined;
  name: string;
  service: string;
  /** The pod or the instance that recorded it. */
  instance: string | undefined;
  kind: SpanKind;
  from: number;
  /** Never before `from`. */
  to: number;
  /** The gRPC or HTTP status, as `NOT_FOUND` or `200`. */
  code: string | undefined;
  isError: boolean;
  /** What the status says of the error. */
  message: string | undefined;
  attributes: Attributes;
  events: SpanEvent[];
  links: { traceId: string; spanId: string }[];
}

/** The spans of one request, ordered by when they began; there is at least one. */
export interface Trace {
  id: string;
  /** When the first span began, in nanoseconds since 1970. */
  startedAt: bigint;
  /** From the start of the first span to the end of the last, in nanoseconds. */
  duration: number;
  spans: Span[];
}

/** The services of a trace, in the order in which they appear. */
export function servicesOf({ spans }: Trace): string[] {
  return [...new Set(spans.map(({ service }) => service))];
}

/** When a trace began. */
export function dateOf({ startedAt }: Trace): Date {
  const date = new Date(Number(startedAt / 1_000_000n));
  // Beyond what a Date can hold.
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}
