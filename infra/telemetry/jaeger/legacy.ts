import type { TraceQuery } from '../traces/search';
import type { TraceStore } from '../traces/trace-store';
import { type Answer, QueryError, type QueryRoute, readParameter, readText } from './answer';
import { dependenciesOf } from './dependencies';
import { parseBool, parseDuration, parseInteger } from './go-parse';
import { legacyTrace } from './legacy-trace';
import { parseTraceId } from './trace-id';
import { checkLimit, readAttributes } from './v3';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_TRACES = 100n;

/**
 * The routes of the unversioned query API, which Jaeger's page reads.
 *
 * @param now the time, in milliseconds since 1970
 */
export function legacyRoutes(store: TraceStore, now: () => number): Record<string, QueryRoute> {
  return {
    '/api/services': () => listed(store.services),
    '/api/services/*/operations': (_, [service = '']) => {
      const names = new Set(store.operations(service, '').map(({ name }) => name));
      return listed([...names]);
    },
    '/api/operations': (query) => {
      const service = query.get('service');
      if (!service) throw new QueryError(400, "parameter 'service' is required");
      const data = store
        .operations(service, query.get('spanKind') ?? '')
        .map(({ name, kind }) => ({ name, spanKind: kind }));
      return ok(data, data.length);
    },
    '/api/traces': (query) => {
      const { traceIds, isRaw, search } = readQuery(query, now());
      if (traceIds.length > 0) return byIds(store, traceIds, isRaw);
      return ok(store.search(search()).map((trace) => legacyTrace(trace, isRaw)));
    },
    '/api/traces/*': (query, [id = '']) => {
      const traceId = readParameter(id, parseTraceId, (words) => words) ?? '';
      for (const name of ['start', 'end']) micros(query, name);
      const isRaw = read(query, 'raw', parseBool) ?? false;
      const trace = store.get(traceId);
      if (!trace) throw new QueryError(404, 'trace not found');
      return ok([legacyTrace(trace, isRaw)]);
    },
    '/api/dependencies': (query) => dependencies(store, query, now()),
  };
}

/** Errors of this version of the API. */
export function legacyError({ status, message }: QueryError): Answer {
  return { status, body: { ...envelope(null, 0), errors: [{ code: status, msg: message }] } };
}

function envelope(data: unknown, total: number) {
  return { data, total, limit: 0, offset: 0, errors: null };
}

function ok(data: unknown, total = 0): Answer {
  return { status: 200, body: envelope(data, total) };
}

function listed(names: string[]): Answer {
  return ok(names.length > 0 ? names : null, names.length);
}

function byIds(store: TraceStore, ids: readonly string[], isRaw: boolean): Answer {
  const found = ids.map((id) => ({ id, trace: store.get(id) }));
  const data = found.flatMap(({ trace }) => (trace ? [legacyTrace(trace, isRaw)] : []));
  const missing = found.filter(({ trace }) => !trace);
  const errors = missing.map(({ id }) => ({ msg: 'trace not found', traceID: id.replace(/^0{16}/, '') }));
  return { status: 200, body: { ...envelope(data, 0), errors: errors.length > 0 ? errors : null } };
}

function readQuery(query: URLSearchParams, nowMs: number) {
  const [start, end] = [micros(query, 'start') ?? nanos(nowMs - 2 * DAY_MS), micros(query, 'end') ?? nanos(nowMs)];
  const attributes = readTags(query);
  const limit = readParameter(
    query.get('limit'),
    (text) => parseInteger(text, { function: 'ParseInt', bits: 32 }),
    String,
  );
  const [durationMin, durationMax] = ['minDuration', 'maxDuration'].map(
    (name) => read(query, name, parseDuration) ?? 0n,
  ) as [bigint, bigint];
  const traceIds = query
    .getAll('traceID')
    .map((id) => readText(id, parseTraceId, (words) => `cannot parse traceID param: ${words}`));
  const isRaw = read(query, 'raw', parseBool) ?? false;
  const service = query.get('service') ?? '';
  if (traceIds.length === 0 && service === '') throw new QueryError(400, "parameter 'service' is required");
  if (durationMin !== 0n && durationMax !== 0n && durationMax < durationMin)
    throw new QueryError(400, "'maxDuration' should be greater than 'minDuration'");
  const search = (): TraceQuery => ({
    ...{ service, operation: query.get('operation') ?? '', attributes, startMin: start, startMax: end },
    ...{ durationMin, durationMax, limit: checkLimit(limit ?? DEFAULT_TRACES) },
  });
  return { traceIds, isRaw, search };
}

/** Reads `tag=key:value` and `tags={"key":"value"}`, both repeatable. */
function readTags(query: URLSearchParams): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of query.getAll('tag')) {
    const [key = '', ...rest] = tag.split(':');
    if (rest.length === 0)
      throw new QueryError(400, `malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    tags.set(key, rest.join(':'));
  }
  const refusal = (words: string): string => `malformed 'tags' parameter, cannot unmarshal JSON: ${words}`;
  for (const text of query.getAll('tags'))
    for (const [key, value] of readText(text, readAttributes, refusal)) tags.set(key, value);
  return tags;
}

function dependencies(store: TraceStore, query: URLSearchParams, nowMs: number): Answer {
  const whole = (text: string): bigint => parseInteger(text, { function: 'ParseInt', bits: 64 });
  const end = (read(query, 'endTs', whole) ?? BigInt(nowMs)) * 1_000_000n;
  const lookback = (read(query, 'lookback', whole) ?? BigInt(DAY_MS)) * 1_000_000n;
  if (lookback < 0n) throw new QueryError(500, 'end time must be greater than start time');
  const service = query.get('service');
  const links = dependenciesOf(store.between(end - lookback, end));
  return ok(links.filter(({ parent, child }) => !service || [parent, child].includes(service)));
}

function micros(query: URLSearchParams, name: string): bigint | undefined {
  const value = read(query, name, (text) => parseInteger(text, { function: 'ParseInt', bits: 64 }));
  return value === undefined ? undefined : value * 1_000n;
}

function nanos(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}

function read<T>(query: URLSearchParams, name: string, reader: (text: string) => T): T | undefined {
  return readParameter(query.get(name), reader, (words) => `unable to parse param '${name}': ${words}`);
}
