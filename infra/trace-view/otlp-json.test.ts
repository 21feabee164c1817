import { otlpOf, readOne, searchTrace } from './testing/traces';
import { readTraces } from './otlp-json';
import { startDate } from './span';

const spans = (...list: object[]): object[] => [{ resource: {}, scopeSpans: [{ spans: list }] }];
const span = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  startTimeUnixNano: '1000',
  endTimeUnixNano: '3000',
};

test('a trace is read as it was sent', () => {
  const trace = readOne(otlpOf(searchTrace(), 1_790_000_000_000));
  expect(trace.spans.map(({ name, service, kind, from, to, code }) => [name, service, kind, from, to, code])).toEqual(
    searchTrace().spans.map(({ name, service, kind, from, to, code }) => [name, service, kind, from, to, code]),
  );
  expect([trace.duration, startDate(trace).toISOString()]).toEqual([48_200_000, '2026-09-21T14:13:20.000Z']);
  expect(trace.spans[0]).toMatchObject({ instance: 'gateway-0', parentId: '000000000000000f' });
});

test('spans are grouped by trace, newest trace first', () => {
  const other = { ...span, traceId: 'AF7651916CD43DD8448EB211C80319C', startTimeUnixNano: '2000' };
  expect(readTraces(spans(span, other)).map(({ id }) => id)).toEqual([
    '0af7651916cd43dd8448eb211c80319c',
    span.traceId,
  ]);
});

test.each<[string, object, object]>([
  ['numbers as texts and as numbers', { startTimeUnixNano: 1000, endTimeUnixNano: 3000 }, { from: 0, to: 2000 }],
  ['an end before the start', { endTimeUnixNano: '500' }, { from: 0, to: 0 }],
  ['no end', { endTimeUnixNano: undefined }, { from: 0, to: 0 }],
  [
    'enums by name',
    { kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } },
    { kind: 'client', isError: true },
  ],
  ['a kind of the future', { kind: 17 }, { kind: 'unspecified' }],
  ['a parent of zeros', { parentSpanId: '0000000000000000' }, { parentId: undefined }],
  ['flags of a remote parent', { flags: 0x301 }, { hasRemoteParent: true }],
  ['flags of a local parent', { flags: 0x101 }, { hasRemoteParent: false }],
  ['flags without that bit', { flags: 1 }, { hasRemoteParent: undefined }],
  ['no resource', {}, { service: 'unknown_service', instance: undefined }],
])('a span with %s', (_, more, expected) => {
  expect(readOne(spans({ ...span, ...more })).spans[0]).toMatchObject(expected);
});

test.each<[string, object, unknown]>([
  ['a text', { stringValue: 'x' }, 'x'],
  ['a number', { intValue: '7' }, 7],
  ['a number beyond exact doubles', { intValue: '9007199254740993' }, '9007199254740993'],
  ['a fraction', { doubleValue: 1.5 }, 1.5],
  ['a boolean', { boolValue: false }, false],
  ['bytes', { bytesValue: 'AA==' }, 'AA=='],
  ['a list', { arrayValue: { values: [{ stringValue: 'x' }, { intValue: 1 }] } }, ['x', 1]],
  ['a map', { kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } }, { a: true }],
  ['nothing', {}, null],
])('an attribute that is %s', (_, value, expected) => {
  expect(readOne(spans({ ...span, attributes: [{ key: '__proto__', value }] })).spans[0]?.attributes).toEqual(
    Object.fromEntries([['__proto__', expected]]),
  );
});

test.each<[string, Record<string, object>, string | undefined]>([
  ['of gRPC by name', { 'rpc.response.status_code': { stringValue: 'NOT_FOUND' } }, 'NOT_FOUND'],
  [
    'of gRPC before that of HTTP',
    { 'http.response.status_code': { intValue: 200 }, 'rpc.response.status_code': { stringValue: 'OK' } },
    'OK',
  ],
  [
    'of Envoy, a number',
    { 'http.status_code': { stringValue: '200' }, 'grpc.status_code': { stringValue: '5' } },
    'NOT_FOUND',
  ],
  ['of gRPC that is unknown', { 'rpc.grpc.status_code': { intValue: 99 } }, '99'],
  ['of HTTP', { 'http.response.status_code': { intValue: 503 } }, '503'],
  ['none', {}, undefined],
])('a status %s', (_, values, expected) => {
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
  expect(readOne(spans({ ...span, attributes })).spans[0]?.code).toBe(expected);
});

test.each<[string, unknown, string | RegExp]>([
  ['no list', {}, /^resourceSpans: .*array/],
  [
    'an id that is not hexadecimal',
    spans({ ...span, traceId: 'xyz' }),
    /^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.traceId: /,
  ],
  ['a time that is not a number', spans({ ...span, startTimeUnixNano: 'soon' }), /spans\[0\]\.startTimeUnixNano: /],
])('%s is refused, with its place', (_, value, message) => {
  expect(() => readTraces(value)).toThrow(message);
});

test('no spans are no traces', () => expect(readTraces([])).toEqual([]));
