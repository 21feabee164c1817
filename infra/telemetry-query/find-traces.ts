import { setTimeout as sleep } from 'node:timers/promises';
import type { Trace } from '../trace-view/span';
import type { Endpoint } from './http-get';
import { getTrace, listServices, searchTraces, type TraceQuery } from './jaeger';

/** Where to look for traces, and how far back. */
export interface TraceSearch {
  jaeger: Endpoint;
  /** Only those that this service has a part in. */
  service: string | undefined;
  /** How far back, in milliseconds. */
  sinceMs: number;
}

/** What a person sees at once. */
const LISTED = 20;

/** How many traces of a service to look through, beyond which Jaeger's answers get large. */
const SEARCHED = 200;

/** How often to ask for yet slower traces; each answer has the slower ones of those that are left. */
const MAX_ROUNDS = 10;

/** How long a trace may take from the end of its request until it can be found here. */
const ARRIVAL_MS = 2_000;
const POLL_MS = 200;

/** The newest traces, the newest first. */
export function newestTraces(search: TraceSearch, limit = LISTED): Promise<Trace[]> {
  // Jaeger's store in memory cuts before it sorts: of few traces it may leave out the newest.
  return searchAll(search, { limit: Math.max(limit, LISTED) }).then((traces) => traces.slice(0, limit));
}

/** The newest trace with a failure in it. */
export async function newestError(search: TraceSearch): Promise<Trace | undefined> {
  const hasError = ({ spans }: Trace): boolean => spans.some(({ isError }) => isError);
  const marked = await searchAll(search, { limit: LISTED, attributes: { error: 'true' } });
  const found = marked.find(hasError);
  return found ?? (await searchAll(search, { limit: SEARCHED })).find(hasError);
}

/** The trace that took longest. Jaeger answers with the newest: it is asked again for those that took longer still. */
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
 * A trace by its id or, among the newest, by the beginning of it.
 *
 * @throws Error for what is not an id, and for a beginning that several ids have
 */
export async function traceById(search: TraceSearch, id: string): Promise<Trace | undefined> {
  const wanted = id.toLowerCase();
  if (!/^[\da-f]{1,32}$/.test(wanted))
    throw new Error(`"${id}" is not a trace id, which has 32 digits of 0 to 9 and a to f, nor the beginning of one`);
  const exact = await getTrace(search.jaeger, wanted.padStart(32, '0'));
  if (exact || wanted.length === 32) return exact;
  const found = (await searchAll(search, { limit: SEARCHED })).filter((trace) => trace.id.startsWith(wanted));
  if (found.length < 2) return found[0];
  throw new Error(`several traces begin with ${wanted}:\n${found.map((trace) => `  ${trace.id}`).join('\n')}`);
}

/**
 * Asks again for a while for a trace that may be on its way, and for what it lacks: processes send their spans in
 * batches, each at its own time.
 *
 * @param waiting told once when it is not there at once
 */
export async function awaitTrace(
  find: () => Promise<Trace | undefined>,
  waiting: () => void,
): Promise<Trace | undefined> {
  const deadline = Date.now() + ARRIVAL_MS;
  let trace = await find();
  if (!trace) waiting();
  while (Date.now() < deadline && (!trace || isFresh(trace))) {
    await sleep(POLL_MS);
    trace = (await find()) ?? trace;
  }
  return trace;
}

/** Whether more of a trace may arrive. */
function isFresh({ startedAt, duration }: Trace): boolean {
  const age = Date.now() - Number(startedAt / 1_000_000n) - duration / 1e6;
  return age >= 0 && age < ARRIVAL_MS;
}

/** Of each service in turn, since Jaeger's stores search by service. A trace that several have a part in is there once. */
async function searchAll(
  { jaeger, service, sinceMs }: TraceSearch,
  query: Omit<TraceQuery, 'service' | 'from' | 'to'>,
): Promise<Trace[]> {
  // Clocks of others may be ahead.
  const [from, to] = [new Date(Date.now() - sinceMs), new Date(Date.now() + 60_000)];
  const services = service === undefined ? await listServices(jaeger) : [service];
  const byId = new Map<string, Trace>();
  for (const each of services)
    for (const trace of await searchTraces(jaeger, { ...query, service: each, from, to })) byId.set(trace.id, trace);
  return [...byId.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}
