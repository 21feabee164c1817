import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { copyProject, npmStart, type Platform, type Project } from './testing/npm-start';
import * as inputs from './fuzz/inputs';
import { createGrpcSender, createHeaderSender, each, httpStatus, rawAnswer } from './fuzz/send';

// Sends over ten thousand malformed inputs to the running platform. Each must be refused or close its connection;
// nothing may hang, no process may die, and none may grow.

jest.setTimeout(300_000);

let project: Project;
let platform: Platform;
let gateway: string;
let pids: Map<string, number>;

beforeAll(async () => {
  project = copyProject();
  platform = await npmStart(project.root);
  gateway = platform.address('gateway');
  pids = podsNow();
});

afterAll(async () => {
  await platform.stop('SIGINT');
  project.remove();
});

function podsNow(): Map<string, number> {
  return new Map(platform.board().pods.map(({ name, pid }) => [name, pid]));
}

/** Counts the answers. */
function tally(answers: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}

// Broken JSON may be valid by chance and get an answer, such as 404 for an unknown name.
const ANSWERS = /^(OK|INVALID_ARGUMENT|NOT_FOUND|ALREADY_EXISTS|UNAUTHENTICATED|PERMISSION_DENIED)$/;

const JSON_ROUTES = [
  ['POST', '/v1/users'],
  ['PATCH', '/v1/users/u-1001'],
  ['POST', '/v1/rag/docs/search'],
  ['POST', '/v1/users:batchGet'],
  ['POST', '/v1/chunks:batchGet'],
] as const;

test.each([
  ['JSON of other shapes', () => inputs.sample(inputs.json, 2_000)],
  ['broken JSON', () => inputs.sample(inputs.brokenJson, 1_500)],
])('%s is refused', async (_, make) => {
  const bodies = make().map((body, index) => [body, ...(JSON_ROUTES[index % JSON_ROUTES.length] ?? JSON_ROUTES[0])]);
  const answers = await each(bodies, 20, ([body, method, path]) =>
    httpStatus(`http://${gateway}${path}`, {
      method: method ?? '',
      body: body ?? '',
      headers: { 'content-type': 'application/json', 'x-user-id': 'u-1001' },
    }),
  );
  expect(Object.keys(tally(answers)).filter((status) => !/^[24]\d\d$/.test(status))).toEqual([]);
  expect(tally(answers)['400']).toBeGreaterThan(bodies.length / 2);
});

test('addresses with parameters of any kind are refused', async () => {
  const paths = ['/v1/users:search', '/v1/rag/docs/search', '/v1/users/u-1001', '/v1/chunks:batchGet'];
  const queries = inputs.sample(inputs.query, 1_500).map((query, index) => `${paths[index % paths.length]}?${query}`);
  const answers = await each(queries, 20, (path) => httpStatus(`http://${gateway}${path}`, {}));
  expect(Object.keys(tally(answers)).filter((status) => !/^[24]\d\d$/.test(status))).toEqual([]);
  expect(tally(answers)['400']).toBeGreaterThan(500);
});

test('almost-HTTP gets a 4xx, or the connection is closed', async () => {
  const answers = await each(inputs.sample(inputs.http1Garbage, 1_000), 20, (bytes) => rawAnswer(gateway, bytes));
  const codes = answers.map((line) => /^HTTP\/1\.1 (\d)\d\d/.exec(line)?.[1] ?? (line === '' ? 'closed' : line));
  expect(Object.keys(tally(codes)).filter((code) => !/^([24]|closed)$/.test(code))).toEqual([]);
});

const METHODS = [
  ['greeter', 'weft.greeter.v1.Greeter/SayHello'],
  ['user-info', 'weft.user.v1.UserInfoService/GetUserInfo'],
  ['user-info', 'weft.user.v1.UserInfoService/GetUserInfoBatch'],
  ['user-info', 'weft.user.v1.UserInfoService/UpdateUserInfo'],
  ['user-info', 'weft.user.v1.UserInfoService/SearchUsers'],
  ['user-info', 'weft.user.v1.UserService/CreateUser'],
  ['rag-search', 'weft.rag.v1.RagSearchService/Search'],
  ['rag-search', 'weft.rag.v1.RagSearchService/GetChunk'],
  ['rag-search', 'weft.rag.v1.RagSearchService/GetChunksBatch'],
] as const;

test.each(METHODS)('%s %s answers bytes that are not a message', async (service, method) => {
  const sender = createGrpcSender(platform.address(service));
  const answers = await each(inputs.sample(inputs.bytes, 400), 20, (bytes) => sender.send(`/${method}`, bytes));
  sender.close();
  expect(Object.keys(tally(answers)).filter((code) => !ANSWERS.test(code))).toEqual([]);
  expect(tally(answers)['INVALID_ARGUMENT']).toBeGreaterThan(200);
});

test('a call with any metadata gets an answer', async () => {
  const sender = createHeaderSender(platform.address('greeter'));
  const hello = Buffer.from([0, 0, 0, 0, 5, 10, 3, 65, 100, 97]);
  const answers = await each(inputs.sample(inputs.metadata, 1_000), 20, (headers) =>
    sender.send('/weft.greeter.v1.Greeter/SayHello', headers, hello),
  );
  sender.close();
  // OK, DEADLINE_EXCEEDED by the caller's own timeout, a malformed timeout or encoding, or a content type beyond gRPC.
  expect(Object.keys(tally(answers)).filter((code) => !/^(0|3|4|12|13|HTTP 415|closed)$/.test(code))).toEqual([]);
  expect(tally(answers)['0']).toBeGreaterThan(400);
});

test.each(['greeter', 'user-info', 'rag-search'])('%s closes connections that do not speak HTTP/2', async (service) => {
  const garbage = inputs.sample(inputs.http2Garbage, 500);
  const answers = await each(garbage, 20, (bytes) => rawAnswer(platform.address(service), bytes, 3_000));
  expect(answers.filter((answer) => answer === 'open')).toEqual([]);
});

test('every process still runs and serves, and has not grown', async () => {
  const before = memoryOf(pids);
  const again = inputs.sample(fc.tuple(inputs.bytes, fc.nat(METHODS.length - 1)), 2_000);
  const senders = new Map(
    ['greeter', 'user-info', 'rag-search'].map((name) => [name, createGrpcSender(platform.address(name))]),
  );
  await each(again, 20, async ([bytes, at]) => {
    const [service, method] = METHODS[at] ?? METHODS[0];
    return senders.get(service)?.send(`/${method}`, bytes);
  });
  for (const sender of senders.values()) sender.close();
  expect(podsNow()).toEqual(pids);
  expect(await httpStatus(`http://${gateway}/v1/users/u-1001`, {})).toBe(200);
  const grown = [...memoryOf(pids)].filter(([name, mb]) => mb > (before.get(name) ?? 0) + 30);
  expect(grown).toEqual([]);
});

/** Resident memory of each process, in MB. */
function memoryOf(processes: Map<string, number>): Map<string, number> {
  const rss = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1_024;
  return new Map([...processes].map(([name, pid]) => [name, rss(pid)]));
}
