import * as z from 'zod';
import { readTraces } from '../trace-view/otlp-json';
import type { Trace } from '../trace-view/span';
import { type Endpoint, type HttpAnswer, httpGet, parseAnswer } from './http-get';

/** A search for traces. */
export interface TraceQuery {
  service: string;
  from: Date;
  to: Date;
  /** The number of newest traces to return. */
  limit: number;
  /** With a span that took at least this long, in nanoseconds. */
  minDuration?: number;
  /** With these attributes; `error: 'true'` finds spans that failed. */
  attributes?: Record<string, string>;
}

const SERVICES = z.object({ services: z.array(z.string()).nullish() });
const RESULT = z.object({ result: z.object({ resourceSpans: z.unknown().default([]) }) });
const FAILURE = z.object({ error: z.object({ message: z.string() }) });

/**
 * Lists the services that have traces.
 *
 * @throws Error if Jaeger does not answer
 * @see https://www.jaegertracing.io/docs/latest/architecture/apis/#api_v3
 */
export async function listServices(jaeger: Endpoint): Promise<string[]> {
  const answer = await httpGet(jaeger, '/api/v3/services');
  const { data } = SERVICES.safeParse(parseAnswer(jaeger, answer));
  if (answer.status !== 200 || !data) throw unexpectedAnswer(jaeger, answer);
  return data.services ?? [];
}

/**
 * Gets a trace by its id.
 *
 * @returns undefined if there is no such trace
 * @throws Error if Jaeger does not answer
 */
export async function getTrace(jaeger: Endpoint, traceId: string): Promise<Trace | undefined> {
  return tracesOf(jaeger, await httpGet(jaeger, `/api/v3/traces/${traceId}`))[0];
}

/**
 * Finds the traces that match, newest first.
 *
 * @throws Error if Jaeger does not answer
 */
export async function searchTraces(jaeger: Endpoint, query: TraceQuery): Promise<Trace[]> {
  const { service, from, to, limit, minDuration, attributes } = query;
  const parameters = new URLSearchParams({
    'query.service_name': service,
    'query.start_time_min': from.toISOString(),
    'query.start_time_max': to.toISOString(),
    'query.num_traces': String(limit),
  });
  // Jaeger parses durations as Go does.
  if (minDuration !== undefined) parameters.set('query.duration_min', `${Math.floor(minDuration / 1000)}us`);
  if (attributes) parameters.set('query.attributes', JSON.stringify(attributes));
  return tracesOf(jaeger, await httpGet(jaeger, '/api/v3/traces', parameters));
}

/** True if the server has Jaeger's web page; the trace store of a laptop has none. */
export async function hasPage(jaeger: Endpoint): Promise<boolean> {
  const { status, text } = await httpGet(jaeger, '/search');
  return status === 200 && /<title>Jaeger/i.test(text);
}

/** Jaeger answers 404 if nothing matches. */
function tracesOf(jaeger: Endpoint, answer: HttpAnswer): Trace[] {
  const json = parseAnswer(jaeger, answer);
  if (answer.status === 404 && FAILURE.safeParse(json).success) return [];
  const { data } = RESULT.safeParse(json);
  if (answer.status !== 200 || !data) throw unexpectedAnswer(jaeger, answer);
  try {
    return readTraces(data.result.resourceSpans);
  } catch (error) {
    throw new Error(`the server at ${jaeger.url} is not Jaeger: ${(error as Error).message}`, { cause: error });
  }
}

function unexpectedAnswer({ name, url }: Endpoint, { status, text }: HttpAnswer): Error {
  const { data } = FAILURE.safeParse(JSON.parse(text));
  if (data) return new Error(`${name} at ${url} answers ${status}: ${data.error.message}`);
  return new Error(`the server at ${url} is not ${name}, or lacks its API v3: HTTP ${status}`);
}
