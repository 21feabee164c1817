import type { ResourceSpans, Span } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf, isZero } from '../ids';
import { WARNINGS } from '../traces/accept-spans';
import { durationOf, serviceOf, type SpanPlace, spansOf } from '../traces/trace-data';
import { attributeOf, stringAttribute, textOf } from '../values';
import { adjust } from './adjust';
import type { Dialect } from './clock-skew';
import { arrangeFields, arrangeTags, fieldsOf, processTags, type Tag, tagsOf } from './legacy-tags';

interface Reference {
  refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  traceID: string;
  spanID: string;
}

/**
 * Makes the JSON of a trace in Jaeger's older API, which its page still reads.
 *
 * @param trace changed in place
 * @param raw true for the trace as it was sent, without adjustments
 */
export function legacyTrace(trace: ResourceSpans[], raw: boolean) {
  const warnings = new Map(spansOf(trace).map(({ span }) => [span, storedWarnings(span)]));
  const warn = (span: Span, text: string): void => void warnings.get(span)?.push(text);
  if (!raw) adjust(trace, { ...DIALECT, warn });
  const processes = new Map<string, string>();
  const places = spansOf(trace);
  const spans = places.map((place) => {
    const asSent = { tags: tagsOf(place), process: processTags(place) };
    const { tags, process: own } = raw ? asSent : arrangeTags(asSent.tags, asSent.process);
    const process = JSON.stringify({ serviceName: serviceOf(place.resource), tags: own });
    if (!processes.has(process)) processes.set(process, `p${processes.size + 1}`);
    const references = raw ? referencesOf(place.span) : validReferences(place.span, warn);
    const stored = warnings.get(place.span) ?? [];
    return {
      ...spanOf(place.span, raw),
      ...{ references, tags, processID: processes.get(process) ?? '', warnings: stored.length > 0 ? stored : null },
    };
  });
  return {
    traceID: places[0] ? shortId(hexOf(places[0].span.traceId)) : '',
    spans,
    processes: Object.fromEntries([...processes].map(([process, id]) => [id, JSON.parse(process) as unknown])),
    warnings: null,
  };
}

const DIALECT = {
  hostOf: ({ resource }: SpanPlace) => stringAttribute(resource.resource?.attributes ?? [], 'ip') ?? '',
  parentOf,
  missingParent: (id: string) => `invalid parent span IDs=${id}; skipping clock skew adjustment`,
} satisfies Partial<Dialect>;

function storedWarnings({ attributes }: Span): string[] {
  const kind = attributeOf(attributes, WARNINGS)?.value;
  return kind?.case === 'arrayValue' ? kind.value.values.map(textOf) : [];
}

function spanOf(span: Span, raw: boolean) {
  const arrange = raw ? (fields: Tag[]) => fields : arrangeFields;
  return {
    traceID: shortId(hexOf(span.traceId)),
    spanID: hexOf(span.spanId),
    operationName: span.name,
    startTime: micros(span.startTimeUnixNano),
    duration: micros(durationOf(span)),
    logs: span.events.map((event) => ({ timestamp: micros(event.timeUnixNano), fields: arrange(fieldsOf(event)) })),
  };
}

function micros(nanos: bigint): number {
  return Number(nanos / 1000n);
}

/** Jaeger once had 64-bit trace ids and still shortens an id that fits. */
function shortId(id: string): string {
  return id.startsWith('0'.repeat(16)) ? id.slice(16) : id;
}

/** The parent and the links; a link to the parent gives the type of that reference. */
function referencesOf({ traceId, parentSpanId, links }: Span): Reference[] {
  const [traceID, parent] = [shortId(hexOf(traceId)), hexOf(parentSpanId)];
  const own: Reference[] = parent === '' ? [] : [{ refType: 'CHILD_OF', traceID, spanID: parent }];
  const references = [...own];
  for (const link of links) {
    const isChild = stringAttribute(link.attributes, 'opentracing.ref_type') === 'child_of';
    const refType = isChild ? 'CHILD_OF' : 'FOLLOWS_FROM';
    const reference: Reference = {
      refType,
      traceID: shortId(hexOf(link.traceId).padStart(32, '0')),
      spanID: hexOf(link.spanId).padStart(16, '0'),
    };
    const isParent = own[0]?.traceID === reference.traceID && own[0].spanID === reference.spanID;
    if (isParent && own[0]) own[0].refType = refType;
    else references.push(reference);
  }
  return references;
}

/** The references that name a trace, parent first. */
function validReferences(span: Span, warn: (span: Span, text: string) => void): Reference[] {
  const references = referencesOf(span);
  const valid = references.filter(({ traceID }) => !/^0+$/.test(traceID));
  for (const { traceID, spanID, refType } of references.filter((each) => !valid.includes(each)))
    warn(span, `Invalid span reference removed {TraceID:${traceID} SpanID:${spanID} RefType:${refType}}`);
  const own = valid.filter(({ traceID }) => traceID === shortId(hexOf(span.traceId)));
  const first = own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0];
  const index = first ? valid.indexOf(first) : 0;
  if (first && valid[0]) [valid[0], valid[index]] = [first, valid[0]];
  return valid;
}

/** The first reference to a span of the same trace, CHILD_OF preferred. */
function parentOf(span: Span): string {
  const own = referencesOf(span).filter(({ traceID }) => traceID === shortId(hexOf(span.traceId)));
  const { spanID = '' } = own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0] ?? {};
  return isZero(Buffer.from(spanID, 'hex')) ? '' : spanID;
}
