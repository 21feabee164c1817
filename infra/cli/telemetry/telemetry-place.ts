import { readRunFile } from '../../local/run-file';
import { type Endpoint, endpointOf } from '../../telemetry-query/http-get';
import type { Project } from '../project';

/** Where traces or metrics are asked for. */
export interface TelemetryPlace {
  endpoint: Endpoint;
  /** Whether it is that of the platform which runs on this machine. */
  isLocal: boolean;
}

/** What a person may have asked for instead of what runs here. */
export interface GivenPlace {
  /** What answers there: `Jaeger`. */
  what: string;
  /** The option that names it: `--jaeger`. */
  option: string;
  url: string | undefined;
}

/**
 * Where the telemetry of the platform on this machine is, or what a person gave instead.
 *
 * @throws Error that says what to do when nothing runs here
 */
export function telemetryPlace(project: () => Project, { what, option, url }: GivenPlace): TelemetryPlace {
  if (url !== undefined) return { endpoint: endpointOf(what, url), isLocal: false };
  const run = readRunFile(project().runFile);
  if (!run) throw new Error(`nothing runs here; run npm start in another terminal, or give ${option} URL`);
  if (!run.telemetry)
    throw new Error(
      `the platform that runs here keeps no traces and no metrics; give ${option} URL to ask another place`,
    );
  return { endpoint: endpointOf('the trace store of npm start', run.telemetry.query), isLocal: true };
}
