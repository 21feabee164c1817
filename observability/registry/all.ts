import { SERVICE_ATTRIBUTES } from './attributes';
import type { AttributeEntry, MetricEntry, SpanEntry } from './entry';
import { MESH_ATTRIBUTES, MESH_METRICS, SPAN_METRIC_ATTRIBUTES, SPAN_METRICS } from './mesh';
import { SERVICE_METRICS } from './metrics';
import { RESOURCE_ATTRIBUTES } from './resource';
import { RULE_ATTRIBUTES, RULE_METRICS } from './rules';
import { RUNTIME_ATTRIBUTES, RUNTIME_METRICS } from './runtime';
import { SPANS } from './spans';

/** All names of metrics, spans and attributes. */
export interface Registry {
  /** The attributes of the resource, which are on everything that a service sends. */
  readonly resource: readonly AttributeEntry[];
  readonly attributes: readonly AttributeEntry[];
  readonly spans: readonly SpanEntry[];
  readonly metrics: readonly MetricEntry[];
}

/** The telemetry of services, and the metrics of proxies and the collector that dashboards and rules read. */
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

/** The entry of an attribute, of the resource or not. @throws Error if it is not registered */
export function attributeEntry(name: string): AttributeEntry {
  const entry = [...REGISTRY.attributes, ...REGISTRY.resource].find((each) => each.name === name);
  if (!entry) throw new Error(`${name} is not in the registry: add it to observability/registry`);
  return entry;
}

/** The entry of a metric. @param name in OpenTelemetry @throws Error if it is not registered */
export function metricEntry(name: string): MetricEntry {
  const entry = REGISTRY.metrics.find((each) => each.name === name);
  if (!entry) throw new Error(`${name} is not in the registry: add it to observability/registry`);
  return entry;
}
