import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, type AnswerServer, NO_TRACES, serveAnswers } from '../../telemetry-query/testing/answers';
import { otlpOf, searchTrace } from '../../trace-view/testing/traces';
import {
  type TelemetryProject,
  telemetryProject,
  type CapturedOutput,
  captureOutput,
} from './testing/telemetry-project';
import { trace, type TraceOptions } from './trace';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const HAPPENED = Date.now() - 60_000;

let here: TelemetryProject;
let jaeger: AnswerServer;
let answer: (url: URL) => Answer;

beforeEach(async () => {
  here = telemetryProject();
  answer = ofOneTrace;
  jaeger = await serveAnswers((url) => answer(url));
  here.pretendToRun({ otlp: 'http://127.0.0.1:4318', query: jaeger.url });
});

afterEach(async () => {
  here.remove();
  await jaeger.stop();
});

const found: Answer = [200, { result: { resourceSpans: otlpOf(searchTrace(), HAPPENED) } }];

function ofOneTrace({ pathname }: URL): Answer {
  if (pathname === '/api/v3/services') return [200, { services: ['gateway', 'rag-search', 'user-info'] }];
  return pathname === '/api/v3/traces' || pathname === `/api/v3/traces/${ID}` ? found : NO_TRACES;
}

const run = (options: Partial<TraceOptions> = {}): Promise<CapturedOutput> =>
  captureOutput(() => trace(() => here.project, { since: '1h', json: false, ...options }));

describe('weft trace', () => {
  test('lists the newest traces, and says how to see one', async () => {
    const { out, error } = await run();
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^trace +time +operation +duration +spans +services +status$/),
      expect.stringMatching(/^4bf92f35 +\S.*\S +gateway GET \/v1\/rag\/\{rag_code\}\/search +48\.2 ms +7 +3 +200$/),
      '',
      'npx weft trace 4bf92f35 shows one of them; --last the newest, --slow the slowest, --errors the newest failed one',
      '',
    ]);
    expect(error).toBe('');
  });

  test.each<[string, Partial<TraceOptions>]>([
    ['an id', { id: ID }],
    ['the beginning of an id', { id: '4bf9' }],
    ['--last', { last: true }],
    ['--slow', { slow: true }],
    ['--last of a service', { last: true, service: 'rag-search' }],
  ])('shows a trace by %s', async (_, options) => {
    const { out } = await run(options);
    expect(out).toMatch(new RegExp(`^trace ${ID}\n`));
    expect(out).toContain('└ → mongodb.find');
  });

  test('prints a trace for programs', async () => {
    const printed = JSON.parse((await run({ last: true, json: true })).out) as Record<string, unknown[]>;
    expect(printed).toMatchObject({ traceId: ID, durationMs: 48.2, services: ['gateway', 'rag-search', 'user-info'] });
    expect(printed['spans']?.[0]).toMatchObject({
      service: 'gateway',
      code: '200',
      startMs: 0,
      durationMs: 48.2,
      error: false,
    });
    const path = printed['criticalPath'] as { fromMs: number; toMs: number }[];
    expect(path.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBeCloseTo(48.2, 6);
  });

  test('prints a list for programs', async () => {
    expect(JSON.parse((await run({ json: true })).out)).toMatchObject({
      traces: [{ traceId: ID, durationMs: 48.2, spans: 7, errors: 0, root: { service: 'gateway', code: '200' } }],
    });
  });

  test('waits for a trace that has not arrived, and says so', async () => {
    let asked = 0;
    answer = (url) => (url.pathname.endsWith(ID) && ++asked < 3 ? NO_TRACES : ofOneTrace(url));
    const { out, error } = await run({ id: ID });
    expect([out.includes(ID), error]).toEqual([true, 'not here yet; waiting up to 2 s\n']);
  });
});

describe('weft trace --logs', () => {
  const lineOf = (pod: string, spanId: string, line: object) => ({
    pod,
    line: {
      level: 30,
      time: '2026-09-21T14:13:20Z',
      service: 'x',
      trace_id: ID,
      span_id: spanId,
      trace_flags: '01',
      ...line,
    },
  });

  test('has the lines of each span below it', async () => {
    here.writeLogs([
      lineOf('rag-search-0', 'c'.padStart(16, '0'), { msg: 'call', method: 'Search' }),
      lineOf('user-info-1', 'e'.padStart(16, '0'), { level: 50, msg: 'failed', err: { stack: 'Error: x\n  at y' } }),
    ]);
    const { out, error } = await run({ last: true, logs: true });
    expect(out).toContain('\n    ┆ call method=Search\n');
    expect(out).toMatch(/ {4}│ {3}┆ ERROR failed\n {4}│ {3}┆ {3}Error: x\n {4}│ {3}┆ {5}at y\n/);
    expect(error).toBe('');
  });

  test('has them for programs', async () => {
    here.writeLogs([lineOf('rag-search-0', 'c'.padStart(16, '0'), { msg: 'call' })]);
    const { spans } = JSON.parse((await run({ last: true, logs: true, json: true })).out) as {
      spans: { logs: unknown[] }[];
    };
    expect(spans.flatMap(({ logs }) => logs)).toEqual([expect.objectContaining({ pod: 'rag-search-0', msg: 'call' })]);
  });

  test('says so without any', async () => {
    expect((await run({ last: true, logs: true })).error).toMatch(
      /^no log lines: npm start has kept none on this machine/,
    );
    here.writeLogs([{ pod: 'x', line: 'nothing of it' }]);
    expect((await run({ last: true, logs: true })).error).toMatch(/^no log lines of this trace on this machine/);
  });
});

describe('weft trace --open', () => {
  test('says that the trace store of npm start has no page', async () => {
    await expect(run({ last: true, open: true })).rejects.toThrow(
      `no Jaeger page at ${jaeger.url}; the trace store of npm start has none: run`,
    );
  });

  test('opens the page of a real Jaeger in a browser', async () => {
    const program = join(here.project.root, 'bin', process.platform === 'darwin' ? 'open' : 'xdg-open');
    mkdirSync(join(program, '..'));
    writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const path = process.env['PATH'];
    process.env['PATH'] = join(program, '..');
    answer = (url) => (url.pathname === '/search' ? [200, '<title>Jaeger UI</title>'] : ofOneTrace(url));
    try {
      expect((await run({ last: true, open: true })).out).toBe(`${jaeger.url}/trace/${ID}\n`);
      process.env['PATH'] = here.project.root;
      await expect(run({ open: true })).rejects.toThrow(
        /cannot open a browser, since \S*open is not on PATH; the page is .*\/search$/,
      );
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('weft trace says what is wrong when', () => {
  const nothing = (): void => {
    answer = ({ pathname }) => (pathname === '/api/v3/services' ? [200, { services: ['gateway'] }] : NO_TRACES);
  };

  test.each<[string, () => void, Partial<TraceOptions>, RegExp]>([
    [
      'nothing runs',
      () => here.remove(),
      {},
      /^nothing is running here; run npm start in another terminal, or give --jaeger URL$/,
    ],
    [
      'telemetry is off',
      () => here.pretendToRun(),
      {},
      /^the platform running here keeps no telemetry; name a server to query with --jaeger URL/,
    ],
    [
      'traces go elsewhere',
      () => here.pretendToRun({ otlp: 'http://collector:4318' }),
      {},
      /^the platform running here sends its telemetry to http:\/\/collector:4318; name a server to query with --jaeger URL/,
    ],
    [
      'the store has ended',
      () => here.pretendToRun({ otlp: '', query: 'http://127.0.0.1:9' }),
      {},
      /^the telemetry store of npm start does not answer at http:\/\/127\.0\.0\.1:9: /,
    ],
    [
      'the trace is unknown',
      nothing,
      { id: ID },
      new RegExp(`^the telemetry store of npm start has no trace ${ID}: it was not sampled`),
    ],
    [
      'there are none yet',
      nothing,
      { last: true },
      /^no traces in the last 60 minutes; call a service, or look further back with --since 24h$/,
    ],
    ['none failed', () => undefined, { errors: true }, /^no failed traces in the last 60 minutes/],
    [
      'the service is unknown',
      nothing,
      { last: true, service: 'nope' },
      /^no traces of service "nope"; services with traces: gateway$/,
    ],
    ['the time is not a duration', () => undefined, { since: 'yesterday' }, /^"yesterday" is not a duration/],
    [
      'too much is asked for',
      () => undefined,
      { id: ID, last: true },
      /^give only one of an id, --last, --slow and --errors$/,
    ],
    ['the address is malformed', () => undefined, { jaeger: 'here' }, /^"here" is not a URL of Jaeger/],
  ])('%s', async (_, prepare, options, message) => {
    prepare();
    await expect(run(options)).rejects.toThrow(message);
  });

  test('lists nothing without failing', async () => {
    nothing();
    expect((await run()).out).toMatch(/^no traces in the last 60 minutes; call a service/);
  });
});
