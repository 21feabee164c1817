import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Handlers, StatusError } from '../../kit';
import { buildPrograms, type Programs } from '../../kit/testing/programs/programs';
import { serve, type Served } from '../../kit/testing/serve';
import { ragSearch } from '../service';
import { runningTarget } from './running-target';

type Rag = Handlers<typeof ragSearch>;
type IngestRequest = Parameters<Rag['ingest']>[0] extends AsyncIterable<infer R> ? R : never;

const CALLS = ragSearch.only('ingest');

let root: string;
let programs: Programs;
let rag: Served<typeof CALLS>;
let received: IngestRequest[];
let users: (string | undefined)[];

// The real contract, on a server that only remembers what it gets.
const NOT_ASKED = (): never => {
  throw new StatusError('UNIMPLEMENTED', 'test');
};
const handlers: Rag = {
  search: NOT_ASKED,
  streamSearch: NOT_ASKED,
  getChunk: NOT_ASKED,
  getChunksBatch: NOT_ASKED,
  async ingest(requests, call) {
    users.push(call.user?.id);
    for await (const request of requests) {
      if (request.ragCode === 'denied') throw new StatusError('PERMISSION_DENIED', 'ingest.denied', { user_id: 'u-x' });
      if (request.ragCode === 'unknown') throw new StatusError('UNAUTHENTICATED', 'caller.unknown');
      if (request.document?.materialCode === 'refused.md') throw new StatusError('RESOURCE_EXHAUSTED', 'store.full');
      received.push(request);
    }
    return { documents: received.length, chunks: 2 * received.length, bytes: 12_345n };
  },
};

beforeAll(async () => {
  programs = await buildPrograms('services/rag-search/ingest/main.ts');
  rag = await serve(ragSearch, handlers, CALLS);
});

afterAll(async () => {
  programs.killAll();
  programs.remove();
  await rag.stop();
});

beforeEach(() => {
  received = [];
  users = [];
  root = mkdtempSync(join(tmpdir(), 'weft-ingest-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

/** Runs the program as `npm run ingest` does. */
async function run(args: string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...environment };
  const child = spawn(process.execPath, [programs.path('ingest'), ...args], { env });
  const code = once(child, 'close').then(([status]: unknown[]) => status);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, error };
}

const ingest = (...args: string[]) => run([root, '--address', rag.address, ...args]);

test('sends every text file below a folder, in order of their paths, and says what rag-search made of them', async () => {
  write({
    'b.md': '# B',
    'a/deep/er.txt': 'grüße',
    'A.MD': 'A',
    'c.mdx': '',
    'd.rst': 'd',
    'e.adoc': 'e',
    'f.markdown': 'f',
  });
  const { code, out, error } = await ingest();
  expect([code, error]).toEqual([0, '']);
  expect(out).toMatch(/^ingested 7 documents \(12 kB\) as 14 chunks into "docs" in \d+\.\d s\n$/);
  const sent = received.map(({ document }) => [document?.materialCode, document?.content, document?.metadata['type']]);
  expect(sent).toEqual([
    ['A.MD', 'A', 'MD'],
    ['a/deep/er.txt', 'grüße', 'txt'],
    ['b.md', '# B', 'md'],
    ['c.mdx', '', 'mdx'],
    ['d.rst', 'd', 'rst'],
    ['e.adoc', 'e', 'adoc'],
    ['f.markdown', 'f', 'markdown'],
  ]);
});

test('sends them into the collection that is asked for', async () => {
  write({ 'a.md': 'a' });
  const { out } = await ingest('--rag-code', 'manuals');
  expect(received.map(({ ragCode }) => ragCode)).toEqual(['manuals']);
  expect(out).toContain('into "manuals"');
});

test.each([
  [[], undefined],
  [['--user', 'u-1002'], 'u-1002'],
])('with %j, sends them in the name of %j', async (args, userId) => {
  write({ 'a.md': 'a' });
  expect((await ingest(...args)).code).toBe(0);
  expect(users).toEqual([userId]);
});

test.each([
  ['denied', [], 'PERMISSION_DENIED: ingest.denied (user_id: u-x); say who sends, for example --user u-1001'],
  ['denied', ['--user', 'u-1003'], 'PERMISSION_DENIED: ingest.denied (user_id: u-x)'],
  ['unknown', [], 'UNAUTHENTICATED: caller.unknown; say who sends, for example --user u-1001'],
  ['unknown', ['--user', 'u-9'], 'UNAUTHENTICATED: caller.unknown'],
])('ends with 1 and what to do where it is %s, with %j', async (ragCode, args, sentence) => {
  write({ 'a.md': 'a' });
  const { code, out, error } = await ingest('--rag-code', ragCode, ...args);
  expect([code, out, error]).toEqual([1, '', `ingest: ${sentence}\n`]);
});

test('leaves out files that are not text, hidden, or of a package', async () => {
  write({
    'kept.md': 'kept',
    'image.png': 'x',
    md: 'no extension',
    'node_modules/pkg/README.md': 'x',
    'a/node_modules/README.md': 'x',
    '.git/notes.md': 'x',
    'a/.cache/b/notes.md': 'x',
    'a/node_modules.md': 'kept',
  });
  symlinkSync(join(root, 'kept.md'), join(root, 'link.md'));
  expect((await ingest()).code).toBe(0);
  expect(received.map(({ document }) => document?.materialCode)).toEqual(['a/node_modules.md', 'kept.md']);
});

test('says which files it skips, and sends the others', async () => {
  const MiB = 1024 * 1024;
  write({
    'binary.md': Buffer.of(0xff, 0xfe, 0x41),
    'fits.txt': 'x'.repeat(3.5 * MiB),
    'large.txt': 'x'.repeat(3.5 * MiB + 1),
    'small.md': 'x',
  });
  const { code, error } = await ingest();
  expect(code).toBe(0);
  expect(error.split('\n')).toEqual([
    `skipped: ${join(root, 'binary.md')} is not UTF-8`,
    `skipped: ${join(root, 'large.txt')} is over 3.5 MiB`,
    '',
  ]);
  expect(received.map(({ document }) => document?.materialCode)).toEqual(['fits.txt', 'small.md']);
});

test('many files arrive whole', async () => {
  const tail = 'x'.repeat(100_000);
  write(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}.md`, `${n} ${tail}`])));
  expect((await ingest()).code).toBe(0);
  const codes = received.map(
    ({ document }) => document?.content === `${parseInt(document?.materialCode ?? '')} ${tail}`,
  );
  expect([codes.length, codes.every(Boolean)]).toEqual([100, true]);
});

test('a folder may be given with other words for the same place', async () => {
  write({ 'a/b.md': 'b' });
  const { code } = await run([`${root}/a/../`, '--address', rag.address]);
  expect([code, received.map(({ document }) => document?.materialCode)]).toEqual([0, ['a/b.md']]);
});

test('ends with 1 and a sentence where there is nothing to send', async () => {
  write({ 'a.png': 'x' });
  const { code, error } = await ingest();
  expect(code).toBe(1);
  expect(error).toBe(`ingest: ${root} has no files that end in .md, .mdx, .markdown, .txt, .rst, .adoc\n`);
});

test('ends with 1 and says that the folder does not exist', async () => {
  const { code, error } = await run([join(root, 'nowhere'), '--address', rag.address]);
  expect(code).toBe(1);
  expect(error).toMatch(/^ingest: ENOENT.*nowhere/);
});

test('ends with 1 and what the service says when it stops listening', async () => {
  write({ 'a.md': 'a', 'refused.md': 'x', 'z.md': 'z' });
  const { code, out, error } = await ingest();
  expect([code, out, error]).toEqual([1, '', 'ingest: RESOURCE_EXHAUSTED: store.full\n']);
});

test('a folder is found from where the person is', async () => {
  write({ 'docs/a.md': 'a' });
  const { code } = await run(['docs', '--address', rag.address], { INIT_CWD: root });
  expect([code, received.map(({ document }) => document?.materialCode)]).toEqual([0, ['a.md']]);
});

describe('without an address', () => {
  const runFile = (): string => join(root, 'run.json');
  const running = (...services: object[]): void => writeFileSync(runFile(), JSON.stringify({ pid: 1, services }));

  test('it is where the platform runs rag-search, with all its pods', () => {
    running({ name: 'rag-search', port: 'grpc', addresses: ['127.0.0.1:4001', '127.0.0.1:4002'] });
    expect(runningTarget(runFile())).toBe('ipv4:127.0.0.1:4001,127.0.0.1:4002');
  });

  test.each<[string, () => void]>([
    ['nothing runs', () => undefined],
    ['only other services run', () => running({ name: 'greeter', port: 'grpc', addresses: ['127.0.0.1:4001'] })],
    ['rag-search is left out', () => running({ name: 'rag-search', port: 'grpc', addresses: [] })],
  ])('it is an error where %s', (_, prepare) => {
    prepare();
    expect(() => runningTarget(runFile())).toThrow('rag-search does not run here; run npm start');
  });
});
