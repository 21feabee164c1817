import { connect } from 'node:net';
import pino from 'pino';
import { serve, type Served } from '../kit/testing/serve';
import { userInfo } from '../user-info/service';
import { type ServedGateway, serveGateway, usersThat } from './testing/serve';

const nothing = userInfo.only();
const log = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line) as { level: number }) });

const lines: { level: number }[] = [];
let users: Served<typeof nothing>;
let gateway: ServedGateway;

beforeAll(async () => {
  const handlers = usersThat({
    getUserInfo: ({ userId }) => ({ user: { userId } }),
    updateUserInfo: () => ({ user: {} }),
    searchUsers: () => ({ users: [], total: 0 }),
  });
  users = await serve(userInfo, handlers, nothing);
  gateway = await serveGateway({ users: users.address }, { log });
});

afterAll(async () => {
  await gateway.stop();
  await users.stop();
});

/** How long the client waits before it says that it will send no more, in milliseconds. */
const PATIENCE = 150;

/**
 * The statuses of all answers to these bytes, until the connection is closed.
 *
 * @param isRight whether they begin with a request that gets an answer, for which the client waits first
 */
function send(bytes: string | Buffer, isRight = false): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('close', () => resolve([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))));
    // A reset is a way of closing as well.
    socket.on('error', () => undefined);
    socket.setTimeout(60_000, () => reject(new Error(`no answer to ${JSON.stringify(String(bytes).slice(0, 200))}`)));
    socket.write(bytes);
    const endSoon = (): void => void setTimeout(() => socket.end(), PATIENCE);
    if (isRight) socket.once('data', endSoon);
    else endSoon();
  });
}

function patch(body: string | Buffer, headers = `content-length: ${Buffer.byteLength(body)}`): Buffer {
  const head = `PATCH /v1/users/u-1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;

/** The same numbers every time. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = ReturnType<typeof createRandom>;

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

const bytesOf = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => random(256)));

const WRONG_VALUES = [
  '1',
  '-0.5',
  '1e999',
  '9'.repeat(400),
  'true',
  '[]',
  '{}',
  '[[[]]]',
  '{"a":null}',
  '["x"]',
  '"\\ud800"',
];
const NO_JSON = [
  '{',
  '}',
  '[',
  '"',
  '{"a"',
  '{"a":',
  '{a:1}',
  "{'a':1}",
  '[1,]',
  '{"a":1,}',
  'NaN',
  '01',
  '+1',
  '\\',
  'nul',
  '\u0000',
  '{}{}',
  '"\n"',
  '﻿{',
];

/** Makes requests that are wrong; each has to be refused with 4xx, or the connection closed. */
const KINDS: Record<string, (random: Random, round: number) => string | Buffer> = {
  'values of other types': (random) =>
    patch(`{"${pick(random, ['phone', 'avatar', 'realName'])}":${pick(random, WRONG_VALUES)}}`),
  'no JSON': (random) => patch(`${' '.repeat(random(3))}${pick(random, NO_JSON)}`),
  'JSON that is cut off': (random) => {
    const whole = '{"phone":"+49 1","avatar":"\\u00e4.png","realName":"Ada"}';
    return patch(whole.slice(0, 1 + random(whole.length - 2)));
  },
  'bytes for JSON': (random) =>
    patch(Buffer.concat([Buffer.from('{"phone":"'), Buffer.of(0x80 + random(0x40)), Buffer.from('"}')])),
  'deep nesting': (random) => {
    const depth = 100 + random(100_000);
    return patch(
      random(2) === 0 ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth),
    );
  },
  prototypes: (random) =>
    patch(
      pick(random, [
        '{"__proto__":{"a":1}}',
        '{"constructor":{"prototype":{}}}',
        '{"phone":"1","__proto__":null}',
        '{"\\u005f_proto__":{}}',
        '{"toString":1}',
        '{"hasOwnProperty":{}}',
      ]),
    ),
  'fields that are not there': (random) => patch(`{"f${random(1e6)}":${pick(random, WRONG_VALUES)}}`),
  'fields twice': (random) => patch(`{"realName":"a","real_name":"b","x":${random(9)}}`),
  'escapes in a path': (random) =>
    get(`/v1/users/${pick(random, ['%', '%z', '%zz', '%f', '%ff', '%c3%28', '%ed%a0%80', '%u0041'])}`),
  'escapes in a query': (random) =>
    get(`/v1/users:search?keyword=${pick(random, ['%', '%z', '%zz', '%ff', '%c3%28'])}`),
  'characters in a path': (random) => get(`/v1/users/${pick(random, ['\u0000', 'a b', '\u007f', '\r', '\n', '\t'])}x`),
  parameters: (random) =>
    get(
      `/v1/users:search?${pick(random, ['keyword=a&keyword=b', 'keyword[]=a', 'keyword.x=1', 'page=x&keyword=a', '__proto__=1', 'constructor.prototype=1', 'page=1e99&keyword=a'])}`,
    ),
  'long paths': (random) => get(`/v1/users/${'u'.repeat(1_001 + random(5_000))}`),
  headers: (random) =>
    get(
      '/v1/users/u-1',
      pick(random, [
        'a b: c\r\n',
        ': c\r\n',
        'a\u0000: b\r\n',
        'a: b\u0000c\r\n',
        'a: b\rc: d\r\n',
        ' folded\r\n',
        'a\r\n',
        'content-length: x\r\n',
        'content-length: -1\r\n',
        'content-length: 1\r\ncontent-length: 2\r\n',
        'transfer-encoding: chunked\r\ncontent-length: 3\r\n',
        'transfer-encoding: gzip\r\n',
        'grpc-timeout: -1\r\n',
        'x-user-id: é\r\n',
        `a: ${'x'.repeat(20_000)}\r\n`,
        'x: y\r\n'.repeat(4_000),
      ]),
    ),
  'no host': () => 'GET /v1/users/u-1 HTTP/1.1\r\n\r\n',
  'request lines': (random) =>
    pick(random, [
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'get / HTTP/1.1\r\n\r\n',
      'BREW / HTTP/1.1\r\nhost: x\r\n\r\n',
      ' GET / HTTP/1.1\r\n\r\n',
      'GET http:// HTTP/1.1\r\nhost: x\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'GET * HTTP/1.1\r\nhost: x\r\n\r\n',
    ]),
  'bodies that are cut off': (random) => patch('{"phone":"1"}', `content-length: ${14 + random(1_000)}`),
  'bodies that are too large': (random) => patch('', `content-length: ${1024 * 1024 + 1 + random(1e9)}`),
  chunks: (random) =>
    patch(
      pick(random, ['x\r\n', '5\r\nab', 'ffffffffffffffffff\r\n', '2\r\n{}x', '-1\r\n', '2\r\n{}\r\n']),
      'transfer-encoding: chunked',
    ),
  'other types': (random) =>
    patch('{}', 'content-length: 2')
      .toString()
      .replace(
        'application/json',
        pick(random, ['text/html', 'application/xml', ';', '/', 'multipart/form-data; boundary=x']),
      ),
  noise: (random) => bytesOf(random, 1 + random(3_000)),
  'noise after a head': (random) =>
    Buffer.concat([
      Buffer.from(get('/v1/users/u-1', 'a: ').slice(0, -2)),
      bytesOf(random, 50),
      Buffer.from('\r\n\u0000\r\n\r\n'),
    ]),
};

const ROUNDS = 20;

test.each(Object.keys(KINDS))('%s are refused', async (kind) => {
  const random = createRandom(kind.length * 7_919);
  const inputs = Array.from({ length: ROUNDS }, (_, round) => (KINDS[kind] as (typeof KINDS)[string])(random, round));
  const answers = await Promise.all(inputs.map((bytes) => send(bytes)));
  const wrong = answers.flatMap((statuses, index) =>
    statuses.every((status) => status >= 400 && status < 500)
      ? []
      : [`${statuses.join()}: ${JSON.stringify(String(inputs[index]).slice(0, 300))}`],
  );
  expect(wrong).toEqual([]);
  // Some may find the connection closed before they have read why.
  expect(answers.filter(({ length }) => length > 0).length).toBeGreaterThan(ROUNDS / 2);
});

test('what comes after a request that is right does not change its answer', async () => {
  const random = createRandom(11);
  for (let round = 0; round < 50; round += 1) {
    const [first, ...rest] = await send(
      Buffer.concat([Buffer.from(get('/v1/users/u-1')), Buffer.of(0), bytesOf(random, 1 + random(500))]),
      true,
    );
    expect(first).toBe(200);
    expect(rest.filter((status) => status !== 400)).toEqual([]);
  }
});

test('of a name that is there twice the last counts', async () => {
  expect(await send(patch('{"phone":1,"phone":"2"}', 'connection: close\r\ncontent-length: 23'), true)).toEqual([200]);
});

test('nothing of it was a fault here, and the gateway lives', async () => {
  expect(lines.filter(({ level }) => level > 30)).toEqual([]);
  expect(lines.length).toBeGreaterThan(300);
  expect((await fetch(`${gateway.url}/v1/users/u-1`)).status).toBe(200);
});
