import type { MetricEntry } from './entry';

const UNITS: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes' };

/**
 * The name of a metric in Prometheus, without the suffixes of a histogram. Metrics of proxies keep their name.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
export function prometheusName({ name, type, unit }: MetricEntry): string {
  if (!name.includes('.')) return name;
  const ratio = unit === '1' && type === 'gauge' ? 'ratio' : undefined;
  const total = type === 'counter' ? 'total' : undefined;
  return [labelName(name), UNITS[unit] ?? ratio, total].filter((part) => part !== undefined).join('_');
}

/** The names of all its time series in Prometheus. */
export function seriesNames(metric: MetricEntry): string[] {
  const name = prometheusName(metric);
  return metric.type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

/** The label of an attribute in Prometheus. */
export function labelName(attribute: string): string {
  return attribute.replaceAll('.', '_');
}
