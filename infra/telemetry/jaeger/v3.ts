import type { ResourceSpans } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import type { TraceQuery } from '../traces/search';
import type { TraceStore } from '../traces/trace-store';
import { type Answer, QueryError, type QueryRoute, readParameter } from './answer';
import { parseBool, parseDuration, parseInteger, parseTime } from './go-parse';
import { resourceSpansJson } from './otlp-json';
import { summaryOf } from './summary';
import { parseTraceId } from './trace-id';
import { adjustV3 } from './v3-trace';

const DEFAULT_TRACES = 100n;

/** More traces than a store in memory ever has; Jaeger has a limit too. */
const MAX_TRACES = 100_000n;

/**
 * The routes of version 3 of Jaeger's query API, which uses OTLP. Parameters are accepted in both spellings.
 *
 * @see https://www.jaegertracing.io/docs/latest/architecture/apis/
 */
export function v3Routes(store: TraceStore): Record<string, QueryRoute> {
  return {
    '/api/v3/services': () => ok({ services: store.services }),
    '/api/v3/operations': (query) => {
      const found = store.operations(query.get('service') ?? '', parameter(query, 'span_kind').text ?? '');
      return ok({ operations: found.map(({ name, kind }) => ({ name, ...(kind && { spanKind: kind }) })) });
    },
    '/api/v3/traces': (query) => {
      const found = store.search(readQuery(query));
      return traces(found, read(query, 'query.raw_traces', parseBool));
    },
    '/api/v3/traces/*': (query, [id = '']) => {
      const traceId = readParameter(id, parseTraceId, (words) => `malformed parameter trace_id: ${words}`) ?? '';
      read(query, 'start_time', parseTime);
      read(query, 'end_time', parseTime);
      const isRaw = read(query, 'raw_traces', parseBool);
      const trace = store.get(traceId);
      return traces(trace ? [trace] : [], isRaw);
    },
    '/api/v3/trace-summaries': (query) =>
      ok({ summaries: store.search(readQuery(query)).map((trace) => summaryOf(adjustV3(trace))) }),
  };
}

/** Errors of this version of the API. */
export function v3Error({ status, message }: QueryError): Answer {
  return { status, body: { error: { httpCode: status, message } } };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function traces(found: ResourceSpans[][], isRaw = false): Answer {
  if (found.length === 0) throw new QueryError(404, 'No traces found');
  const shown = isRaw ? found : found.map(adjustV3);
  return ok({ result: { resourceSpans: shown.flat().map(resourceSpansJson) } });
}

function readQuery(query: URLSearchParams): TraceQuery {
  const [min, max] = ['query.start_time_min', 'query.start_time_max'];
  if (!parameter(query, min).text || !parameter(query, max).text)
    throw new QueryError(400, `${min} and ${max} are required`);
  const [startMin, startMax] = [read(query, min, parseTime) ?? 0n, read(query, max, parseTime) ?? 0n];
  const attributes = read(query, 'query.attributes', readAttributes) ?? new Map<string, string>();
  const limit =
    read(query, 'query.num_traces', parseLimit) ?? read(query, 'query.search_depth', parseLimit) ?? DEFAULT_TRACES;
  const durationMin = read(query, 'query.duration_min', parseDuration) ?? 0n;
  const durationMax = read(query, 'query.duration_max', parseDuration) ?? 0n;
  const [service, operation] = ['query.service_name', 'query.operation_name'].map(
    (name) => parameter(query, name).text,
  );
  return {
    service: service ?? '',
    operation: operation ?? '',
    ...{ attributes, startMin, startMax, durationMin, durationMax, limit: checkLimit(limit) },
  };
}

function parseLimit(text: string): bigint {
  return parseInteger(text, { function: 'Atoi', bits: 64 });
}

/** @throws QueryError with the text of Jaeger's memory store */
export function checkLimit(limit: bigint): number {
  if (limit <= 0n || limit > MAX_TRACES)
    throw new QueryError(500, 'search depth must be greater than 0 and less than max traces');
  return Number(limit);
}

/** @throws Error that says what is wrong with the attributes */
export function readAttributes(text: string): Map<string, string> {
  const value = JSON.parse(text) as unknown;
  const entries =
    value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : undefined;
  const wrong = entries?.find(([, each]) => typeof each !== 'string');
  if (!entries) throw new Error('attributes are a JSON object of strings');
  if (wrong) throw new Error(`attribute ${JSON.stringify(wrong[0])} is not a string`);
  return new Map(entries as [string, string][]);
}

/** Finds a parameter in snake case, or in camel case as in newer versions of Jaeger. */
function parameter(query: URLSearchParams, name: string): { name: string; text: string | null } {
  const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return query.get(camel) ? { name: camel, text: query.get(camel) } : { name, text: query.get(name) };
}

function read<T>(query: URLSearchParams, name: string, reader: (text: string) => T): T | undefined {
  const found = parameter(query, name);
  return readParameter(found.text, reader, (words) => `malformed parameter ${found.name}: ${words}`);
}
