import { setTimeout as sleep } from 'node:timers/promises';
import type { Trace } from '../trace-view/span';
import type { Endpoint } from './http-get';
import { getTrace, listServices, searchTraces, type TraceQuery } from './jaeger';

/** The scope of a search for traces. */
export interface TraceSearch {
  jaeger: Endpoint;
  /** Only traces that include this service. */
  service: string | undefined;
  /** How far back, in milliseconds. */
  sinceMs: number;
}

/** Few enough to read at a glance. */
const LISTED = 20;

/** How many traces of a service to look through; more would make Jaeger's answers large. */
const SEARCHED = 200;

/** How often to ask for slower traces. */
const MAX_ROUNDS = 10;

/** A trace is complete this long after the end of its request. */
const ARRIVAL_MS = 2_000;
const POLL_MS = 200;

/** Finds the newest traces, newest first. */
export function newestTraces(search: TraceSearch, limit = LISTED): Promise<Trace[]> {
  // Jaeger's in-memory store applies the limit before it sorts, so a small limit could miss the newest.
  return searchAll(search, { limit: Math.max(limit, LISTED) }).then((traces) => traces.slice(0, limit));
}

/** Finds the newest trace with a failed span. */
export async function newestError(search: TraceSearch): Promise<Trace | undefined> {
  const hasError = ({ spans }: Trace): boolean => spans.some(({ isError }) => isError);
  const marked = await searchAll(search, { limit: LISTED, attributes: { error: 'true' } });
  const found = marked.find(hasError);
  return found ?? (await searchAll(search, { limit: SEARCHED })).find(hasError);
}

/** Finds the longest trace. Jaeger returns the newest ones, so it is asked again for longer ones until none is left. */
export async function slowestTrace(search: TraceSearch): Promise<Trace | undefined> {
  let [slowest, longestSpan]: [Trace | undefined, number] = [undefined, 0];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const traces = await searchAll(search, { limit: SEARCHED, minDuration: longestSpan });
    for (const trace of traces) if (trace.duration > (slowest?.duration ?? -1)) slowest = trace;
    const longest = Math.max(0, ...traces.flatMap(({ spans }) => spans.map(({ from, to }) => to - from)));
    if (traces.length < SEARCHED || longest <= longestSpan) break;
    longestSpan = longest;
  }
  return slowest;
}

/**
 * Finds a trace by its id, or among the newest by the start of its id.
 *
 * @throws Error for a malformed or an ambiguous id
 */
export async function traceById(search: TraceSearch, id: string): Promise<Trace | undefined> {
  const wanted = id.toLowerCase();
  if (!/^[\da-f]{1,32}$/.test(wanted))
    throw new Error(`"${id}" is not a trace id; write its 32 hexadecimal digits or the first few of them`);
  const exact = await getTrace(search.jaeger, wanted.padStart(32, '0'));
  if (exact || wanted.length === 32) return exact;
  const found = (await searchAll(search, { limit: SEARCHED })).filter((trace) => trace.id.startsWith(wanted));
  if (found.length < 2) return found[0];
  throw new Error(
    `several trace ids start with ${wanted}; write more digits of one:\n${found.map((trace) => `  ${trace.id}`).join('\n')}`,
  );
}

/**
 * Polls for a trace that may still be arriving, and for its late spans: each process sends its spans in batches.
 *
 * @param onWaiting called once if the trace is not there yet
 */
export async function awaitTrace(
  find: () => Promise<Trace | undefined>,
  onWaiting: () => void,
): Promise<Trace | undefined> {
  const deadline = Date.now() + ARRIVAL_MS;
  let trace = await find();
  if (!trace) onWaiting();
  while (Date.now() < deadline && (!trace || isFresh(trace))) {
    await sleep(POLL_MS);
    trace = (await find()) ?? trace;
  }
  return trace;
}

/** True while more spans of a trace may arrive. */
function isFresh({ startedAt, duration }: Trace): boolean {
  const age = Date.now() - Number(startedAt / 1_000_000n) - duration / 1e6;
  return age >= 0 && age < ARRIVAL_MS;
}

/** Searches service by service, as Jaeger's stores require; a trace of several services is returned once. */
async function searchAll(
  { jaeger, service, sinceMs }: TraceSearch,
  query: Omit<TraceQuery, 'service' | 'from' | 'to'>,
): Promise<Trace[]> {
  // The clocks of other machines may be ahead.
  const [from, to] = [new Date(Date.now() - sinceMs), new Date(Date.now() + 60_000)];
  const services = service === undefined ? await listServices(jaeger) : [service];
  const byId = new Map<string, Trace>();
  for (const each of services)
    for (const trace of await searchTraces(jaeger, { ...query, service: each, from, to })) byId.set(trace.id, trace);
  return [...byId.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}
