import type { ResourceMetrics } from '../../proto/gen/opentelemetry/proto/metrics/v1/metrics_pb';
import type { ResourceSpans } from '../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { type Family, type MetricLimits, MetricStore } from './metrics/metric-store';
import type { Report } from './receive/report';
import { acceptSpans } from './traces/accept-spans';
import { type StoreLimits, TraceStore } from './traces/trace-store';

/** How much of everything is kept. */
export interface Limits {
  traces: StoreLimits;
  metrics: MetricLimits;
}

/** Loads it when it is first needed: what reads and keeps telemetry takes longer to load than to listen does. */
export type LoadTelemetry = () => Promise<Telemetry>;

/** Everything that has been received and is kept. */
export class Telemetry {
  readonly traces: TraceStore;
  readonly #metrics: MetricStore;
  readonly #now: () => number;
  readonly #refused = { spans: new Map<string, number>(), points: new Map<string, number>() };

  /** @param now the time, in milliseconds since 1970 */
  constructor(limits: Limits, now: () => number) {
    this.traces = new TraceStore(limits.traces);
    this.#metrics = new MetricStore(limits.metrics);
    this.#now = now;
  }

  /** @param resourceSpans is changed @param report hears of what is refused or changed */
  addSpans(resourceSpans: ResourceSpans[], report: Report): void {
    acceptSpans(resourceSpans, this.#now(), report);
    this.traces.add(resourceSpans, report);
    addCounts(this.#refused.spans, report);
  }

  /** @param report hears of what is refused */
  addMetrics(resourceMetrics: readonly ResourceMetrics[], report: Report): void {
    this.#metrics.add(resourceMetrics, this.#now(), report);
    addCounts(this.#refused.points, report);
  }

  /** The metrics that were received, and those of this store itself. */
  families(): Family[] {
    const { traces, bytes, evicted } = this.traces.stats;
    const { series } = this.#metrics.stats;
    const { spans, points } = this.#refused;
    return [
      ...this.#metrics.families(this.#now()),
      own('weft_telemetry_evicted_traces_total', 'counter', 'Traces that made room for newer ones.', evicted),
      counted('weft_telemetry_refused_points_total', 'Points of metrics that were not kept, by reason.', points),
      counted('weft_telemetry_refused_spans_total', 'Spans that were not kept, by reason.', spans),
      own('weft_telemetry_stored_bytes', 'gauge', 'About what the traces take of memory.', bytes),
      own('weft_telemetry_stored_series', 'gauge', 'Series of metrics that are kept.', series),
      own('weft_telemetry_stored_traces', 'gauge', 'Traces that are kept.', traces),
    ];
  }
}

function own(name: string, type: 'counter' | 'gauge', help: string, number: number): Family {
  return { name, type, help, series: [{ labels: [], value: { number } }] };
}

function counted(name: string, help: string, counts: ReadonlyMap<string, number>): Family {
  const series = [...counts].map(([reason, number]) => ({
    labels: [['reason', reason] as [string, string]],
    value: { number },
  }));
  return { name, type: 'counter', help, series };
}

/** Reasons are our own sentences; those that quote a label's name are many, and count as one from some number on. */
const MAX_REASONS = 50;

function addCounts(totals: Map<string, number>, { refusals }: Report): void {
  for (const [reason, count] of refusals) {
    const key = totals.has(reason) || totals.size < MAX_REASONS ? reason : 'other reasons';
    totals.set(key, (totals.get(key) ?? 0) + count);
  }
}
