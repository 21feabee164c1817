import { metricEntry, REGISTRY } from './all';
import type { MetricEntry, MetricType, SpanKind } from './entry';
import { whyRefused } from './refused';
import { type KnownNames, spanEntry } from './span-names';

/** A received span. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: readonly string[];
  readonly resource: readonly string[];
  /** Attributes of its events. */
  readonly events?: readonly string[];
  /** The message of its status, which is most likely to quote documents. */
  readonly statusMessage?: string;
}

/** A received metric; `type` is `counter` for a monotonic sum, else `upDownCounter`. */
export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: MetricType;
  readonly attributes: readonly string[];
  readonly resource?: readonly string[];
}

export interface Received {
  readonly spans: readonly ReceivedSpan[];
  readonly metrics: readonly ReceivedMetric[];
}

const RESOURCE = REGISTRY.resource.map(({ name }) => name);

/**
 * Compares received telemetry with the registry.
 *
 * @param received may contain repetitions
 * @param known methods, routes and collections of the application; a span name with an id matches none of them
 * @returns one message per missing, different or refused name, each once
 */
export function unregistered({ spans, metrics }: Received, known: KnownNames): string[] {
  const sentences = [...spans.flatMap((span) => faultsOfSpan(span, known)), ...metrics.flatMap(faultsOfMetric)];
  return [...new Set(sentences)];
}

function faultsOfSpan(span: ReceivedSpan, known: KnownNames): string[] {
  const { name, kind, attributes, resource, events = [], statusMessage } = span;
  const where = `span ${name} (${kind})`;
  const entry = spanEntry(name, kind, known);
  const badName = `${where}: no ${kind} span may have this name; use a method, a route or a command, without ids`;
  const message = `${where}: its status has a message; ${whyRefused('exception.message')}`;
  return [
    ...(entry ? [] : [badName]),
    ...(statusMessage ? [message] : []),
    ...faultsOfAttributes(where, attributes, entry?.attributes),
    ...faultsOfAttributes(`${where}, an event`, events, []),
    ...faultsOfAttributes(`${where}, its resource`, resource, RESOURCE),
  ];
}

function faultsOfMetric(metric: ReceivedMetric): string[] {
  const { name, attributes, resource = [] } = metric;
  const where = `metric ${name}`;
  const entry = REGISTRY.metrics.some((each) => each.name === name) ? metricEntry(name) : undefined;
  return [
    ...(entry ? differences(metric, entry) : [`${where}: it is not in the registry`]),
    ...faultsOfAttributes(where, attributes, entry?.attributes),
    ...faultsOfAttributes(`${where}, its resource`, resource, RESOURCE),
  ];
}

function differences({ name, unit, type }: ReceivedMetric, entry: MetricEntry): string[] {
  return [
    ...(unit === entry.unit ? [] : [`metric ${name}: its unit is '${unit}', but '${entry.unit}' in the registry`]),
    ...(type === entry.type ? [] : [`metric ${name}: it is a ${type}, but a ${entry.type} in the registry`]),
  ];
}

/** @param registered undefined if the entry itself is missing, which is reported already */
function faultsOfAttributes(where: string, names: readonly string[], registered?: readonly string[]): string[] {
  return names.flatMap((name) => {
    const because = whyRefused(name);
    if (because) return [`${where}: ${name} is refused: ${because}`];
    return !registered || registered.includes(name) ? [] : [`${where}: ${name} is not in the registry`];
  });
}
