import { Writable } from 'node:stream';
import pino from 'pino';
import { type CallLine, createCallLog } from './call-log';
import { StatusError } from '../errors/status-error';

let lines: Record<string, unknown>[];
let now: number;

beforeEach(() => {
  lines = [];
  now = 1_000_000;
});

/** A log into `lines`. */
function loggerOf(level: string) {
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  return pino({ level, base: null, timestamp: false }, sink);
}

function callLog(perSecond: number, level = 'info') {
  return createCallLog(loggerOf(level), perSecond, () => now);
}

const line = (code: CallLine['code'] = 'OK'): CallLine => ({
  method: '/test.Echo/Say',
  code,
  ms: 1.5,
  requestId: 'r-1',
  trace: { ids: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 } },
  caller: 'front',
  bytesIn: 3,
  bytesOut: 5,
});

/** What is written of {@link line}. */
function written(code: CallLine['code'] = 'OK') {
  const { trace, ...told } = line(code);
  return { ...told, trace_id: trace.ids?.traceId, span_id: trace.ids?.spanId };
}

test('a call is one line, with all there is to know', () => {
  callLog(1)(line());
  expect(lines).toEqual([{ level: 30, ...written(), msg: 'call' }]);
});

describe('the level', () => {
  test.each<[CallLine['code'], number]>([
    ['OK', 30],
    ['CANCELLED', 30],
    ['UNKNOWN', 50],
    ['INVALID_ARGUMENT', 30],
    ['DEADLINE_EXCEEDED', 30],
    ['NOT_FOUND', 30],
    ['ALREADY_EXISTS', 30],
    ['PERMISSION_DENIED', 30],
    ['RESOURCE_EXHAUSTED', 30],
    ['FAILED_PRECONDITION', 30],
    ['ABORTED', 30],
    ['OUT_OF_RANGE', 30],
    ['UNIMPLEMENTED', 30],
    ['INTERNAL', 50],
    ['UNAVAILABLE', 30],
    ['DATA_LOSS', 50],
    ['UNAUTHENTICATED', 30],
  ])('of %s is %i', (code, level) => {
    callLog(1)(line(code), new Error('x'));
    expect(lines).toMatchObject([{ code, level }]);
  });

  test.each([
    ['warn', ['INTERNAL']],
    ['error', ['INTERNAL']],
    ['fatal', []],
    ['silent', []],
  ])('%s leaves %j', (level, codes) => {
    const log = callLog(10, level);
    log(line());
    log(line('INTERNAL'), new Error('x'));
    expect(lines.map(({ code }) => code)).toEqual(codes);
  });
});

describe('under load', () => {
  const skipped = () => lines.map((each) => each['skipped']);
  const many = (log: ReturnType<typeof callLog>, count: number, code?: CallLine['code']) =>
    Array.from({ length: count }).forEach(() => log(line(code)));

  test('so many lines are written in a second, and the next one says how many were not', () => {
    const log = callLog(3);
    many(log, 10);
    expect(skipped()).toStrictEqual([undefined, undefined, undefined]);
    now += 1_000;
    many(log, 2);
    expect(skipped().slice(3)).toStrictEqual([7, undefined]);
  });

  test('a second is one of the clock', () => {
    const log = callLog(1);
    now += 999;
    many(log, 2);
    now += 1;
    many(log, 2);
    expect(skipped()).toStrictEqual([undefined, 1]);
  });

  test('quiet seconds forget nothing', () => {
    const log = callLog(1);
    many(log, 5);
    now += 60_000;
    many(log, 1);
    expect(skipped()).toStrictEqual([undefined, 4]);
  });

  test('every outcome has lines of its own, so that rare ones are not lost', () => {
    const log = callLog(1);
    many(log, 100);
    many(log, 3, 'NOT_FOUND');
    many(log, 1, 'INTERNAL');
    expect(lines.map(({ code }) => code)).toEqual(['OK', 'NOT_FOUND', 'INTERNAL']);
    now += 1_000;
    many(log, 1, 'NOT_FOUND');
    expect(skipped()).toStrictEqual([undefined, undefined, undefined, 2]);
  });

  test('lines of a level that is off count for nothing', () => {
    const logger = loggerOf('error');
    const log = createCallLog(logger, 1, () => now);
    many(log, 5);
    expect(lines).toEqual([]);
    logger.level = 'info';
    many(log, 1);
    expect(skipped()).toStrictEqual([undefined]);
  });

  test('none at all are written where none are wanted', () => {
    const log = callLog(0);
    many(log, 5, 'INTERNAL');
    now += 1_000;
    many(log, 5);
    expect(lines).toEqual([]);
  });
});

describe('of what went wrong', () => {
  const violations = [{ field: 'email', description: 'must not be ada@example.com' }];

  test.each<[string, CallLine['code'], unknown, object]>([
    ['nothing where nothing did', 'OK', undefined, {}],
    [
      'the reason, and no value',
      'NOT_FOUND',
      new StatusError('NOT_FOUND', 'x', { user: 'ada@example.com' }),
      { reason: 'x' },
    ],
    [
      'the fields, and not what was in them',
      'INVALID_ARGUMENT',
      new StatusError('INVALID_ARGUMENT', 'request.invalid', {}, { violations }),
      { reason: 'request.invalid', fields: ['email'] },
    ],
    [
      'what the caller is not told',
      'UNAVAILABLE',
      new StatusError('UNAVAILABLE', 'callee.unavailable', {}, { cause: new Error('connect 10.0.0.1') }),
      { reason: 'callee.unavailable', cause: 'connect 10.0.0.1' },
    ],
    [
      'what to look at',
      'PERMISSION_DENIED',
      new StatusError('PERMISSION_DENIED', 'RBAC: access denied', {}, { hint: 'look there' }),
      { reason: 'RBAC: access denied', hint: 'look there' },
    ],
    [
      'nothing of a cause that may quote what was said',
      'ALREADY_EXISTS',
      new StatusError('ALREADY_EXISTS', 'user.taken', {}, { cause: new Error('dup key: ada@example.com') }),
      { reason: 'user.taken' },
    ],
    [
      'whose it was, and nothing of its text',
      'ALREADY_EXISTS',
      new StatusError('ALREADY_EXISTS', 'user.taken', {}, { domain: 'users', cause: new Error('ada@example.com') }),
      { reason: 'user.taken', domain: 'users' },
    ],
    [
      'nothing of a cause that is not an error',
      'ABORTED',
      new StatusError('ABORTED', 'x', {}, { cause: 'secret' }),
      { reason: 'x' },
    ],
    ['nothing of an error without a status', 'CANCELLED', new Error('secret'), {}],
  ])('it tells %s', (_, code, error, told) => {
    callLog(1)(line(code), error);
    expect(lines).toEqual([{ level: 30, ...written(code), ...told, msg: 'call' }]);
  });

  test('it tells the whole exception where the fault is ours', () => {
    const error = new TypeError('x is not a function');
    callLog(1)(line('INTERNAL'), error);
    expect(lines).toMatchObject([{ err: { type: 'TypeError', message: error.message, stack: error.stack } }]);
  });
});
