import * as z from 'zod';
import type { Attributes, Span, SpanKind, Trace, Value } from './span';
import { statusCodeOf } from './status-code';

// JSON has 64-bit numbers as strings, but readers must also accept numbers.
// https://protobuf.dev/programming-guides/json/
const TIME = z.union([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative()]).transform(BigInt);
const TEXT = z.string().default('');

const ATTRIBUTES = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).nullish() }))
  .default([]);

const SPAN = z.object({
  traceId: z.string().regex(/^[\da-f]{1,32}$/i),
  spanId: z.string().regex(/^[\da-f]{1,16}$/i),
  parentSpanId: TEXT,
  flags: z.number().default(0),
  name: TEXT,
  kind: z.union([z.number(), z.string()]).default(0),
  startTimeUnixNano: TIME.default(0n),
  endTimeUnixNano: TIME.default(0n),
  attributes: ATTRIBUTES,
  events: z.array(z.object({ name: TEXT, timeUnixNano: TIME.default(0n), attributes: ATTRIBUTES })).default([]),
  links: z.array(z.object({ traceId: TEXT, spanId: TEXT })).default([]),
  status: z.object({ code: z.union([z.number(), z.string()]).default(0), message: TEXT }).nullish(),
});

const RESOURCE_SPANS = z.array(
  z.object({
    resource: z.object({ attributes: ATTRIBUTES }).nullish(),
    scopeSpans: z.array(z.object({ spans: z.array(SPAN).default([]) })).default([]),
  }),
);

type RawSpan = z.infer<typeof SPAN>;
type Resource = Pick<Span, 'service' | 'instance'>;

/**
 * Reads the traces in OTLP's JSON, newest first.
 *
 * @param resourceSpans the field of that name
 * @throws Error that names the malformed field
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function readTraces(resourceSpans: unknown): Trace[] {
  const { data, error } = RESOURCE_SPANS.safeParse(resourceSpans);
  if (!data) throw new Error(`resourceSpans${describeIssue(error)}`);
  const byId = new Map<string, { raw: RawSpan; resource: Resource }[]>();
  for (const { resource, scopeSpans } of data) {
    const read = readResource(attributesOf(resource?.attributes ?? []));
    for (const raw of scopeSpans.flatMap(({ spans }) => spans)) {
      const id = raw.traceId.toLowerCase().padStart(32, '0');
      byId.set(id, byId.get(id) ?? []);
      byId.get(id)?.push({ raw, resource: read });
    }
  }
  const traces = Array.from(byId, ([id, spans]) => traceOf(id, spans));
  return traces.sort((a, b) => compare(b.startedAt, a.startedAt));
}

function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue?.path.map((each) => (typeof each === 'number' ? `[${each}]` : `.${String(each)}`)).join('');
  return `${place}: ${issue?.message}`;
}

function traceOf(id: string, spans: { raw: RawSpan; resource: Resource }[]): Trace {
  const startedAt = spans.map(({ raw }) => raw.startTimeUnixNano).reduce((a, b) => (b < a ? b : a));
  const read = spans.map(({ raw, resource }) => spanOf(raw, resource, startedAt));
  read.sort((a, b) => a.from - b.from || b.to - a.to);
  return { id, startedAt, duration: read.reduce((last, { to }) => Math.max(last, to), 0), spans: read };
}

function spanOf(raw: RawSpan, resource: Resource, startedAt: bigint): Span {
  const attributes = attributesOf(raw.attributes);
  const from = Number(raw.startTimeUnixNano - startedAt);
  return {
    ...resource,
    id: raw.spanId.toLowerCase(),
    parentId: /^0*$/.test(raw.parentSpanId) ? undefined : raw.parentSpanId.toLowerCase(),
    hasRemoteParent: hasRemoteParent(raw.flags),
    name: raw.name,
    kind: kindOf(raw.kind),
    from,
    to: Math.max(from, Number(raw.endTimeUnixNano - startedAt)),
    code: statusCodeOf(attributes),
    isError: raw.status?.code === 2 || raw.status?.code === 'STATUS_CODE_ERROR',
    message: raw.status?.message || undefined,
    attributes,
    events: raw.events.map(({ name, timeUnixNano, attributes: more }) => ({
      name,
      at: Number(timeUnixNano - startedAt),
      attributes: attributesOf(more),
    })),
    links: raw.links.filter(({ traceId }) => traceId !== ''),
  };
}

/** @see https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto (SpanFlags) */
function hasRemoteParent(flags: number): boolean | undefined {
  return flags & 0x100 ? (flags & 0x200) !== 0 : undefined;
}

const KINDS: SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

function kindOf(kind: number | string): SpanKind {
  if (typeof kind === 'number') return KINDS[kind] ?? 'unspecified';
  return KINDS.find((each) => `SPAN_KIND_${each.toUpperCase()}` === kind) ?? 'unspecified';
}

function readResource(attributes: Attributes): Resource {
  const text = (name: string): string | undefined => {
    const value = attributes[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    service: text('service.name') ?? 'unknown_service',
    instance: text('k8s.pod.name') ?? text('service.instance.id'),
  };
}

function attributesOf(list: z.infer<typeof ATTRIBUTES>): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value ?? {})]));
}

/** Reads an AnyValue. */
function valueOf(value: Record<string, unknown>): Value {
  const [[type, content] = []] = Object.entries(value);
  if (type === 'intValue') return Number.isSafeInteger(Number(content)) ? Number(content) : String(content);
  if (type === 'arrayValue') return listOf(content).map(valueOf);
  if (type === 'kvlistValue')
    return Object.fromEntries(listOf(content).map(({ key, value: each }) => [String(key), valueOf(recordOf(each))]));
  if (typeof content === 'string' || typeof content === 'number' || typeof content === 'boolean') return content;
  return null;
}

function listOf(content: unknown): Record<string, unknown>[] {
  const { values } = recordOf(content);
  return Array.isArray(values) ? values.map(recordOf) : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
