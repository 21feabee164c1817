import { DURATION_BOUNDS, RPC_METHOD, RPC_STATUS } from '../services/kit/telemetry/names';
import {
  type Backend,
  COLLECTOR_PORTS,
  type CollectorPorts,
  type CollectorSettings,
  MEMORY_MIB,
  refuseSettings,
  type Signal,
  type TailSampling,
} from './collector-settings';

export { type Backend, COLLECTOR_PORTS, type CollectorPorts, type CollectorSettings } from './collector-settings';

type Section = Readonly<Record<string, unknown>>;

/** A collector's configuration file. */
export interface CollectorConfig {
  readonly extensions: Section;
  readonly receivers: Section;
  readonly processors: Section;
  readonly connectors: Section;
  readonly exporters: Section;
  readonly service: Section;
}

/**
 * Makes the configuration of an OpenTelemetry Collector (contrib 0.152 or later; before, `span_metrics` was called
 * `spanmetrics`). It counts every span, then samples traces. Queues are bounded and never block: an unavailable backend
 * loses only its own data.
 *
 * @throws Error if a setting is out of range
 * @see https://opentelemetry.io/docs/collector/configuration/
 */
export function collectorConfig(settings: CollectorSettings): CollectorConfig {
  refuseSettings(settings);
  const { host = '0.0.0.0', ports = COLLECTOR_PORTS, backends } = settings;
  return {
    extensions: { health_check: { endpoint: `${host}:${ports.health}` } },
    receivers: { otlp: { protocols: otlpProtocols(host, ports) } },
    processors: processorsOf(settings),
    connectors: { forward: {}, span_metrics: spanMetrics(settings) },
    exporters: {
      ...Object.fromEntries(backends.map((backend) => [exporterOf(backend), otlpExporter(backend)])),
      prometheus: prometheusExporter(`${host}:${ports.metrics}`),
      // One line per log record, on stdout; the collector's own log goes to stderr.
      debug: { verbosity: 'normal', use_internal_logger: false },
    },
    service: {
      extensions: ['health_check'],
      telemetry: ownTelemetry(host, ports.internal),
      pipelines: pipelinesOf(backends),
    },
  };
}

function otlpProtocols(host: string, { grpc, http }: CollectorPorts): Section {
  return {
    grpc: { endpoint: `${host}:${grpc}`, max_recv_msg_size_mib: MESSAGE_MIB },
    http: { endpoint: `${host}:${http}`, max_request_body_size: MESSAGE_MIB * MIB },
  };
}

const MIB = 2 ** 20;
const MESSAGE_MIB = 8;

/** Resource attributes without use as labels; `service.instance.id` already identifies a process. */
const NOT_LABELS = '^(process|host|os|container|telemetry)[.]';

function processorsOf({ sampling, memoryMib = MEMORY_MIB }: CollectorSettings): Section {
  return {
    memory_limiter: { check_interval: '1s', limit_mib: memoryMib, spike_limit_mib: Math.ceil(memoryMib / 5) },
    // Envoy's spans contain queries of requests and error messages, which can be private.
    'transform/private': {
      error_mode: 'ignore',
      trace_statements: [
        'replace_pattern(span.attributes["http.url"], "[?].*$", "")',
        'delete_key(span.attributes, "grpc.message")',
      ],
    },
    tail_sampling: tailSampling(sampling, memoryMib),
    batch: { timeout: '1s', send_batch_size: 2_048, send_batch_max_size: 4_096 },
    'transform/labels': {
      metric_statements: [`delete_matching_keys(resource.attributes, "${NOT_LABELS}")`],
    },
    // Otherwise the name of one pod would stand for all pods of the service.
    'transform/spans': {
      metric_statements: ['keep_keys(resource.attributes, ["service.name", "service.namespace"])'],
    },
  };
}

/** @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor */
function tailSampling({ share, slowSeconds, waitSeconds = 10 }: TailSampling, memoryMib: number): Section {
  const rest = { name: 'share', type: 'probabilistic', probabilistic: { sampling_percentage: share } };
  return {
    decision_wait: `${waitSeconds}s`,
    // Waiting traces of about 10 KB each fill less than half of the memory.
    num_traces: memoryMib * 40,
    maximum_trace_size_bytes: 4 * MIB,
    // Late spans follow the decision about their trace.
    decision_cache: { sampled_cache_size: 100_000, non_sampled_cache_size: 100_000 },
    policies: [
      { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
      { name: 'slow', type: 'latency', latency: { threshold_ms: Math.max(1, Math.round(slowSeconds * 1_000)) } },
      ...(share > 0 ? [rest] : []),
    ],
  };
}

/** Span attributes with few values. */
const DIMENSIONS = [
  RPC_METHOD,
  RPC_STATUS,
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'service.version',
];

/** @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/spanmetricsconnector */
function spanMetrics({ bounds = DURATION_BOUNDS, flushSeconds = 15 }: CollectorSettings): Section {
  return {
    // Jaeger reads these names: traces_span_metrics_calls_total, traces_span_metrics_duration_seconds.
    namespace: 'traces.span.metrics',
    histogram: { unit: 's', explicit: { buckets: bounds.map((seconds) => `${Number((seconds * 1e6).toFixed(3))}us`) } },
    exemplars: { enabled: true, max_per_data_point: 5 },
    dimensions: DIMENSIONS.map((name) => ({ name })),
    // Without a new series for each restart of the collector.
    exclude_dimensions: ['collector.instance.id'],
    // Pods of a service are counted together; otherwise their series would have equal labels and overwrite each other.
    resource_metrics_key_attributes: ['service.name', 'service.namespace'],
    resource_metrics_cache_size: 1_000,
    aggregation_cardinality_limit: 2_000,
    metrics_flush_interval: `${flushSeconds}s`,
    metrics_expiration: '1h',
  };
}

/** @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/prometheusexporter */
function prometheusExporter(endpoint: string): Section {
  return {
    endpoint,
    resource_to_telemetry_conversion: { enabled: true },
    // Only OpenMetrics has exemplars.
    enable_open_metrics: true,
    // A new version of an instrumentation should not make new series.
    without_scope_info: true,
    metric_expiration: '5m',
  };
}

function exporterOf({ name }: Backend): string {
  return `otlp_grpc/${name}`;
}

function otlpExporter({ endpoint, tls = false, headers }: Backend): Section {
  return {
    endpoint,
    tls: { insecure: !tls },
    ...(headers && { headers }),
    timeout: '5s',
    sending_queue: { enabled: true, sizer: 'bytes', queue_size: 32 * MIB, num_consumers: 4, block_on_overflow: false },
    retry_on_failure: { enabled: true, initial_interval: '1s', max_interval: '15s', max_elapsed_time: '60s' },
  };
}

function ownTelemetry(host: string, port: number): Section {
  return {
    logs: { level: 'info', encoding: 'json' },
    metrics: { level: 'normal', readers: [{ pull: { exporter: { prometheus: { host, port } } } }] },
  };
}

function pipelinesOf(backends: readonly Backend[]): Section {
  const to = (signal: Signal): string[] => backends.filter(({ signals }) => signals.includes(signal)).map(exporterOf);
  const [traces, metrics, logs] = [to('traces'), to('metrics'), to('logs')];
  return {
    'traces/in': {
      receivers: ['otlp'],
      processors: ['memory_limiter', 'transform/private'],
      exporters: ['span_metrics', ...(traces.length > 0 ? ['forward'] : [])],
    },
    ...(traces.length > 0 && {
      'traces/kept': { receivers: ['forward'], processors: ['tail_sampling', 'batch'], exporters: traces },
    }),
    metrics: {
      receivers: ['otlp'],
      processors: ['memory_limiter', 'transform/labels'],
      exporters: ['prometheus', ...metrics],
    },
    'metrics/spans': {
      receivers: ['span_metrics'],
      processors: ['memory_limiter', 'transform/spans'],
      exporters: ['prometheus', ...metrics],
    },
    // For the access logs of proxies, which would be refused without this pipeline.
    logs: { receivers: ['otlp'], processors: ['memory_limiter'], exporters: logs.length > 0 ? logs : ['debug'] },
  };
}
