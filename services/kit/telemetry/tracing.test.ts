import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { metrics, NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { fixtureContract } from '../testing/contract-of';
import { type Served, serve } from '../testing/serve';
import { type CallSpec, defineService } from '../declaration';
import { StatusError } from '../errors/status-error';
import { flushTelemetry } from './flush';

const Chain = fixtureContract(
  'test.Chain',
  { Text: { text: 'STRING' } },
  {
    Say: { input: 'Text', output: 'Text' },
    Count: { input: 'Text', output: 'Text', serverStreaming: true },
    Talk: { input: 'Text', output: 'Text', clientStreaming: true, serverStreaming: true },
  },
);

const back = defineService({ name: 'back', serves: Chain });
const front = defineService({ name: 'front', serves: Chain, calls: { back: back.only('say' as never) } });

const spans = new tracing.InMemorySpanExporter();
const points = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.CUMULATIVE);
const sdk = new NodeSDK({
  spanProcessors: [new tracing.SimpleSpanProcessor(spans)],
  metricReaders: [new metrics.PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })],
  instrumentations: [],
});

type Say = (request: { text: string }, call: object) => Promise<{ text: string }>;
type Stream = (request: unknown, call: object) => AsyncIterable<{ text: string }>;
interface Methods {
  say: Say;
  count: Stream;
  talk: Stream;
}

let upstream: Served<CallSpec>;
let served: Served<CallSpec>;

const client = (): Methods => served.client as unknown as Methods;

beforeAll(async () => {
  process.env['OTEL_PROPAGATORS'] = 'tracecontext';
  sdk.start();
  const say: Say = ({ text }) => {
    if (text === 'fail') throw new Error('an e-mail address: ada@example.com');
    if (text === 'missing') throw new StatusError('NOT_FOUND', 'text.missing', { text: 'ada@example.com' });
    return Promise.resolve({ text: `back ${text}` });
  };
  const unused = (): never => {
    throw new Error('nobody calls this');
  };
  upstream = await serve(back as never, { say, count: unused, talk: unused } as never, back.only('say' as never));
  const downstream = connect(back.only('say' as never), upstream.address);
  const handlers: Methods = {
    say: (request, call) => (downstream.client as unknown as Methods).say(request, call),
    async *count() {
      for (const text of ['1', '2', '3']) yield await Promise.resolve({ text });
    },
    async *talk(requests) {
      for await (const request of requests as AsyncIterable<{ text: string }>) yield request;
    },
  };
  served = await serve(
    { ...front, calls: {} } as never,
    handlers as never,
    front.only('say' as never, 'count' as never, 'talk' as never),
  );
});

afterAll(async () => {
  await served.stop();
  await upstream.stop();
  await sdk.shutdown();
});

beforeEach(async () => {
  await flushTelemetry(5_000);
  spans.reset();
});

/** The spans of the call that has just been made: a server ends its own after it has replied. */
async function finished(kind?: SpanKind): Promise<tracing.ReadableSpan[]> {
  await flushTelemetry(5_000);
  return spans.getFinishedSpans().filter((span) => kind === undefined || span.kind === kind);
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

function traced(flags: '00' | '01' = '01') {
  const metadata = new Metadata();
  metadata.set('traceparent', `00-${TRACE}-00f067aa0ba902b7-${flags}`);
  return rootCall({ timeout: '1m', metadata });
}

test('a call through two services is one trace, each span the child of the one before', async () => {
  await client().say({ text: 'hello' }, traced());
  const [toFront, toBack] = (await finished(SpanKind.CLIENT)).sort((a, b) => b.duration[1] - a.duration[1]);
  const [atBack, atFront] = await finished(SpanKind.SERVER);
  expect((await finished()).map((span) => span.spanContext().traceId)).toEqual(Array(4).fill(TRACE));
  expect(toFront?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7');
  expect(atFront?.parentSpanContext?.spanId).toBe(toFront?.spanContext().spanId);
  expect(toBack?.parentSpanContext?.spanId).toBe(atFront?.spanContext().spanId);
  expect(atBack?.parentSpanContext?.spanId).toBe(toBack?.spanContext().spanId);
});

test('a span has the name of its method and its status, on a server the request id, and nothing else', async () => {
  const context = traced();
  context.forwarded.set('x-request-id', 'r-1');
  await client().say({ text: 'hello' }, context);
  const attributes = {
    'rpc.system.name': 'grpc',
    'rpc.method': 'test.Chain/Say',
    'rpc.response.status_code': 'OK',
  };
  for (const span of await finished()) expect(span).toMatchObject({ name: 'test.Chain/Say', attributes });
  for (const span of await finished(SpanKind.CLIENT)) expect(Object.keys(span.attributes)).toHaveLength(3);
  for (const span of await finished(SpanKind.SERVER))
    expect(span.attributes).toEqual({ ...attributes, 'guid:x-request-id': 'r-1' });
});

test('nothing is recorded of a trace that is not sampled, and it goes on as it is', async () => {
  await client().say({ text: 'hello' }, traced('00'));
  expect(await finished()).toEqual([]);
});

test.each([
  ['missing', 'NOT_FOUND', SpanStatusCode.UNSET],
  ['fail', 'INTERNAL', SpanStatusCode.ERROR],
])('of a call that failed with "%s" the status is %s; the message stays in the log', async (text, code, server) => {
  await expect(client().say({ text }, traced())).rejects.toMatchObject({ code });
  expect((await finished(SpanKind.SERVER)).map(({ status }) => status)).toEqual([{ code: server }, { code: server }]);
  expect((await finished(SpanKind.CLIENT)).map(({ status }) => status.code)).toEqual([
    SpanStatusCode.ERROR,
    SpanStatusCode.ERROR,
  ]);
  const recorded = (await finished()).map(({ attributes, events, status }) => ({ attributes, events, status }));
  expect(JSON.stringify(recorded)).not.toContain('ada');
});

test('a garbled traceparent begins a new trace', async () => {
  const metadata = new Metadata();
  metadata.set('traceparent', '00-xyz-00-garbage');
  await client().say({ text: 'hello' }, rootCall({ timeout: '1m', metadata }));
  expect(await finished()).toHaveLength(4);
  expect(new Set((await finished()).map((span) => span.spanContext().traceId)).size).toBe(1);
});

test('a span that the code has opened is the parent of the calls made in it', async () => {
  const within = trace.getTracer('test').startSpan('work');
  await context.with(trace.setSpan(context.active(), within), () =>
    client().say({ text: 'hello' }, rootCall({ timeout: '1m' })),
  );
  within.end();
  const parents = (await finished()).map(({ parentSpanContext }) => parentSpanContext?.spanId);
  expect(parents).toContain(within.spanContext().spanId);
});

test('a stream is one span, which ends when the reader leaves', async () => {
  for await (const reply of client().count({ text: '' }, traced())) if (reply.text === '2') break;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const statuses = (await finished()).map(({ kind, attributes }) => [kind, attributes['rpc.response.status_code']]);
  expect(statuses).toContainEqual([SpanKind.CLIENT, 'CANCELLED']);
  expect(await finished(SpanKind.SERVER)).toHaveLength(1);
});

test('unknown methods are measured together, whatever their names', async () => {
  const raw = new Client(served.address, credentials.createInsecure());
  const refused = new Promise((_, reject) => {
    const same = (bytes: Buffer): Buffer => bytes;
    const path = '/test.Chain/Nothing-4711';
    raw.makeUnaryRequest(path, same, same, Buffer.alloc(0), traced().forwarded, (error) => reject(error as Error));
  });
  await expect(refused).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
    details: 'method.unknown (method: /test.Chain/Nothing-4711)',
  });
  raw.close();
  const [span] = await finished(SpanKind.SERVER);
  expect(span).toMatchObject({ name: '_OTHER', attributes: { 'rpc.method': '_OTHER', 'error.type': 'UNIMPLEMENTED' } });
});

test('durations are in seconds, by method and status; messages of streams are counted', async () => {
  const requests = [{ text: 'a' }, { text: 'b' }];
  for await (const reply of client().talk(requests, traced())) expect(reply).toBeDefined();
  await flushTelemetry(5_000);
  const all =
    points
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
  const found = (name: string) => all.find(({ descriptor }) => descriptor.name === name);
  const duration = found('rpc.server.call.duration');
  expect(duration?.descriptor).toMatchObject({ unit: 's' });
  const [point] = duration?.dataPoints.filter(({ attributes }) => attributes['rpc.method'] === 'test.Chain/Talk') ?? [];
  expect(point?.value).toMatchObject({ count: 1 });
  expect((point?.value as { sum: number }).sum).toBeLessThan(5);
  const messages = found('weft.rpc.server.messages')?.dataPoints.map(({ attributes, value }) => [
    attributes['rpc.method'],
    attributes['network.io.direction'],
    value,
  ]);
  expect(messages).toContainEqual(['test.Chain/Talk', 'receive', 2]);
  expect(messages).toContainEqual(['test.Chain/Talk', 'transmit', 2]);
});
