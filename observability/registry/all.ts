import { SERVICE_ATTRIBUTES } from './attributes';
import type { AttributeEntry, MetricEntry, SpanEntry } from './entry';
import { MESH_ATTRIBUTES, MESH_METRICS, SPAN_METRIC_ATTRIBUTES, SPAN_METRICS } from './mesh';
import { SERVICE_METRICS } from './metrics';
import { RESOURCE_ATTRIBUTES } from './resource';
import { RULE_ATTRIBUTES, RULE_METRICS } from './rules';
import { RUNTIME_ATTRIBUTES, RUNTIME_METRICS } from './runtime';
import { SPANS } from './spans';

/** All names of what is measured and traced. */
export interface Registry {
  /** Who sends: these are on everything that a service sends. */
  readonly resource: readonly AttributeEntry[];
  readonly attributes: readonly AttributeEntry[];
  readonly spans: readonly SpanEntry[];
  readonly metrics: readonly MetricEntry[];
}

/** What services send, and what dashboards and rules read of the proxies and the collector. */
export const REGISTRY: Registry = {
  resource: RESOURCE_ATTRIBUTES,
  attributes: [
    ...SERVICE_ATTRIBUTES,
    ...RUNTIME_ATTRIBUTES,
    ...SPAN_METRIC_ATTRIBUTES,
    ...RULE_ATTRIBUTES,
    ...MESH_ATTRIBUTES,
  ],
  spans: SPANS,
  metrics: [...SERVICE_METRICS, ...RUNTIME_METRICS, ...SPAN_METRICS, ...RULE_METRICS, ...MESH_METRICS],
};

/** The entry of an attribute, of the resource or not. @throws Error where there is none */
export function attributeEntry(name: string): AttributeEntry {
  const entry = [...REGISTRY.attributes, ...REGISTRY.resource].find((each) => each.name === name);
  if (!entry) throw new Error(`${name} is not in the registry: add it to observability/registry`);
  return entry;
}

/** The entry of a metric. @param name as OpenTelemetry has it @throws Error where there is none */
export function metricEntry(name: string): MetricEntry {
  const entry = REGISTRY.metrics.find((each) => each.name === name);
  if (!entry) throw new Error(`${name} is not in the registry: add it to observability/registry`);
  return entry;
}
