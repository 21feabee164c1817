import { createGreeterHandlers } from '../../../services/greeter/handlers';
import { greeter } from '../../../services/greeter/service';
import { serve } from '../../../services/kit/testing/serve';
import { createPortChooser } from '../../local/plan/ports';
import { metadataOf } from './call';
import { type ForeignServer, serveForeign } from '../testing/foreign';
import { type Outcome, weft } from '../testing/weft';

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

  test.each(['user-id', 'user id: 1', ': value', '', 'a: line\nbreak'])('"%s" is not a header', (header) => {
    expect(() => metadataOf([header])).toThrow(`-H "${header}" is not a header; write 'name: value'`);
  });

  test.each(['locale-bin: zh-CN', 'locale-bin: a b', 'locale-bin: 中文'])('"%s" is not base64', (header) => {
    expect(() => metadataOf([header])).toThrow(
      `-H "${header}" has a value that is not base64; a -bin header needs one`,
    );
  });
});

describe('weft call', () => {
  let foreign: ForeignServer;
  let kit: { address: string; stop(): Promise<void> };

  beforeAll(async () => {
    foreign = await serveForeign({ reflection: 'all' });
    kit = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
  });

  afterAll(async () => {
    foreign.stop();
    await kit.stop();
  });

  const hello = (...args: string[]): Promise<Outcome> =>
    weft(['call', 'greeter', 'SayHello', '--address', kit.address, ...args]);
  const echo = (method: string, messages: string[], input?: string): Promise<Outcome> =>
    weft(['call', 'any', method, ...messages, '--address', foreign.address], input);

  test('prints one reply indented, and sends its headers', async () => {
    const { code, out, error } = await hello('{"name":"Ada"}', '-H', 'accept-language: de');
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe('{\n  "message": "Hallo, Ada!",\n  "locale": "de"\n}\n');
  });

  test('prints the replies of a stream one per line', async () => {
    const { code, out } = await echo('Expand', ['{"text":"a","howOften":2}']);
    const lines = ['1', '2'].map((howOften) => ({ text: 'a', howOften, tone: 'TONE_UNSPECIFIED', raw: '' }));
    expect([code, out.split('\n')]).toEqual([0, [...lines.map((line) => JSON.stringify(line)), '']]);
  });

  test('keeps every digit of a number', async () => {
    const { out } = await echo('Echo/Say', ['{"howOften":9007199254740993}']);
    expect(JSON.parse(out)).toMatchObject({ howOften: '9007199254740993' });
  });

  test('calls a server whose reflection is v1alpha', async () => {
    const old = await serveForeign({ reflection: 'v1alpha' });
    const { out } = await weft(['call', 'any', 'foreign.v1.Echo.Say', '{"text":"hi"}', '--address', old.address]);
    old.stop();
    expect(JSON.parse(out)).toMatchObject({ text: 'hi' });
  });

  test('reads messages from its arguments and, for -, from standard input, in their order', async () => {
    const input = '{"text":"b"}\n\n{"text":"c"}';
    const { out } = await echo('Collect', ['{"text":"a"}', '-', '{"text":"d"}'], input);
    expect(JSON.parse(out)).toMatchObject({ text: 'a b c d', howOften: '4' });
  });

  test.each<[string, () => Promise<Outcome>, string | RegExp]>([
    ['what is not JSON', () => hello('{name}'), /^weft: the message is not JSON: .*\n {2}\{name\}\n$/],
    [
      'what is not JSON in one of several messages',
      () => echo('Collect', ['{}', `{"text":"${'x'.repeat(100)}"`]),
      /^weft: message 2 is not JSON: .*\n {2}\{"text":"x{51}…\n$/,
    ],
    [
      'what is not JSON on standard input',
      () => echo('Collect', ['-'], '{"text":"a"}\n\nb\n'),
      /^weft: line 3 of standard input is not JSON: .*\n {2}b\n$/,
    ],
    [
      'fields that are wrong',
      () => echo('Echo/Say', ['{"text":7,"howOften":9223372036854775808,"nope":1}']),
      'weft: the message does not match words.Word:\n' +
        '  text must be a text, not 7\n' +
        '  how_often must be a whole number of 64 bits, not 9223372036854775808\n' +
        '  nope is not a field of the request\n',
    ],
    [
      'a field that is wrong on standard input',
      () => echo('Collect', ['-'], '{"text":"a"}\n{"tone":"LOUD"}\n'),
      'weft: line 2 of standard input does not match words.Word:\n' +
        '  tone must be one of TONE_UNSPECIFIED, TONE_LOUD, not "LOUD"\n',
    ],
    [
      'a malformed header',
      () => hello('{}', '-H', 'nothing'),
      `weft: -H "nothing" is not a header; write 'name: value'\n`,
    ],
    ['a malformed timeout', () => hello('{}', '--timeout', 'soon'), /^weft: "soon" is not a duration/],
    [
      'an error of the service',
      () => hello('{}'),
      'weft: INVALID_ARGUMENT: request.invalid (name: must not be empty)\n  trace: ',
    ],
    [
      'an unknown method',
      () => weft(['call', 'any', 'Nope', '--address', kit.address]),
      /method Nope not found; the server has\n {2}weft\.greeter\.v1\.Greeter\/SayHello\n$/,
    ],
  ])('ends with 1 and an explanation for %s', async (_, run, sentence) => {
    const { code, out, error } = await run();
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(sentence);
  });

  test('ends with 1 where nothing listens', async () => {
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

  test('names the trace of a failed call, and how to see it', async () => {
    const { error } = await hello('{}');
    const [, id] = /\n {2}trace: ([\da-f]{32}) {2}npx weft trace \1\n$/.exec(error) ?? [];
    expect(id).toBeDefined();
    const own = '4bf92f3577b34da6a3ce929d0e0e4736';
    const given = await hello('{}', '-H', `traceparent: 00-${own}-00f067aa0ba902b7-01`);
    expect(given.error).toContain(`  trace: ${own}  npx weft trace ${own}\n`);
  });

  test('says what to do with a server without reflection', async () => {
    const mute = await serveForeign({ reflection: 'none' });
    const { code, error } = await weft(['call', 'any', 'Say', '--address', mute.address]);
    mute.stop();
    expect([code, error]).toEqual([
      1,
      `weft: UNIMPLEMENTED: ${mute.address} does not support gRPC reflection (v1 or v1alpha), so its methods are unknown; enable it in that server\n`,
    ]);
  });
});
