import { metricEntry, REGISTRY } from './all';
import type { MetricEntry, MetricType, SpanKind } from './entry';
import { whyRefused } from './refused';
import { type KnownNames, spanEntry } from './span-names';

/** A span as it was received. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: readonly string[];
  readonly resource: readonly string[];
  /** Attributes of its events. */
  readonly events?: readonly string[];
  /** The sentence of its status: of all that a span has, this quotes documents first. */
  readonly statusMessage?: string;
}

/** A metric as it was received; `type` tells a sum that only grows (`counter`) from another (`upDownCounter`). */
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
 * Compares what was received with the registry.
 *
 * @param received as it arrived, repetitions included
 * @param known methods, routes and collections of the application that sent it: a span whose name has an id in it is
 *   called by none of them
 * @returns a sentence for everything that the registry does not have, has otherwise, or refuses; each once
 */
export function unregistered({ spans, metrics }: Received, known: KnownNames): string[] {
  const sentences = [...spans.flatMap((span) => faultsOfSpan(span, known)), ...metrics.flatMap(faultsOfMetric)];
  return [...new Set(sentences)];
}

function faultsOfSpan(span: ReceivedSpan, known: KnownNames): string[] {
  const { name, kind, attributes, resource, events = [], statusMessage } = span;
  const where = `span ${name} (${kind})`;
  const entry = spanEntry(name, kind, known);
  const nameless = `${where}: no ${kind} span is called so; a name says a method, a route or a command, and no ids`;
  const message = `${where}: its status has a message, and ${whyRefused('exception.message')}`;
  return [
    ...(entry ? [] : [nameless]),
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
    ...(unit === entry.unit ? [] : [`metric ${name}: its unit is '${unit}', and '${entry.unit}' in the registry`]),
    ...(type === entry.type ? [] : [`metric ${name}: it is a ${type}, and a ${entry.type} in the registry`]),
  ];
}

/** @param registered nothing where the entry itself is missing, which has been said */
function faultsOfAttributes(where: string, names: readonly string[], registered?: readonly string[]): string[] {
  return names.flatMap((name) => {
    const because = whyRefused(name);
    if (because) return [`${where}: ${name} is refused: ${because}`];
    return !registered || registered.includes(name) ? [] : [`${where}: ${name} is not in the registry`];
  });
}
