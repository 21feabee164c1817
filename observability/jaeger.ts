/** The ports of Jaeger. */
export interface JaegerPorts {
  /** OTLP over gRPC. */
  readonly grpc: number;
  /** OTLP over HTTP. */
  readonly http: number;
  /** The page and its API. */
  readonly query: number;
  /** The query API over gRPC. */
  readonly queryGrpc: number;
  /** For Prometheus: metrics of Jaeger itself. */
  readonly internal: number;
  /** `GET /status` answers 200 while it works. */
  readonly health: number;
}

export const JAEGER_PORTS: JaegerPorts = {
  grpc: 4317,
  http: 4318,
  query: 16_686,
  queryGrpc: 16_685,
  internal: 8888,
  health: 13_133,
};

/** The trace storage of Jaeger. */
export type JaegerStorage =
  /** In memory, the newest traces. */
  | { readonly maxTraces: number }
  /** In files, for some hours. Jaeger exits if the disk is full. */
  | { readonly folder: string; readonly hours: number };

/** Settings of a Jaeger. */
export interface JaegerSettings {
  /** The address to listen on; all by default. */
  readonly host?: string;
  readonly ports?: JaegerPorts;
  readonly storage: JaegerStorage;
  /** Prometheus' URL, for the page with rates and durations of services; without it that page is off. */
  readonly prometheus?: string;
  /** The path of the file with {@link jaegerUi}. */
  readonly uiFile?: string;
  /** The memory limit, in MiB; spans beyond it are refused. 400 by default. */
  readonly memoryMib?: number;
}

type Section = Readonly<Record<string, unknown>>;

/** Jaeger's configuration file. */
export interface JaegerConfig {
  readonly extensions: Section;
  readonly receivers: Section;
  readonly processors: Section;
  readonly exporters: Section;
  readonly service: Section;
}

const TRACES = 'traces';
const METRICS = 'metrics';

/**
 * Makes the configuration of Jaeger 2.
 *
 * @throws Error if a setting is out of range
 * @see https://www.jaegertracing.io/docs/latest/deployment/configuration/
 */
export function jaegerConfig(settings: JaegerSettings): JaegerConfig {
  refuseSettings(settings);
  const { host = '0.0.0.0', ports = JAEGER_PORTS, memoryMib = 400 } = settings;
  return {
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: `${host}:${ports.health}` } },
      jaeger_query: queryExtension(settings, host, ports),
      jaeger_storage: storageExtension(settings),
    },
    receivers: {
      otlp: {
        protocols: { grpc: { endpoint: `${host}:${ports.grpc}` }, http: { endpoint: `${host}:${ports.http}` } },
      },
    },
    processors: {
      memory_limiter: { check_interval: '1s', limit_mib: memoryMib, spike_limit_mib: Math.ceil(memoryMib / 5) },
      batch: { timeout: '200ms' },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: TRACES } },
    service: serviceOf(host, ports.internal),
  };
}

/** The content of the file that `uiFile` names: extra pages beside traces. */
export function jaegerUi(): Section {
  return { monitor: { menuEnabled: true }, dependencies: { menuEnabled: true }, archiveEnabled: false };
}

function refuseSettings({ storage, prometheus }: JaegerSettings): void {
  const [name, amount] = 'folder' in storage ? ['hours', storage.hours] : ['maxTraces', storage.maxTraces];
  if (!(Number.isInteger(amount) && amount > 0))
    throw new Error(`storage.${name} ${amount} is out of range; write a whole number above 0`);
  if (prometheus !== undefined && !/^https?:\/\/\S+$/.test(prometheus))
    throw new Error(`prometheus "${prometheus}" is not a URL; write for example http://prometheus:9090`);
}

function queryExtension({ prometheus, uiFile }: JaegerSettings, host: string, ports: JaegerPorts): Section {
  return {
    enable_tracing: false,
    storage: { traces: TRACES, ...(prometheus !== undefined && { metrics: METRICS }) },
    http: { endpoint: `${host}:${ports.query}` },
    grpc: { endpoint: `${host}:${ports.queryGrpc}` },
    ...(uiFile !== undefined && { ui: { config_file: uiFile } }),
  };
}

function storageExtension({ storage, prometheus }: JaegerSettings): Section {
  return {
    backends: { [TRACES]: 'folder' in storage ? badger(storage) : { memory: { max_traces: storage.maxTraces } } },
    ...(prometheus !== undefined && { metric_backends: { [METRICS]: { prometheus: prometheusMetrics(prometheus) } } }),
  };
}

function badger({ folder, hours }: { folder: string; hours: number }): Section {
  return {
    badger: {
      directories: { keys: `${folder}/keys`, values: `${folder}/values` },
      ephemeral: false,
      ttl: { spans: `${hours}h` },
    },
  };
}

/** The names that the collector's span metrics have in Prometheus. */
function prometheusMetrics(endpoint: string): Section {
  return {
    endpoint,
    metric_namespace: 'traces_span_metrics',
    latency_unit: 's',
    normalize_calls: true,
    normalize_duration: true,
  };
}

function serviceOf(host: string, port: number): Section {
  return {
    extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
    pipelines: {
      traces: {
        receivers: ['otlp'],
        processors: ['memory_limiter', 'batch'],
        exporters: ['jaeger_storage_exporter'],
      },
    },
    telemetry: {
      resource: { 'service.name': 'jaeger' },
      // At level info, its watcher logs every write into the folder of the UI settings.
      logs: { level: 'warn' },
      metrics: { level: 'normal', readers: [{ pull: { exporter: { prometheus: { host, port } } } }] },
    },
  };
}
