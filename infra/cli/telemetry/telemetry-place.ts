import { readRunFile } from '../../local/processes/run-file';
import { type Endpoint, endpointOf } from '../../telemetry-query/http-get';
import type { Project } from '../build/project';

/** Where traces or metrics are asked for. */
export interface TelemetryPlace {
  endpoint: Endpoint;
  /** Whether it is that of the platform which runs on this machine. */
  isLocal: boolean;
}

/** What to ask for, and what a person may have asked for instead of what runs here. */
export interface GivenPlace {
  /** Traces are asked for by Jaeger's API, metrics stand on a page. */
  asks: 'query' | 'metrics';
  /** What answers at the given address: `Jaeger`. */
  what: string;
  /** The option that names it: `--jaeger`. */
  option: string;
  url: string | undefined;
}

/**
 * Where the telemetry of the platform on this machine is, or what a person gave instead.
 *
 * @throws Error that says what to do when nothing runs here, or nothing that can be asked
 */
export function telemetryPlace(project: () => Project, { asks, what, option, url }: GivenPlace): TelemetryPlace {
  if (url !== undefined) return { endpoint: endpointOf(what, url), isLocal: false };
  const run = readRunFile(project().runFile);
  if (!run) throw new Error(`nothing runs here; run npm start in another terminal, or give ${option} URL`);
  const address = run.telemetry?.[asks];
  if (address !== undefined)
    return { endpoint: endpointOf('the telemetry store of npm start', address), isLocal: true };
  const sent = run.telemetry ? `sends its telemetry to ${run.telemetry.otlp}` : 'keeps no telemetry';
  throw new Error(`the platform that runs here ${sent}; give ${option} URL to say where it can be asked for`);
}
