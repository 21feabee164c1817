import { createPortChooser } from '../local/plan/ports';
import { otlpOf, searchTrace } from '../trace-view/testing/traces';
import type { Trace } from '../trace-view/span';
import { awaitTrace, newestError, newestTraces, slowestTrace, traceById, type TraceSearch } from './find-traces';
import { type Answer, type AnswerServer, NO_TRACES, serveAnswers } from './testing/answers';
import { endpointOf } from './http-get';
import { getTrace, hasPage, listServices, searchTraces } from './jaeger';

let server: AnswerServer | undefined;
afterEach(() => server?.stop());

/** Makes a search in a server with the answers of a test. */
async function answering(answer: (url: URL) => Answer): Promise<TraceSearch> {
  server = await serveAnswers(answer);
  return { jaeger: endpointOf('Jaeger', server.url), service: undefined, sinceMs: 60_000 };
}

const NOW = Date.now();

/** A trace that ended some seconds ago. */
function traceOf(id: string, secondsAgo: number, change: (trace: Trace) => void = () => undefined): object[] {
  const trace = { ...searchTrace(), id: id.padEnd(32, '0') };
  change(trace);
  return otlpOf(trace, NOW - secondsAgo * 1_000);
}

const found = (...traces: object[][]): Answer => [200, { result: { resourceSpans: traces.flat() } }];
const services = (...names: string[]): Answer => [200, { services: names }];

test('the newest traces are those of all services, each once, the newest first', async () => {
  const search = await answering(({ pathname, searchParams }) => {
    if (pathname === '/api/v3/services') return services('gateway', 'rag-search', 'idle');
    if (searchParams.get('query.service_name') === 'idle') return NO_TRACES;
    return found(traceOf('a', 30), traceOf('b', 10));
  });
  const traces = await newestTraces(search);
  expect(traces.map(({ id }) => id[0])).toEqual(['b', 'a']);
  const [, first] = server?.asked ?? [];
  expect(first?.searchParams.get('query.num_traces')).toBe('20');
  const [min, max] = ['min', 'max'].map((end) => Date.parse(first?.searchParams.get(`query.start_time_${end}`) ?? ''));
  expect(Math.abs((min ?? 0) - (Date.now() - 60_000))).toBeLessThan(5_000);
  expect(max).toBeGreaterThan(Date.now());
});

test('a Jaeger without traces has no services', async () => {
  expect(await newestTraces(await answering(() => [200, {}]))).toEqual([]);
});

test('the slowest trace is found even beyond the limit of one answer', async () => {
  const one = (id: number, longer: number): object[] =>
    traceOf(`${id}`.padStart(8, '0'), id, (trace) => {
      for (const span of trace.spans) span.to += longer * 1e6;
    });
  const old = one(999, 5_000);
  const search = await answering(({ pathname, searchParams }) => {
    if (pathname === '/api/v3/services') return services('gateway');
    const minimum = Number(searchParams.get('query.duration_min')?.replace('us', ''));
    return minimum > 0 ? found(old) : found(...Array.from({ length: 200 }, (_, index) => one(index, index)));
  });
  expect((await slowestTrace(search))?.id).toMatch(/^00000999/);
});

test('the newest failure is found by attribute, or by looking through traces', async () => {
  const fail = (trace: Trace): void => {
    for (const span of trace.spans) span.isError = true;
  };
  const search = await answering(({ pathname, searchParams }) => {
    if (pathname === '/api/v3/services') return services('gateway');
    return searchParams.has('query.attributes')
      ? NO_TRACES
      : found(traceOf('a', 1), traceOf('b', 2, fail), traceOf('c', 3, fail));
  });
  expect((await newestError(search))?.id[0]).toBe('b');
  expect(server?.asked[1]?.searchParams.get('query.attributes')).toBe('{"error":"true"}');
});

describe('a trace by its id', () => {
  const all = [traceOf('4bf9aa', 1), traceOf('4bf9bb', 2), traceOf('77', 3)];
  const answer = ({ pathname }: URL): Answer => {
    if (pathname === '/api/v3/services') return services('gateway');
    const [, id] = /^\/api\/v3\/traces\/(.+)$/.exec(pathname) ?? [];
    if (id === undefined) return found(...all);
    const exact = all.find((each) => JSON.stringify(each).includes(`"traceId":"${id}"`));
    return exact ? found(exact) : NO_TRACES;
  };

  test.each([
    ['whole', '77'.padEnd(32, '0'), '77'],
    ['in capitals', '4BF9AA'.padEnd(32, '0'), '4bf9aa'],
    ['the start of it', '4bf9a', '4bf9aa'],
  ])('%s', async (_, id, expected) => {
    expect((await traceById(await answering(answer), id))?.id).toBe(expected.padEnd(32, '0'));
  });

  test('that is unknown', async () => {
    expect(await traceById(await answering(answer), '8'.repeat(32))).toBeUndefined();
    await server?.stop();
    expect(await traceById(await answering(answer), '8')).toBeUndefined();
  });

  test.each([
    [
      'of several traces',
      '4bf9',
      /^several trace ids start with 4bf9; write more digits of one:\n {2}4bf9aa0+\n {2}4bf9bb0+$/,
    ],
    ['that is malformed', 'xyz', /^"xyz" is not a trace id; write its 32 hexadecimal digits/],
    ['that is too long', 'a'.repeat(33), /is not a trace id/],
  ])('%s', async (_, id, message) => {
    await expect(traceById(await answering(answer), id)).rejects.toThrow(message);
  });
});

describe('a trace that is still arriving', () => {
  test('is waited for', async () => {
    let asked = 0;
    const waiting = jest.fn();
    const trace = searchTrace();
    const get = async (): Promise<Trace | undefined> => (++asked < 3 ? undefined : trace);
    expect(await awaitTrace(get, waiting)).toBe(trace);
    expect([asked, waiting.mock.calls.length]).toEqual([3, 1]);
  });

  test('is given up after a timeout', async () => {
    const started = Date.now();
    expect(
      await awaitTrace(
        async () => undefined,
        () => undefined,
      ),
    ).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test('is polled while more of it may arrive', async () => {
    let spans = 1;
    const fresh = (): Trace => ({
      ...searchTrace(),
      startedAt: BigInt(Date.now() - 1_000) * 1_000_000n,
      spans: searchTrace().spans.slice(0, spans),
    });
    const get = async (): Promise<Trace> => {
      const trace = fresh();
      spans = 7;
      return trace;
    };
    expect((await awaitTrace(get, () => undefined))?.spans).toHaveLength(7);
  });
});

describe('says what is wrong when', () => {
  test('nothing listens', async () => {
    const port = await createPortChooser()();
    const jaeger = endpointOf('Jaeger', `http://127.0.0.1:${port}/`);
    await expect(listServices(jaeger)).rejects.toThrow(
      `Jaeger does not answer at http://127.0.0.1:${port}: ECONNREFUSED; is it running there?`,
    );
  });

  test.each<[string, Answer, string]>([
    ['another server answers', [200, '<html>'], 'is not Jaeger: HTTP 200 without JSON'],
    ['another API answers', [404, { message: 'Route not found' }], 'is not Jaeger, or lacks its API v3: HTTP 404'],
    ['the answer is JSON of something else', [200, [1]], 'is not Jaeger, or lacks its API v3: HTTP 200'],
    ['Jaeger fails', [500, { error: { message: 'the disk is full' } }], 'answers 500: the disk is full'],
    [
      'spans are not spans',
      [200, { result: { resourceSpans: [{ scopeSpans: 7 }] } }],
      'is not Jaeger: resourceSpans[0].scopeSpans: ',
    ],
  ])('%s', async (_, answer, message) => {
    const { jaeger } = await answering(() => answer);
    await expect(getTrace(jaeger, 'a')).rejects.toThrow(message);
    const query = { service: 'a', from: new Date(), to: new Date(), limit: 1 };
    await expect(searchTraces(jaeger, query)).rejects.toThrow(message);
  });

  test.each(['localhost:16686', 'ftp://here', ''])('"%s" is given as its URL', (url) => {
    expect(() => endpointOf('Jaeger', url)).toThrow(`"${url}" is not a URL of Jaeger; write http://host:port`);
  });
});

test('hasPage tells a Jaeger with a web page from a server without one', async () => {
  expect(await hasPage((await answering(() => [200, '<title>Jaeger UI</title>'])).jaeger)).toBe(true);
  await server?.stop();
  expect(await hasPage((await answering(() => [404, '{}'])).jaeger)).toBe(false);
});
