/** The origin of a name. */
export type Source =
  /** OpenTelemetry's semantic conventions. */
  | 'OpenTelemetry'
  /** Weft's own kit. */
  | 'Weft'
  /** The collector's span metrics connector. */
  | 'collector'
  /** The recording rules for objectives. */
  | 'rules'
  /** Istio's standard metrics. */
  | 'Istio'
  /** Statistics of the proxies. */
  | 'Envoy';

/** The stability in the semantic conventions: an unstable name may change in their next version. */
export type Stability = 'stable' | 'release candidate' | 'development';

/** An attribute of spans or metrics, or a label. */
export interface AttributeEntry {
  readonly name: string;
  readonly description: string;
  /** All its values, or the source that limits them. */
  readonly values: readonly string[] | string;
  /** Values for the documentation and for tests. */
  readonly examples: readonly string[];
  readonly stability: Stability;
  readonly source: Source;
}

export type MetricType = 'histogram' | 'counter' | 'upDownCounter' | 'gauge';

/** A metric. It also has the attributes of its resource. */
export interface MetricEntry {
  /** The name in OpenTelemetry; metrics of proxies only have Prometheus's name. */
  readonly name: string;
  readonly type: MetricType;
  /** UCUM, such as `s`, `By` or `{call}`; empty if unspecified. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  readonly stability: Stability;
  readonly source: Source;
}

export type SpanKind = 'SERVER' | 'CLIENT' | 'INTERNAL' | 'PRODUCER' | 'CONSUMER';

/** A kind of span. */
export interface SpanEntry {
  /** The pattern of the name, with variable parts in angle brackets. */
  readonly name: string;
  readonly kind: SpanKind;
  readonly description: string;
  readonly attributes: readonly string[];
  readonly stability: Stability;
  readonly source: Source;
}
