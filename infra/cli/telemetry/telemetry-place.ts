import { readRunFile } from '../../local/processes/run-file';
import { type Endpoint, endpointOf } from '../../telemetry-query/http-get';
import type { Project } from '../build/project';

/** A server to query for traces or metrics. */
export interface TelemetrySource {
  endpoint: Endpoint;
  /** True for the platform running on this machine. */
  isLocal: boolean;
}

/** The kind of telemetry, and a server that the command line may name instead of the one running here. */
export interface SourceOptions {
  /** `query` is Jaeger's API for traces, `metrics` a page for Prometheus. */
  api: 'query' | 'metrics';
  /** The server at that address: `Jaeger`. */
  serverName: string;
  /** The option for it: `--jaeger`. */
  option: string;
  url: string | undefined;
}

/**
 * Finds the telemetry of the platform on this machine, unless the command line names another server.
 *
 * @throws Error that says what to do if nothing here can be queried
 */
export function telemetrySource(
  project: () => Project,
  { api, serverName, option, url }: SourceOptions,
): TelemetrySource {
  if (url !== undefined) return { endpoint: endpointOf(serverName, url), isLocal: false };
  const run = readRunFile(project().runFile);
  if (!run) throw new Error(`nothing is running here; run npm start in another terminal, or give ${option} URL`);
  const address = run.telemetry?.[api];
  if (address !== undefined)
    return { endpoint: endpointOf('the telemetry store of npm start', address), isLocal: true };
  const sent = run.telemetry ? `sends its telemetry to ${run.telemetry.otlp}` : 'keeps no telemetry';
  throw new Error(`the platform running here ${sent}; name a server to query with ${option} URL`);
}
