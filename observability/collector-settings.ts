/** The ports of a collector. */
export interface CollectorPorts {
  /** OTLP over gRPC. */
  readonly grpc: number;
  /** OTLP over HTTP. */
  readonly http: number;
  /** What Prometheus scrapes: metrics of services and of spans. */
  readonly metrics: number;
  /** What Prometheus scrapes: how the collector itself is doing. */
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

/** A kind of data that a collector passes on. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** Where a collector sends data, over OTLP/gRPC. */
export interface Backend {
  /** Tells exporters apart, for example `jaeger`. */
  readonly name: string;
  /** `host:port`. */
  readonly endpoint: string;
  readonly signals: readonly Signal[];
  /** Whether the collector encrypts: not where a sidecar does. False if left out. */
  readonly tls?: boolean;
  /** Sent with each export; the collector reads `${env:TOKEN}` in a value from its environment. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Which traces a collector keeps, once they are complete. */
export interface TailSampling {
  /** The percentage of traces that are kept although nothing about them is remarkable; 100 keeps all. */
  readonly share: number;
  /** Traces that take longer than this are kept, in seconds. */
  readonly slowSeconds: number;
  /** How long to wait for the spans of a trace, in seconds; longer than services batch theirs. 10 if left out. */
  readonly waitSeconds?: number;
}

/** What differs between collectors. */
export interface CollectorSettings {
  /** The address to listen on; every one if left out. */
  readonly host?: string;
  readonly ports?: CollectorPorts;
  readonly backends: readonly Backend[];
  readonly sampling: TailSampling;
  /** Above this much memory data is refused, in MiB; 400 if left out. */
  readonly memoryMib?: number;
  /** The bounds of the span metrics' histograms, in seconds; see `durationBoundsOf`. */
  readonly bounds?: readonly number[];
  /** How often span metrics are updated, in seconds; 15 if left out. */
  readonly flushSeconds?: number;
}

/** How much memory a collector has, unless its settings say otherwise. */
export const MEMORY_MIB = 400;

/** @throws Error that says which setting is out of range, and what to write */
export function refuseSettings({ sampling, backends, memoryMib = MEMORY_MIB }: CollectorSettings): void {
  const { share, slowSeconds } = sampling;
  if (!(share >= 0 && share <= 100))
    throw new Error(`sampling.share ${share} is out of range; write 0 to 100 (percent)`);
  if (!(slowSeconds > 0)) throw new Error(`sampling.slowSeconds ${slowSeconds} is out of range; write more than 0`);
  if (!(memoryMib >= 64)) throw new Error(`memoryMib ${memoryMib} is too little; write at least 64`);
  const names = backends.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new Error(`backends ${names.join(', ')}: give each a name of its own`);
  for (const { name, endpoint } of backends)
    if (!/^[^/:\s]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(endpoint))
      throw new Error(
        `backends.${name}.endpoint "${endpoint}" is not host:port; write for example jaeger.telemetry:4317`,
      );
}
