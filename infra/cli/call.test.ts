import { createGreeterHandlers } from '../../services/greeter/handlers';
import { greeter } from '../../services/greeter/service';
import { serve } from '../../services/kit/serve';
import { createPortChooser } from '../local/ports';
import { metadataOf } from './call';
import { type ForeignServer, serveForeign } from './fixtures/foreign';
import { type Outcome, weft } from './fixtures/weft';

describe('headers', () => {
  test.each<[string, string[], Record<string, string[]>]>([
    ['none', [], {}],
    ['one', ['user-id: u-1'], { 'user-id': ['u-1'] }],
    ['without a space', ['user-id:u-1'], { 'user-id': ['u-1'] }],
    ['whose value has colons', ['authorization: Bearer a:b'], { authorization: ['Bearer a:b'] }],
    ['without a value', ['x-empty:'], { 'x-empty': [''] }],
    ['in capitals', ['User-ID: u-1'], { 'user-id': ['u-1'] }],
    ['several of one name', ['a: 1', 'b: 2', 'A: 3'], { a: ['1', '3'], b: ['2'] }],
  ])('%s', (_, headers, expected) => {
    const metadata = metadataOf(headers);
    const names = Object.keys(metadata.getMap());
    expect(Object.fromEntries(names.map((name) => [name, metadata.get(name)]))).toEqual(expected);
  });

  test.each([
    ['zh-CN', 'locale-bin: emgtQ04='],
    ['zh-CN', 'Locale-Bin: emgtQ04'],
    ['ü>', 'x-bin: w7w+'],
    ['ü>', 'x-bin: w7w-'],
    ['', 'x-bin:'],
  ])('of bytes are base64: "%s" is written as "%s"', (text, header) => {
    expect(Object.values(metadataOf([header]).getMap())).toEqual([Buffer.from(text)]);
  });

  test.each(['user-id', 'user id: 1', ': value', '', 'a: line\nbreak'])('"%s" is none', (header) => {
    expect(() => metadataOf([header])).toThrow(`-H "${header}" is no header; write 'name: value'`);
  });

  test.each(['locale-bin: zh-CN', 'locale-bin: a b', 'locale-bin: 中文'])('"%s" is no base64', (header) => {
    expect(() => metadataOf([header])).toThrow(`-H "${header}" has no base64, which the value of a name in -bin is`);
  });
});

describe('weft call', () => {
  let foreign: ForeignServer;
  let kit: { address: string; stop(): Promise<void> };

  beforeAll(async () => {
    foreign = await serveForeign({ reflection: true });
    kit = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
  });

  afterAll(async () => {
    foreign.stop();
    await kit.stop();
  });

  jest.setTimeout(20_000);

  const hello = (...args: string[]): Promise<Outcome> =>
    weft(['call', 'greeter', 'SayHello', '--address', kit.address, ...args]);
  const echo = (method: string, messages: string[], input?: string): Promise<Outcome> =>
    weft(['call', 'any', method, ...messages, '--address', foreign.address], input);

  test('prints one reply indented, and sends its headers', async () => {
    const { code, out, error } = await hello('{"name":"Ada"}', '-H', 'accept-language: de');
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe('{\n  "message": "Hallo, Ada!",\n  "locale": "de"\n}\n');
  });

  test('prints replies of a stream one a line', async () => {
    const { code, out } = await echo('Expand', ['{"text":"a","howOften":2}']);
    const lines = ['1', '2'].map((howOften) => ({ text: 'a', howOften, tone: 'TONE_UNSPECIFIED', raw: '' }));
    expect([code, out.split('\n')]).toEqual([0, [...lines.map((line) => JSON.stringify(line)), '']]);
  });

  test('reads messages from its arguments and, for -, from standard input, in their order', async () => {
    const input = '{"text":"b"}\n\n{"text":"c"}';
    const { out } = await echo('Collect', ['{"text":"a"}', '-', '{"text":"d"}'], input);
    expect(JSON.parse(out)).toMatchObject({ text: 'a b c d', howOften: '4' });
  });

  test.each<[string, () => Promise<Outcome>, string | RegExp]>([
    ['what is no JSON', () => hello('{name}'), /^weft: \{name\} is no JSON: ./],
    ['what is no JSON on standard input', () => echo('Collect', ['-'], '{"text":"a"}\nb\n'), /^weft: b is no JSON: ./],
    [
      'a header that is none',
      () => hello('{}', '-H', 'nothing'),
      `weft: -H "nothing" is no header; write 'name: value'\n`,
    ],
    ['a timeout that is none', () => hello('{}', '--timeout', 'soon'), /^weft: "soon" is no duration/],
    ['what the service says', () => hello('{}'), 'weft: INVALID_ARGUMENT: request.invalid (name: must not be empty)\n'],
    [
      'a method that there is not',
      () => weft(['call', 'any', 'Nope', '--address', kit.address]),
      /there is no method Nope; there are\n {2}weft\.greeter\.v1\.Greeter\/SayHello\n$/,
    ],
  ])('ends with 1 and a sentence for %s', async (_, run, sentence) => {
    const { code, out, error } = await run();
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(sentence);
  });

  test('ends with 1 where nobody listens', async () => {
    const port = await createPortChooser()();
    const { code, error } = await weft(['call', 'greeter', 'SayHello', '{}', '--address', `127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(error).toMatch(/^weft: UNAVAILABLE: .*ECONNREFUSED/);
  });

  test('gives up after its timeout', async () => {
    const { code, error } = await weft(['call', 'any', 'Never', '--address', foreign.address, '--timeout', '300ms']);
    expect(code).toBe(1);
    expect(error).toMatch(/^weft: DEADLINE_EXCEEDED/);
  });
});
