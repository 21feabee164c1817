export { attributeEntry, metricEntry, REGISTRY, type Registry } from './registry/all';
export type { AttributeEntry, MetricEntry, MetricType, Source, SpanEntry, SpanKind, Stability } from './registry/entry';
export { BURN_WINDOWS } from './registry/rules';
export { labelName, prometheusName, seriesNames } from './registry/prometheus';
export { REFUSED, type RefusedAttribute, whyRefused } from './registry/refused';
export type { KnownNames } from './registry/span-names';
export { registryTable } from './registry/table';
export { type Received, type ReceivedMetric, type ReceivedSpan, unregistered } from './registry/unregistered';
