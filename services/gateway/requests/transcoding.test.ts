import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { serveContract, type ServedContract } from '../testing/serve-contract';
import { THINGS_CONTRACT } from '../testing/things-contract';

let served: ServedContract;

beforeAll(async () => {
  served = await serveContract(THINGS_CONTRACT, { follow: (request) => [request, request] });
});

afterAll(() => served.stop());

beforeEach(() => served.seen.splice(0));

/** Sends a request with any verb, and a path as it is written. */
async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const request = httpRequest(served.url, { method, path, headers: { ...type, ...headers } }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, text: await textOf(response) };
}

describe('a path', () => {
  test.each([
    ['GET', '/v1/things/a', 'get', { id: 'a' }],
    ['GET', '/v1/things/a:stat', 'stat', { id: 'a' }],
    ['GET', '/v1/things/urn:isbn:123', 'get', { id: 'urn:isbn:123' }],
    ['GET', '/v1/things/urn:isbn:123:stat', 'stat', { id: 'urn:isbn:123' }],
    ['GET', '/v1/things/urn%3Aisbn%3A123:stat', 'stat', { id: 'urn:isbn:123' }],
    ['GET', '/v1/things/a%2Fb:stat', 'stat', { id: 'a/b' }],
    ['GET', '/v1/things/a%3Astat', 'get', { id: 'a:stat' }],
    ['GET', '/v1/things/a%252F%20+%E4%BD%A0', 'get', { id: 'a%2F +你' }],
    ['GET', 'http://elsewhere.example/v1/things/a', 'get', { id: 'a' }],
    ['GET', '/v1/things/a?', 'get', { id: 'a' }],
    ['DELETE', '/v1/things/a%3Aundelete', 'remove', { id: 'a:undelete' }],
    ['POST', '/v1/things/a:undelete', 'restore', { id: 'a' }],
    ['GET', '/v1/shelves/s%2F1', 'shelf', { name: 'shelves/s%2F1' }],
    ['GET', '/v1/files/a/b%20c/d%2Fe', 'file', { name: 'a/b c/d%2Fe' }],
    ['GET', '/v1/any/a', 'any', { name: 'a' }],
    ['PUT', '/v1/any/a', 'any', { name: 'a' }],
    ['HEAD', '/v1/any/a', 'any', { name: 'a' }],
    ['REPORT', '/v1/reports/a', 'report', { name: 'a' }],
    ['HEAD', '/v1/things/a:stat', 'stat', { id: 'a' }],
  ])('%s %s calls %s', async (verb, path, method, request) => {
    expect((await send(verb, path)).status).toBe(200);
    expect(served.seen).toEqual([{ method, request }]);
  });

  test.each([
    ['GET', '/v1/things/', 404],
    ['GET', '/v1//things/a', 404],
    ['GET', '/v1/things/a/', 404],
    ['GET', '/v1/things/:stat', 200],
    ['GET', '/v1/shelves/1/2', 404],
    ['GET', '/v1/files//a', 404],
    ['DELETE', '/v1/things/a:undelete', 405],
    ['GET', '/v1/reports/a', 405],
    ['GET', '/v1/things/%ff', 400],
    ['GET', '/v1/things/%', 400],
    ['GET', `/v1/things/${'a'.repeat(1001)}`, 414],
    ['GET', `/v1/files/${'a/'.repeat(600)}b`, 200],
  ])('%s %s is %i', async (verb, path, status) => {
    expect((await send(verb, path)).status).toBe(status);
    expect(served.seen).toHaveLength(status === 200 ? 1 : 0);
  });

  test.each([
    ['/v1/things/a:undelete', 'POST, OPTIONS'],
    ['/v1/things/a', 'GET, HEAD, DELETE, OPTIONS'],
    ['/v1/reports/a', 'REPORT, OPTIONS'],
    ['/v1/any/a', 'GET, HEAD, POST, PUT, PATCH, DELETE, TRACE, OPTIONS'],
    ['/v1/filters', 'GET, HEAD, POST, OPTIONS'],
  ])('%s says what it allows', async (path, allow) => {
    expect(await send('OPTIONS', path)).toMatchObject({ status: 204, headers: { allow } });
  });

  test('sets a field of the body, which may be the whole reply', async () => {
    const { text } = await send('PATCH', '/v1/shelves/1/books/2?update_mask=title,name', '{"name":"x","title":"T"}');
    expect(JSON.parse(text)).toEqual({ name: 'shelves/1/books/2', title: 'T' });
    const book = { name: 'shelves/1/books/2', title: 'T' };
    expect(served.seen[0]?.request).toEqual({ book, updateMask: 'title,name', allowMissing: false });
  });
});

describe('a text of the path or the query', () => {
  test.each<[string, object]>([
    ['/v1/open/true', { open: true }],
    ['/v1/open/0', { open: false }],
    ['/v1/colors/COLOR_RED', { color: 'COLOR_RED' }],
    ['/v1/colors/1', { color: 'COLOR_RED' }],
    ['/v1/times/2026-01-31T12%3A00%3A00Z', { at: '2026-01-31T12:00:00Z' }],
    ['/v1/filters?open=true', { open: true }],
    ['/v1/filters?maybe=false', { maybe: false }],
    ['/v1/filters?archived=false', { archived: false }],
    ['/v1/filters?note=', { note: '' }],
    ['/v1/filters?flags.a=true&flags.b=false', { flags: { a: true, b: false } }],
    ['/v1/filters?flags[a.b]=true&flags.c.d=1', { flags: { 'a.b': true, 'c.d': true } }],
    ['/v1/filters?ranks.9007199254740993=COLOR_RED', { ranks: { '9007199254740993': 'COLOR_RED' } }],
    ['/v1/filters?flags.__proto__=true', { flags: JSON.parse('{"__proto__":true}') as object }],
    ['/v1/filters?color=1', { color: 'COLOR_RED' }],
    ['/v1/filters?colors=1&colors=COLOR_RED&colors=7', { colors: ['COLOR_RED', 'COLOR_RED', 7] }],
    ['/v1/filters?count=9007199254740993', { count: '9007199254740993' }],
    ['/v1/filters?total=18446744073709551615&count=-9223372036854775808', { total: '18446744073709551615' }],
    ['/v1/filters?wrapped=9007199254740993', { wrapped: '9007199254740993' }],
    ['/v1/filters?small=-2147483648&unsigned=4294967295', { small: -2147483648, unsigned: 4294967295 }],
    ['/v1/filters?took=1.5s&at=2026-01-31T12:00:00%2B01:00', { took: '1.500s', at: '2026-01-31T11:00:00Z' }],
    [
      '/v1/filters?times=2026-01-31T12:00:00Z&times=2027-01-31T12:00:00Z',
      { times: [expect.any(String), expect.any(String)] },
    ],
    ['/v1/filters?mask=open,inner.value_of,inner.toString', { mask: 'open,inner.valueOf,inner.toString' }],
    ['/v1/filters?mask=', { mask: '' }],
    ['/v1/filters?raw=-_8', { raw: '+/8=' }],
    ['/v1/filters?raw=%2B%2F8%3D', { raw: '+/8=' }],
    ['/v1/filters?ratio=1.5&amount=-Infinity', { ratio: 1.5, amount: '-Infinity' }],
    ['/v1/filters?amount=1e3', { amount: 1000 }],
    ['/v1/filters?inner.count=5&inner.inner.open=1', { inner: expect.objectContaining({ count: '5' }) }],
    ['/v1/filters?right.left=a', { right: expect.objectContaining({ left: 'a' }) }],
    ['/v1/filters?constructor=a&constructor=b', { constructor: ['a', 'b'] }],
    ['/v1/filters?value_of=a&toString=b&__proto__=5', { valueOf: 'a', toString: 'b' }],
    ['/v1/filters?valueOf=a+b%2Bc', { valueOf: 'a b+c' }],
  ])('%s is read by the type of its field', async (path, wanted) => {
    const { text, status } = await send('GET', path);
    expect([status, text]).toEqual([200, text]);
    expect(served.seen[0]?.request).toEqual(expect.objectContaining(wanted));
  });

  test.each([
    ['open=yes', 'open', 'must be true or false, not "yes"'],
    ['open=', 'open', 'must be true or false, not ""'],
    ['color=BLUE', 'color', 'must be one of COLOR_UNSPECIFIED, COLOR_RED, not "BLUE"'],
    ['color=9999999999', 'color', 'must be one of'],
    ['count=9223372036854775808', 'count', 'must be a whole number of 64 bits, not "9223372036854775808"'],
    ['count=0x10', 'count', 'must be a whole number of 64 bits, not "0x10"'],
    ['count=+5', 'count', 'must be a whole number of 64 bits, not " 5"'],
    ['lines=1&lines=x', 'lines', 'must be a whole number of 64 bits, not "x"'],
    ['unsigned=-1', 'unsigned', 'must be a whole number of 32 bits that is not negative, not "-1"'],
    ['wrapped=x', 'wrapped', 'must be a whole number of 64 bits, not "x"'],
    ['amount=1e999', 'amount', 'must be a number, not "1e999"'],
    ['at=now', 'at', 'must be a time such as'],
    ['took=1', 'took', 'must be a length of time such as 1.5s, not "1"'],
    ['took=1sx', 'took', 'must be a length of time such as 1.5s, not "1sx"'],
    ['raw=*', 'raw', 'must be bytes in base64, not "*"'],
    ['flags=true', 'flags', 'must be written flags.<key>=<value>'],
    ['flags.a=x', 'flags.a', 'must be true or false, not "x"'],
    ['flags.a=1&flags[a]=1', 'flags[a]', 'must be given once'],
    ['ranks.a=1', 'ranks.a', 'has a key that must be a whole number of 64 bits'],
    ['left=a&right.open=1', 'right.open', 'must not be set beside left: choice allows one of left, right'],
    ['inner=a', 'inner', 'must be given by its fields, as in inner.<field>=<value>'],
    ['inners=a', 'inners', 'is not a parameter of this request'],
    ['inners.open=1', 'inners.open', 'is not a parameter of this request'],
    ['object=%7B%7D', 'object', 'must be given by its fields'],
    ['hasOwnProperty=1', 'hasOwnProperty', 'is not a parameter of this request'],
    ['=1', '', 'is not a parameter of this request'],
  ])('%s is refused', async (query, field, description) => {
    const { status, text } = await send('GET', `/v1/filters?${query}`);
    const { violations } = JSON.parse(text) as { violations: object[] };
    expect([status, violations]).toEqual([400, [{ field, description: expect.stringContaining(description) }]]);
    expect(served.seen).toEqual([]);
  });

  test('that is wrong is told with everything else that is', async () => {
    const { text } = await send('POST', '/v1/filters:tags?open=x&count=y&nobody=1', '[1]');
    const { violations } = JSON.parse(text) as { violations: { field: string }[] };
    expect(violations.map(({ field }) => field)).toEqual(['tags[0]', 'nobody', 'open', 'count']);
  });

  test.each(['%', '%zz', 'a=%ff', '%c3%28=1'])('with the escapes %s is refused', async (query) => {
    expect((await send('GET', `/v1/filters?${query}`)).status).toBe(400);
  });
});

describe('a body', () => {
  test.each<[string, object]>([
    ['{"count":9007199254740993}', { count: '9007199254740993' }],
    ['{"lines":[-9007199254740995]}', { lines: ['-9007199254740995'] }],
    ['{"count":9223372036854775807,"total":18446744073709551615}', { count: '9223372036854775807' }],
    ['{"wrapped":9007199254740993}', { wrapped: '9007199254740993' }],
    ['{"constructor":["a"],"toString":"b"}', { constructor: ['a'], toString: 'b' }],
    ['', { count: '0' }],
    ['null', { count: '0' }],
  ])('%s keeps its values', async (body, wanted) => {
    expect((await send('POST', '/v1/filters', body)).status).toBe(200);
    expect(served.seen[0]?.request).toMatchObject(wanted);
  });

  test('can be a list, and so can a reply', async () => {
    expect(await send('POST', '/v1/filters:tags?open=1', '["a","b"]')).toMatchObject({
      status: 200,
      text: '["a","b"]',
    });
    expect(served.seen[0]?.request).toMatchObject({ tags: ['a', 'b'], open: true });
  });

  test('of a reply can be one number', async () => {
    expect(await send('POST', '/v1/filters:count', '{"count":5}')).toMatchObject({ status: 200, text: '"5"' });
  });

  test('of each reply of a stream can be one of its fields', async () => {
    const { text } = await send('GET', '/v1/filters:follow?tags=a', undefined, { accept: 'application/x-ndjson' });
    expect(text).toBe('["a"]\n["a"]\n');
  });

  test('that is a number for a text is refused', async () => {
    const { status, text } = await send('POST', '/v1/filters', '{"valueOf":5}');
    expect([status, JSON.parse(text)]).toEqual([
      400,
      expect.objectContaining({ violations: [{ field: 'value_of', description: 'must be a text, not 5' }] }),
    ]);
  });
});
