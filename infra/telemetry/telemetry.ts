import type { ResourceMetrics } from '../../proto/gen/opentelemetry/proto/metrics/v1/metrics_pb';
import type { ResourceSpans } from '../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { type Family, type MetricLimits, MetricStore } from './metrics/metric-store';
import type { Report } from './receive/report';
import { acceptSpans } from './traces/accept-spans';
import { type StoreLimits, TraceStore } from './traces/trace-store';

/** Limits of the stores. */
export interface Limits {
  traces: StoreLimits;
  metrics: MetricLimits;
}

/** Loads the store on first use, because loading takes longer than listening. */
export type LoadTelemetry = () => Promise<Telemetry>;

/** All received telemetry. */
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

  /** @param resourceSpans changed in place @param report records refusals and changes */
  addSpans(resourceSpans: ResourceSpans[], report: Report): void {
    acceptSpans(resourceSpans, this.#now(), report);
    this.traces.add(resourceSpans, report);
    addCounts(this.#refused.spans, report);
  }

  /** @param report records refusals */
  addMetrics(resourceMetrics: readonly ResourceMetrics[], report: Report): void {
    this.#metrics.add(resourceMetrics, this.#now(), report);
    addCounts(this.#refused.points, report);
  }

  /** The received metrics, and the store's own. */
  families(): Family[] {
    const { traces, bytes, evicted } = this.traces.stats;
    const { series } = this.#metrics.stats;
    const { spans, points } = this.#refused;
    return [
      ...this.#metrics.families(this.#now()),
      own('weft_telemetry_evicted_traces_total', 'counter', 'Traces deleted to make room for newer ones.', evicted),
      counted('weft_telemetry_refused_points_total', 'Refused metric points, by reason.', points),
      counted('weft_telemetry_refused_spans_total', 'Refused spans, by reason.', spans),
      own('weft_telemetry_stored_bytes', 'gauge', 'Approximate memory of the traces.', bytes),
      own('weft_telemetry_stored_series', 'gauge', 'Stored series of metrics.', series),
      own('weft_telemetry_stored_traces', 'gauge', 'Stored traces.', traces),
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

/** Some reasons quote a label, so their number needs a limit. */
const MAX_REASONS = 50;

function addCounts(totals: Map<string, number>, { refusals }: Report): void {
  for (const [reason, count] of refusals) {
    const key = totals.has(reason) || totals.size < MAX_REASONS ? reason : 'other reasons';
    totals.set(key, (totals.get(key) ?? 0) + count);
  }
}
