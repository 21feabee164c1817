import { gzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { StatusSchema } from '../../../proto/gen/google/rpc/status_pb';
import { exportOf, sendJson, type TestSpan } from '../testing/spans';
import { readSettings } from '../settings';
import { type RunningStore, startStore } from '../store-process';
import { MAX_EXPORT_BYTES } from './limits';

// Malformed exports are refused with a reason in their own encoding, and the next export is served.

let store: RunningStore;
let otlp: string;
let query: string;

beforeAll(async () => {
  store = await startStore(readSettings({ OTLP_HTTP_PORT: '0', OTLP_GRPC_PORT: '0', QUERY_PORT: '0' }));
  otlp = `http://127.0.0.1:${store.ports.otlpHttp}`;
  query = `http://127.0.0.1:${store.ports.query}`;
});

afterAll(() => store.close());

const GOOD: TestSpan = { trace: '1', id: '1', name: 'good', at: 0, ms: 1 };

async function post(path: string, body: Buffer | string, headers: Record<string, string>) {
  const response = await fetch(otlp + path, { method: 'POST', body, headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, type: response.headers.get('content-type'), bytes, text: bytes.toString() };
}

/** Sends spans, some of them valid. */
async function send(...spans: TestSpan[]) {
  const response = await sendJson(otlp, '/v1/traces', exportOf({ 'service.name': 'bad' }, Date.now(), spans));
  const { partialSuccess } = (await response.json()) as {
    partialSuccess?: { rejectedSpans?: string; errorMessage: string };
  };
  return { status: response.status, ...partialSuccess };
}

afterEach(async () => {
  expect(await send(GOOD)).toEqual({ status: 200 });
});

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

describe('a malformed export', () => {
  test.each(['/v1/traces', '/v1/metrics', '/v1/logs'])('garbage in protobuf: %s', async (path) => {
    const { status, type, bytes } = await post(path, Buffer.from([0xff, 0xff, 0xff]), PROTOBUF);
    expect([status, type]).toEqual([400, 'application/x-protobuf']);
    expect(fromBinary(StatusSchema, bytes)).toMatchObject({
      code: 3,
      message: expect.stringContaining('the export cannot be read: '),
    });
  });

  test.each([
    ['not JSON', '{"resourceSpans": ['],
    ['another shape', '{"resourceSpans": 5}'],
    ['a wrong type', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":5}]}]}]}'],
    ['an id that is not hex', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}'],
    ['null', 'null'],
    ['brackets without end', '['.repeat(100_000)],
    ['fields in fields without end', '{"spans":'.repeat(50_000) + '1' + '}'.repeat(50_000)],
  ])('%s', async (_, body) => {
    const { status, type, text } = await post('/v1/traces', body, JSON_TYPE);
    expect([status, type]).toEqual([400, 'application/json']);
    expect(JSON.parse(text)).toEqual({ code: 3, message: expect.stringContaining('the export cannot be read: ') });
  });

  test('values in values without end', async () => {
    const deep = (levels: number): string =>
      '{"arrayValue":{"values":['.repeat(levels) + '{"intValue":"1"}' + ']}}'.repeat(levels);
    const body = `{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${deep(5_000)}}]}}]}`;
    expect((await post('/v1/traces', body, JSON_TYPE)).status).toBe(400);
  });

  test.each([
    ['text/plain', 415],
    ['', 415],
    ['application/json-seq', 415],
  ])('content-type %j', async (type, expected) => {
    const { status, text } = await post('/v1/traces', '{}', { 'content-type': type });
    expect(status).toBe(expected);
    expect(text).toContain('send application/x-protobuf or application/json');
  });

  test('another method, another path', async () => {
    const got = await fetch(`${otlp}/v1/traces`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    const elsewhere = await post('/v1/profiles', '{}', JSON_TYPE);
    expect([elsewhere.status, elsewhere.text]).toEqual([
      404,
      expect.stringContaining('/v1/traces, /v1/metrics, /v1/logs'),
    ]);
  });
});

describe('compression', () => {
  test('gzip is read', async () => {
    const body = gzipSync(JSON.stringify(exportOf({ 'service.name': 'zipped' }, Date.now(), [GOOD])));
    expect((await post('/v1/traces', body, { ...JSON_TYPE, 'content-encoding': 'gzip' })).text).toBe('{}');
  });

  test('a body that is not the gzip it claims', async () => {
    const { status, text } = await post('/v1/traces', '{}', { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect([status, text]).toEqual([400, expect.stringContaining('not gzip')]);
  });

  test('another compression', async () => {
    expect((await post('/v1/traces', '{}', { ...JSON_TYPE, 'content-encoding': 'br' })).status).toBe(415);
  });

  test('a small body that decompresses to a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_EXPORT_BYTES + 1, 32));
    const { status, text } = await post('/v1/traces', bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect([status, text]).toEqual([413, expect.stringContaining('send smaller batches')]);
  });
});

test('a body that is too large', async () => {
  const sent = post('/v1/traces', Buffer.alloc(MAX_EXPORT_BYTES + 1), PROTOBUF);
  // Node's client may see the connection close while it still sends.
  const status = await sent.then(
    (answer) => answer.status,
    (error: Error) => error.message,
  );
  expect([413, 'fetch failed']).toContain(status);
});

describe('malformed spans among valid ones', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a trace id of 15 bytes', { traceId: 'ab'.repeat(15) }, 'the trace id is not 16 bytes, or is all zeros'],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'the trace id is not 16 bytes, or is all zeros'],
    ['no span id', { spanId: '' }, 'the span id is not 8 bytes, or is all zeros'],
    ['a parent of 3 bytes', { parentSpanId: 'ababab' }, 'the parent’s id is not 8 bytes'.replace('’', "'")],
    ['no start', { startTimeUnixNano: '0' }, 'the start time is 0'],
    ['a start in 500 years', { startTimeUnixNano: '18446744073709551615' }, 'the start time is more than a day ahead'],
    ['an end in 500 years', { endTimeUnixNano: '18446744073709551615' }, 'the end time is more than a day ahead'],
  ])('%s', async (_, more, reason) => {
    expect(await send(GOOD, { ...GOOD, more })).toEqual({
      ...{ status: 200, rejectedSpans: '1', errorMessage: `refused: ${reason} (1)` },
    });
  });

  test('an end before the start is fixed as in Jaeger', async () => {
    expect(await send({ ...GOOD, trace: 'e', ms: -5_000 })).toEqual({ status: 200 });
    const trace = await (await fetch(`${query}/api/traces/e`)).text();
    expect(trace).toContain('Negative duration detected, sanitizing end timestamp.');
  });

  test('100,000 attributes', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]));
    const { status, errorMessage } = await send({ ...GOOD, trace: 'f', attributes });
    expect([status, errorMessage]).toEqual([200, 'changed: attributes beyond 1000 were dropped (99000)']);
    const body = (await (await fetch(`${query}/api/v3/traces/f`)).json()) as { result: unknown };
    expect(JSON.stringify(body)).toContain('"droppedAttributesCount":99000');
  });

  test('texts without end', async () => {
    const long = '😀'.repeat(500_000);
    const { errorMessage } = await send({
      ...GOOD,
      trace: '10',
      name: long,
      attributes: { a: long, list: [long, [long]] },
    });
    expect(errorMessage).toBe(
      'changed: a name was cut to 1024 characters (1), a value was cut to 16384 characters (3)',
    );
    const text = await (await fetch(`${query}/api/v3/traces/10`)).text();
    expect(text.length).toBeLessThan(200_000);
    expect(text).not.toContain('\ufffd');
  });

  test('events and links without end', async () => {
    const events = Array.from({ length: 5_000 }, () => ({ name: 'e' }));
    const links = Array.from({ length: 5_000 }, () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16) }));
    const { errorMessage } = await send({ ...GOOD, trace: '11', more: { events, links } });
    expect(errorMessage).toContain('links beyond 1000 were dropped (4000)');
    const text = await (await fetch(`${query}/api/v3/traces/11`)).text();
    expect(text).toContain('"droppedEventsCount":4000');
  });
});

test('refusals are counted in the metrics', async () => {
  await send({ ...GOOD, more: { startTimeUnixNano: '0' } });
  const text = await (await fetch(`${query}/metrics`)).text();
  expect(text).toMatch(/^weft_telemetry_refused_spans_total\{reason="the start time is 0"\} \d+$/m);
});
