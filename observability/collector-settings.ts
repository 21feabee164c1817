/** The ports of a collector. */
export interface CollectorPorts {
  /** OTLP over gRPC. */
  readonly grpc: number;
  /** OTLP over HTTP. */
  readonly http: number;
  /** For Prometheus: metrics of services and of spans. */
  readonly metrics: number;
  /** For Prometheus: metrics of the collector itself. */
  readonly internal: number;
  /** `GET /` answers 200 while it works. */
  readonly health: number;
}

export const COLLECTOR_PORTS: CollectorPorts = {
  grpc: 4317,
  http: 4318,
  metrics: 8889,
  internal: 8888,
  health: 13_133,
};

/** A signal that a collector forwards. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** A destination of a collector, over OTLP/gRPC. */
export interface Backend {
  /** The name of its exporter, such as `jaeger`. */
  readonly name: string;
  /** `host:port`. */
  readonly endpoint: string;
  readonly signals: readonly Signal[];
  /** True if the collector encrypts, rather than a sidecar. False by default. */
  readonly tls?: boolean;
  /** Sent with each export; the collector reads `${env:TOKEN}` in a value from its environment. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Decides which complete traces a collector keeps. */
export interface TailSampling {
  /** The percentage of ordinary traces to keep; 100 keeps all. */
  readonly share: number;
  /** Slower traces are kept, in seconds. */
  readonly slowSeconds: number;
  /** How long to wait for the spans of a trace, in seconds; must exceed the batch delay of services. 10 by default. */
  readonly waitSeconds?: number;
}

/** Settings of a collector. */
export interface CollectorSettings {
  /** The address to listen on; all by default. */
  readonly host?: string;
  readonly ports?: CollectorPorts;
  readonly backends: readonly Backend[];
  readonly sampling: TailSampling;
  /** The memory limit, in MiB; data beyond it is refused. 400 by default. */
  readonly memoryMib?: number;
  /** The bounds of the span metrics' histograms, in seconds; see `durationBoundsOf`. */
  readonly bounds?: readonly number[];
  /** How often span metrics are updated, in seconds; 15 by default. */
  readonly flushSeconds?: number;
}

/** The default memory limit of a collector. */
export const MEMORY_MIB = 400;

/** @throws Error that names the setting that is out of range, and what to write */
export function refuseSettings({ sampling, backends, memoryMib = MEMORY_MIB }: CollectorSettings): void {
  const { share, slowSeconds } = sampling;
  if (!(share >= 0 && share <= 100))
    throw new Error(`sampling.share ${share} is out of range; write 0 to 100 (percent)`);
  if (!(slowSeconds > 0)) throw new Error(`sampling.slowSeconds ${slowSeconds} is out of range; write more than 0`);
  if (!(memoryMib >= 64)) throw new Error(`memoryMib ${memoryMib} is too little; write at least 64`);
  const names = backends.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new Error(`backends ${names.join(', ')} must have different names`);
  for (const { name, endpoint } of backends)
    if (!/^[^/:\s]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(endpoint))
      throw new Error(
        `backends.${name}.endpoint "${endpoint}" is not host:port; write for example jaeger.telemetry:4317`,
      );
}
