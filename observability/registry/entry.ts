/** Who decided on a name. */
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

/** As the semantic conventions say it: a name that is not stable may change with their next version. */
export type Stability = 'stable' | 'release candidate' | 'development';

/** An attribute of spans or metrics, or a label. */
export interface AttributeEntry {
  readonly name: string;
  readonly description: string;
  /** All its values, or who keeps them few. */
  readonly values: readonly string[] | string;
  /** Values to show, and to test with. */
  readonly examples: readonly string[];
  readonly stability: Stability;
  readonly source: Source;
}

export type MetricType = 'histogram' | 'counter' | 'upDownCounter' | 'gauge';

/** A metric. Its resource's attributes are on top of its own. */
export interface MetricEntry {
  /** As OpenTelemetry has it; metrics of proxies have no other name than Prometheus's. */
  readonly name: string;
  readonly type: MetricType;
  /** UCUM, such as `s`, `By` or `{call}`; empty where its maker gives none. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  readonly stability: Stability;
  readonly source: Source;
}

export type SpanKind = 'SERVER' | 'CLIENT' | 'INTERNAL' | 'PRODUCER' | 'CONSUMER';

/** Spans of one sort. */
export interface SpanEntry {
  /** How they are called, with what differs in angle brackets. */
  readonly name: string;
  readonly kind: SpanKind;
  readonly description: string;
  readonly attributes: readonly string[];
  readonly stability: Stability;
  readonly source: Source;
}
