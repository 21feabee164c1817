import {
  AggregationTemporality,
  DataPointFlags,
  type HistogramDataPoint,
  type Metric,
  type NumberDataPoint,
} from '../../../proto/gen/opentelemetry/proto/metrics/v1/metrics_pb';
import type { KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';

/** The type of a metric in Prometheus. */
export type Type = 'counter' | 'gauge' | 'histogram';

/** The value of a point. */
export type Value =
  | { number: number }
  /** Cumulative counts by ascending bound, without infinity: that is the total count. */
  | { buckets: [bound: number, count: bigint][]; sum: number; count: bigint };

/** A point of a metric. */
export interface Point {
  attributes: KeyValue[];
  /** Nanoseconds since 1970. */
  time: bigint;
  /** Undefined marks the end of the series. */
  value: Value | undefined;
}

/** A metric that Prometheus can show. */
export interface Readable {
  type: Type;
  points: Point[];
}

const MAX_BUCKETS = 1_000;

/** @returns a text with the reason if the metric cannot be shown */
export function readMetric({ data }: Metric): Readable | string {
  switch (data.case) {
    case 'gauge':
      return { type: 'gauge', points: data.value.dataPoints.map(numberPoint) };
    case 'sum':
      if (data.value.aggregationTemporality !== AggregationTemporality.CUMULATIVE) return NOT_CUMULATIVE;
      return { type: data.value.isMonotonic ? 'counter' : 'gauge', points: data.value.dataPoints.map(numberPoint) };
    case 'histogram':
      if (data.value.aggregationTemporality !== AggregationTemporality.CUMULATIVE) return NOT_CUMULATIVE;
      if (data.value.dataPoints.some(({ explicitBounds }) => explicitBounds.length > MAX_BUCKETS))
        return `more than ${MAX_BUCKETS} buckets`;
      return { type: 'histogram', points: data.value.dataPoints.map(histogramPoint) };
    case undefined:
      return 'a metric without data';
    default:
      return `${data.case === 'summary' ? 'summaries' : 'exponential histograms'} are not supported`;
  }
}

/** Counts the points of a metric of any type. */
export function countPoints({ data }: Metric): number {
  return data.case === undefined ? 1 : data.value.dataPoints.length;
}

const NOT_CUMULATIVE =
  'not cumulative (set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative in the sender)';

function numberPoint({ attributes, timeUnixNano, value, flags }: NumberDataPoint): Point {
  return { attributes, time: timeUnixNano, value: hasEnded(flags) ? undefined : { number: Number(value.value ?? 0) } };
}

function histogramPoint(point: HistogramDataPoint): Point {
  const { attributes, timeUnixNano, flags, explicitBounds, bucketCounts, sum = 0, count } = point;
  const indexes = new Map(explicitBounds.map((bound, index) => [bound, index] as const).reverse());
  let total = 0n;
  const buckets = [...indexes.keys()]
    .sort((a, b) => a - b)
    .map((bound): [number, bigint] => [bound, (total += bucketCounts[indexes.get(bound) ?? 0] ?? 0n)]);
  return { attributes, time: timeUnixNano, value: hasEnded(flags) ? undefined : { buckets, sum, count } };
}

function hasEnded(flags: number): boolean {
  return (flags & DataPointFlags.NO_RECORDED_VALUE_MASK) !== 0;
}
