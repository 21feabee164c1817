/** The ports of a Jaeger on this machine. */
export interface JaegerPorts {
  otlpHttp: number;
  otlpGrpc: number;
  query: number;
  queryGrpc: number;
  health: number;
}

const MAX_TRACES = 50_000;

/**
 * Makes the configuration of a Jaeger v2 with traces in memory, on loopback. It is JSON, which is valid YAML.
 *
 * @see https://www.jaegertracing.io/docs/latest/deployment/configuration/
 */
export function jaegerConfig(ports: JaegerPorts): string {
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const config = {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: at(ports.health) },
      // Otherwise Jaeger's own queries would appear among the traces.
      jaeger_query: {
        enable_tracing: false,
        storage: { traces: 'memory' },
        ...{ http: at(ports.query), grpc: at(ports.queryGrpc) },
      },
      jaeger_storage: { backends: { memory: { memory: { max_traces: MAX_TRACES } } } },
    },
    receivers: { otlp: { protocols: { grpc: at(ports.otlpGrpc), http: at(ports.otlpHttp) } } },
    processors: { batch: { timeout: '200ms' } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
