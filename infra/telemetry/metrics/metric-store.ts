import type { Metric, ResourceMetrics } from '../../../proto/gen/opentelemetry/proto/metrics/v1/metrics_pb';
import type { Report } from '../receive/report';
import { type Labels, labelsOf, MAX_LABEL_LENGTH, type Origin } from './labels';
import { metricName } from './names';
import { countPoints, type Point, readMetric, type Type, type Value } from './points';

/** Limits of the store. */
export interface MetricLimits {
  maxSeries: number;
  /** The approximate memory of all series. */
  maxBytes: number;
  /** The lifetime of a series after its last point. */
  expiryMs: number;
}

/** The series of one metric name, all of one type. */
export interface Family {
  name: string;
  help: string;
  type: Type;
  series: Series[];
}

interface Series {
  labels: Labels;
  value: Value;
}

interface StoredSeries extends Series {
  family: StoredFamily;
  time: bigint;
  updatedMs: number;
  bytes: number;
}

type StoredFamily = Omit<Family, 'series'> & { series: Map<string, StoredSeries> };

const SERIES_BYTES = 600;
const BUCKET_BYTES = 60;

/** How often expired series are removed while points arrive. */
const SWEEP_MS = 10_000;

/** Keeps the last point of every series. */
export class MetricStore {
  readonly #limits: MetricLimits;
  readonly #families = new Map<string, StoredFamily>();
  #count = 0;
  #bytes = 0;
  #sweptMs = 0;

  constructor(limits: MetricLimits) {
    this.#limits = limits;
  }

  /**
   * Adds the points of an export.
   *
   * @param nowMs the time, in milliseconds since 1970
   * @param report records refused points
   */
  add(exported: readonly ResourceMetrics[], nowMs: number, report: Report): void {
    if (nowMs - this.#sweptMs > SWEEP_MS) this.#expire(nowMs);
    for (const { resource, scopeMetrics } of exported)
      for (const { scope, schemaUrl, metrics } of scopeMetrics)
        for (const metric of metrics)
          this.#addMetric(metric, { resource: resource?.attributes ?? [], scope, schemaUrl }, nowMs, report);
  }

  #addMetric(metric: Metric, origin: Origin, nowMs: number, report: Report): void {
    const read = readMetric(metric);
    if (typeof read === 'string') {
      report.refuse(read, countPoints(metric));
      return;
    }
    const kind = read.type === 'counter' ? 'counter' : metric.data.case === 'gauge' ? 'gauge' : 'other';
    const name = metricName(metric.name.slice(0, MAX_LABEL_LENGTH), metric.unit.slice(0, MAX_LABEL_LENGTH), kind);
    if (name === undefined) {
      report.refuse('a name without a letter or digit', read.points.length);
      return;
    }
    const help = metric.description.slice(0, MAX_LABEL_LENGTH);
    const family = this.#families.get(name) ?? { name, help, type: read.type, series: new Map<string, StoredSeries>() };
    if (family.type !== read.type) {
      report.refuse(`a ${read.type} with the name of a ${family.type}`, read.points.length);
      return;
    }
    for (const point of read.points) this.#addPoint(family, point, origin, nowMs, report);
    if (family.series.size > 0) this.#families.set(name, family);
    else this.#families.delete(name);
  }

  #addPoint(family: StoredFamily, point: Point, origin: Origin, nowMs: number, report: Report): void {
    const labels = labelsOf(point.attributes, origin);
    if (typeof labels === 'string') {
      report.refuse(labels);
      return;
    }
    const key = JSON.stringify(labels);
    const known = family.series.get(key);
    if (!point.value) {
      this.#remove(key, known);
      return;
    }
    if (known && known.time > point.time) return;
    const bytes = sizeOf(key, point.value);
    if (known) Object.assign(known, { value: point.value, time: point.time, updatedMs: nowMs });
    else if (this.#count >= this.#limits.maxSeries || this.#bytes + bytes > this.#limits.maxBytes)
      report.refuse(`more than ${this.#limits.maxSeries} series`);
    else {
      family.series.set(key, { family, labels, value: point.value, time: point.time, updatedMs: nowMs, bytes });
      this.#count += 1;
      this.#bytes += bytes;
    }
  }

  #remove(key: string, series: StoredSeries | undefined): void {
    if (!series?.family.series.delete(key)) return;
    this.#count -= 1;
    this.#bytes -= series.bytes;
    if (series.family.series.size === 0) this.#families.delete(series.family.name);
  }

  #expire(nowMs: number): void {
    this.#sweptMs = nowMs;
    for (const { series } of this.#families.values())
      for (const [key, each] of series) if (nowMs - each.updatedMs > this.#limits.expiryMs) this.#remove(key, each);
  }

  /** The current families, by name. */
  families(nowMs: number): Family[] {
    this.#expire(nowMs);
    const families = [...this.#families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return families.map(({ series, ...family }) => ({ ...family, series: [...series.values()] }));
  }

  get stats() {
    return { series: this.#count, bytes: this.#bytes };
  }
}

function sizeOf(key: string, value: Value): number {
  // The labels are stored twice: as such, and in the key.
  return SERIES_BYTES + 3 * key.length + ('buckets' in value ? value.buckets.length * BUCKET_BYTES : 0);
}
