import type { ResourceSpans } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf, isZero } from '../ids';
import { addWarning } from '../traces/accept-spans';
import { spansOf } from '../traces/trace-data';
import { attributeOf, stringAttribute, textOf } from '../values';
import { adjust, compare, moveLibraryAttributes } from './adjust';
import type { Dialect } from './clock-skew';

const DIALECT: Dialect = {
  hostOf: ({ resource }) => {
    const attributes = resource.resource?.attributes ?? [];
    return (
      stringAttribute(attributes, 'host.id') ?? addressOf(attributes) ?? stringAttribute(attributes, 'host.name') ?? ''
    );
  },
  parentOf: ({ parentSpanId }) => hexOf(parentSpanId),
  missingParent: (id) => `parent span ID=${id} is not in the trace; skipping clock skew adjustment`,
  warn: addWarning,
};

function addressOf(attributes: Parameters<typeof attributeOf>[0]): string | undefined {
  const kind = attributeOf(attributes, 'host.ip')?.value;
  if (kind?.case === 'arrayValue') return kind.value.values[0] && textOf(kind.value.values[0]);
  return kind?.case === 'stringValue' ? kind.value : undefined;
}

/** Adjusts a trace for version 3 of the API. @param trace changed in place */
export function adjustV3(trace: ResourceSpans[]): ResourceSpans[] {
  for (const { span } of spansOf(trace)) span.events.sort((a, b) => compare(a.name, b.name));
  adjust(trace, DIALECT);
  moveLibraryAttributes(trace, DIALECT);
  for (const { span } of spansOf(trace)) {
    const links = span.links.filter(({ traceId }) => !isZero(traceId));
    for (let lost = span.links.length - links.length; lost > 0; lost -= 1)
      addWarning(span, 'Invalid span link removed');
    span.links = links;
  }
  return trace;
}
