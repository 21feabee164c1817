import { setTimeout as sleep } from 'node:timers/promises';
import { serveContract, type ServedContract } from '../testing/serve-contract';

const CONTRACT = `
service Test {
  rpc Echo(google.api.HttpBody) returns (google.api.HttpBody) {
    option (google.api.http) = {post: "/v1/echo" body: "*"};
  }
  rpc Put(File) returns (File) {
    option (google.api.http) = {put: "/v1/files/{name}" body: "content" additional_bindings: {get: "/v1/files/{name}"}};
  }
  rpc Get(File) returns (File) { option (google.api.http) = {get: "/v1/raw/{name}" response_body: "content"}; }
  rpc Download(File) returns (stream google.api.HttpBody) { option (google.api.http) = {get: "/v1/streams/{name}"}; }
  rpc Upload(stream File) returns (File) { option (google.api.http) = {post: "/v1/uploads/{name}" body: "content"}; }
}
message File { string name = 1; google.api.HttpBody content = 2; }
`;

const bytes = Buffer.from([0, 255, 10, 13, 0xc3]);
const file = (contentType: string, data: Uint8Array) => ({ content: { contentType, data } });

/** What a test's stream sends, or throws. */
let download: () => AsyncIterable<object>;
let uploaded: { name: string; content?: { contentType: string; data: Uint8Array } }[];
let served: ServedContract;

beforeAll(async () => {
  served = await serveContract(CONTRACT, {
    get: ({ name }: { name: string }) => (name === 'none' ? {} : file('image/png', bytes)),
    download: () => download(),
    upload: async (files: AsyncIterable<(typeof uploaded)[number]>) => {
      for await (const each of files) uploaded.push(each);
      return { name: 'done' };
    },
  });
});

afterAll(() => served.stop());

beforeEach(() => {
  served.seen.splice(0);
  uploaded = [];
});

const send = (method: string, path: string, body?: string | Uint8Array, type?: string) =>
  fetch(served.url + path, { method, ...(body ? { body } : {}), headers: type ? { 'content-type': type } : {} });

test.each([
  ['text/csv; charset=latin1', bytes],
  ['application/json', Buffer.from('{"not":')],
  ['application/octet-stream', Buffer.alloc(1024 * 1024, 7)],
])('a body of %s goes through as it is', async (type, body) => {
  const response = await send('POST', '/v1/echo', body, type);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
});

test('an empty body counts as no body', async () => {
  const response = await send('POST', '/v1/echo', '', 'image/png');
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(served.seen[0]?.request).toEqual({ contentType: '', data: '', extensions: [] });
});

test('a body can be one field of a request', async () => {
  const response = await send('PUT', '/v1/files/a', bytes, 'image/png');
  expect(await response.json()).toMatchObject({ name: 'a', content: { contentType: 'image/png', data: 'AP8KDcM=' } });
});

test('a body that is too large is refused', async () => {
  expect((await send('POST', '/v1/echo', Buffer.alloc(1024 * 1024 + 1), 'image/png')).status).toBe(413);
});

test.each([
  ['a', 'image/png', bytes],
  ['none', 'application/octet-stream', Buffer.of()],
])('a reply can be one field: of %s', async (name, type, body) => {
  const response = await send('GET', `/v1/raw/${name}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
});

test('a stream is one body, of the type of its first reply', async () => {
  download = async function* () {
    yield { contentType: 'text/csv', data: Buffer.from('a,b\n') };
    yield { contentType: 'ignored', data: Buffer.from('1,2\n') };
  };
  const response = await send('GET', '/v1/streams/a');
  expect([response.headers.get('content-type'), await response.text()]).toEqual(['text/csv', 'a,b\n1,2\n']);
});

test('a stream of nothing is empty', async () => {
  download = async function* () {};
  const response = await send('GET', '/v1/streams/a');
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('a stream that fails is cut, so that nobody takes it for whole', async () => {
  download = async function* () {
    yield { contentType: 'text/csv', data: Buffer.from('a,b\n') };
    await sleep(20);
    throw new Error('broken');
  };
  await expect(send('GET', '/v1/streams/a').then((response) => response.text())).rejects.toThrow('terminated');
});

test('a stream that fails before its first reply is a problem', async () => {
  download = async function* () {
    throw new Error('broken');
  };
  const response = await send('GET', '/v1/streams/a');
  expect([response.status, response.headers.get('content-type')]).toEqual([
    500,
    'application/problem+json; charset=utf-8',
  ]);
});

test('an upload is a message for each chunk', async () => {
  const body = Buffer.alloc(3 * 1024 * 1024, 1);
  const response = await send('POST', '/v1/uploads/a', body, 'video/mp4');
  expect(await response.json()).toMatchObject({ name: 'done' });
  expect(Buffer.concat(uploaded.map(({ content }) => content?.data ?? Buffer.of())).equals(body)).toBe(true);
  expect(new Set(uploaded.map(({ name, content }) => `${name} ${content?.contentType}`))).toEqual(
    new Set(['a video/mp4']),
  );
});
