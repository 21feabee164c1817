import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { Call } from '../../kit/protocol/call';
import type { Handlers } from '../../kit/protocol/rpc';
import { serve, type Served } from '../../kit/testing/serve';
import { StatusError } from '../../kit/errors/status-error';
import { ragSearch } from '../../rag-search/service';
import { type ServedGateway, serveGateway } from '../testing/serve';
import { settled } from '../../kit/testing/settled';

const nothing = ragSearch.only();

type Requests = Parameters<Handlers<typeof ragSearch>['ingest']>[0];

let rag: Served<typeof nothing>;
let gateway: ServedGateway;
let ingest: (requests: Requests, call: Call) => Promise<{ documents: number }>;
/** The documents that came through, as `<collection>/<code>`. */
let received: string[];

beforeAll(async () => {
  const refuse = (): never => {
    throw new StatusError('UNIMPLEMENTED', 'test.no-handler');
  };
  const others = { search: refuse, streamSearch: refuse, getChunk: refuse, getChunksBatch: refuse };
  rag = await serve(ragSearch, { ...others, ingest: (requests, call) => ingest(requests, call) }, nothing);
  gateway = await serveGateway({ rag: rag.address });
});

afterAll(async () => {
  await gateway.stop();
  await rag.stop();
});

beforeEach(() => {
  received = [];
  ingest = async (requests) => {
    for await (const { ragCode, document } of requests) received.push(`${ragCode}/${document?.materialCode}`);
    return { documents: received.length };
  };
});

const NDJSON = { 'content-type': 'application/x-ndjson' };

async function upload(body: string | Iterable<string | Buffer>, headers: Record<string, string> = NDJSON) {
  const sent = typeof body === 'string' ? body : Readable.from(body);
  // Node's fetch takes streams of its own.
  const init = { method: 'POST', headers, body: sent, duplex: 'half' } as unknown as RequestInit;
  const response = await fetch(`${gateway.url}/v1/rag/docs/documents`, init);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const line = (materialCode: string, content = 'x'): string => `${JSON.stringify({ materialCode, content })}\n`;

describe('an upload', () => {
  test.each<[string, string | Iterable<string | Buffer>, string[]]>([
    ['nothing', '', []],
    ['a line', line('a'), ['docs/a']],
    ['lines', line('a') + line('b'), ['docs/a', 'docs/b']],
    ['a last line without an end', line('a') + line('b').trimEnd(), ['docs/a', 'docs/b']],
    ['blank lines', `\n${line('a')}\r\n  \n${line('b')}\n`, ['docs/a', 'docs/b']],
    ['lines as Windows ends them', line('a').replace('\n', '\r\n') + line('b'), ['docs/a', 'docs/b']],
    ['names of the contract', '{"material_code":"a"}\n', ['docs/a']],
    ['lines in pieces', Array.from(line('a') + line('b')), ['docs/a', 'docs/b']],
    [
      'what is no ASCII, in pieces of bytes',
      [...Buffer.from(line('你好'))].map((byte) => Buffer.of(byte)),
      ['docs/你好'],
    ],
  ])('of %s', async (_, body, documents) => {
    const { status, json } = await upload(body);
    expect([status, json]).toEqual([200, { documents: documents.length, chunks: 0, bytes: '0' }]);
    expect(received).toEqual(documents);
  });

  test('may have parameters, which are in each message', async () => {
    const init = { method: 'POST', headers: NDJSON, body: '{"content":"x"}\n' };
    const response = await fetch(`${gateway.url}/v1/rag/docs/documents?document.material_code=a`, init);
    expect(await response.json()).toMatchObject({ violations: [{ field: 'lines[1].document.material_code' }] });
  });

  test('without a body is one of nothing', async () => {
    const response = await fetch(`${gateway.url}/v1/rag/docs/documents`, { method: 'POST' });
    expect([response.status, await response.json()]).toMatchObject([200, { documents: 0 }]);
  });

  test('is of one type', async () => {
    expect(await upload(line('a'), { 'content-type': 'application/json' })).toMatchObject({ status: 415 });
  });

  test('may be larger than any other body, a line at a time', async () => {
    const count = 40;
    const content = 'x'.repeat(100_000);
    const lines = Array.from({ length: count }, (_, n) => line(`m-${n}`, content));
    expect(await upload(lines)).toMatchObject({ status: 200, json: { documents: count } });
  });
});

describe('a line that is wrong is named', () => {
  const long = 'x'.repeat(1024 * 1024);

  test.each<[string, string | Buffer[], string, string]>([
    ['no JSON', `${line('a')}{"materialCode"\n`, 'lines[2]', 'must be JSON in UTF-8'],
    ['no UTF-8', [Buffer.from(line('a')), Buffer.from([0x22, 0xff, 0x22])], 'lines[2]', 'must be JSON in UTF-8'],
    ['for the prototype', '{"__proto__":{}}', 'lines[1].document.__proto__', 'is not a field of the request'],
    ['no object', `${line('a')}\n[]`, 'lines[3].document', 'must be an object, not a list'],
    ['nothing', 'null', 'lines[1].document', 'must not be empty'],
    [
      'an unknown field',
      '{"materialCode":"a","colour":1}',
      'lines[1].document.colour',
      'is not a field of the request',
    ],
    ['another type', `${line('a')}{"materialCode":1}`, 'lines[2].document.material_code', 'must be a text, not 1'],
    ['against a rule', `${line('a')}\n${line(' ')}`, 'lines[3].document.material_code', 'must not be empty'],
    ['too long', line('a') + line('b', long), 'lines[2]', 'must not be longer than 1048576 bytes'],
  ])('%s', async (_, body, field, description) => {
    const { status, json } = await upload(body);
    expect([status, json['violations']]).toEqual([400, [{ field, description }]]);
  });

  test('and what comes after it is not taken', async () => {
    await upload(`${line('a')}{\n${line('b')}`);
    expect(received).not.toContain('docs/b');
  });
});

test('a failure of the service is told, with the rest of the upload still to come', async () => {
  ingest = async (requests) => {
    for await (const _ of requests)
      throw new StatusError('RESOURCE_EXHAUSTED', 'store.full', {}, { retryAfterMs: 100 });
    return { documents: 0 };
  };
  const lines = Array.from({ length: 100 }, (_, n) => line(`m-${n}`, 'x'.repeat(100_000)));
  expect(await upload(lines)).toMatchObject({ status: 429, json: { reason: 'store.full', retryAfter: 1 } });
});

test('an upload that goes on after its answer is cut off in the end', async () => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  const head = 'POST /v1/rag/docs/documents HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n';
  socket.on('error', () => undefined).write(`${head}transfer-encoding: chunked\r\n\r\n2\r\n{\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  const more = setInterval(() => socket.write('2\r\n{\n\r\n'), 100);
  await once(socket, 'close');
  clearInterval(more);
});

test('a service that is slow slows the client down', async () => {
  const proceed = new AbortController();
  ingest = async (requests) => {
    await once(proceed.signal, 'abort');
    for await (const { document } of requests) received.push(String(document?.materialCode));
    return { documents: received.length };
  };
  let sent = 0;
  const lines = function* () {
    for (; sent < 1_000; sent += 1) yield line(`m-${sent}`, 'x'.repeat(100_000));
  };
  const answer = upload(lines());
  await settled(() => sent);
  // What the connections hold on their way, of 100 MB.
  expect(sent).toBeLessThan(300);
  proceed.abort();
  expect(await answer).toMatchObject({ status: 200, json: { documents: 1_000 } });
});

describe('a client that goes away', () => {
  test.each([
    ['in a chunk', '10\r\nabc'],
    ['between chunks', `${line('a').length.toString(16)}\r\n${line('a')}\r\n`],
  ])('%s cancels the call', async (_, begun) => {
    let cancelled: (gone: boolean) => void;
    const gone = new Promise<boolean>((resolve) => (cancelled = resolve));
    let begin: () => void;
    const beginning = new Promise<void>((resolve) => (begin = resolve));
    ingest = async (requests, call) => {
      call.signal.addEventListener('abort', () => cancelled(true));
      begin();
      for await (const _ of requests);
      return { documents: 0 };
    };
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    const head = 'POST /v1/rag/docs/documents HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n';
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n${begun}`);
    await beginning;
    socket.destroy();
    await once(socket, 'close');
    expect(await gone).toBe(true);
  });
});

test('grpc-timeout ends an upload that takes longer', async () => {
  ingest = async (_, call) => {
    await once(call.signal, 'abort');
    return { documents: 0 };
  };
  expect(await upload(line('a'), { ...NDJSON, 'grpc-timeout': '100m' })).toMatchObject({ status: 504 });
});
