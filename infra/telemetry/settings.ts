import type { Limits } from './telemetry';

/** The addresses and limits of the store. */
export interface Settings {
  host: string;
  ports: { otlpHttp: number; otlpGrpc: number; query: number };
  limits: Limits;
}

const MIB = 1024 * 1024;

/**
 * Reads the settings from the environment: `TELEMETRY_ADDRESS`, `OTLP_HTTP_PORT`, `OTLP_GRPC_PORT`, `QUERY_PORT`,
 * `TELEMETRY_TRACES_MB` (the memory for traces), `TELEMETRY_SLOW_MS` (slower traces are kept longer),
 * `TELEMETRY_MAX_SERIES`.
 *
 * @throws Error that names the variable and its valid range
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const number = (name: string, fallback: number, [min, max]: [number, number]): number => {
    const text = environment[name] || String(fallback);
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new Error(`${name}=${text} is not a whole number from ${min} to ${max}`);
  };
  const port = (name: string, fallback: number): number => number(name, fallback, [0, 65_535]);
  return {
    host: environment['TELEMETRY_ADDRESS'] || '127.0.0.1',
    ports: {
      otlpHttp: port('OTLP_HTTP_PORT', 4318),
      otlpGrpc: port('OTLP_GRPC_PORT', 4317),
      query: port('QUERY_PORT', 16_686),
    },
    limits: {
      traces: {
        maxBytes: number('TELEMETRY_TRACES_MB', 64, [1, 4096]) * MIB,
        slowNanos: BigInt(number('TELEMETRY_SLOW_MS', 1_000, [1, 3_600_000])) * 1_000_000n,
      },
      metrics: {
        maxSeries: number('TELEMETRY_MAX_SERIES', 20_000, [1, 1_000_000]),
        maxBytes: 32 * MIB,
        expiryMs: 5 * 60_000,
      },
    },
  };
}
