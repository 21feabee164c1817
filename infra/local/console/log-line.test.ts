import { stripVTControlCharacters } from 'node:util';
import { createPrefix, formatLine } from './log-line';

const format = (entry: object): string => stripVTControlCharacters(formatLine(JSON.stringify(entry)));

test.each<[string, object, string]>([
  ['its message', { level: 30, msg: 'serving' }, 'serving'],
  ['its message and its facts', { level: 30, msg: 'call', code: 'OK', ms: 1.5 }, 'call code=OK ms=1.5'],
  ['facts that have parts', { level: 30, msg: 'm', at: { a: [1] }, none: null }, 'm at={"a":[1]} none=null'],
  ['its facts alone', { level: 30, code: 'OK' }, 'code=OK'],
  [
    'no fields of every line',
    { level: 30, time: '2024-01-01T00:00:00Z', service: 'greeter', pid: 1, hostname: 'here', msg: 'serving' },
    'serving',
  ],
  [
    'the stack of its error below',
    { level: 50, msg: 'call', ms: 2, err: { stack: 'Error: x\n  at y' } },
    'call ms=2\nError: x\n  at y',
  ],
  ['an error that has no stack as a fact', { level: 50, msg: 'call', err: 'refused' }, 'call err=refused'],
  ['an error that is null as a fact', { level: 50, msg: 'call', err: null }, 'call err=null'],
  ['a message that is not a text', { level: 30, msg: { a: 1 } }, '{"a":1}'],
])('a line of JSON shows %s', (_, entry, shown) => {
  expect(format(entry)).toBe(shown);
});

test.each([
  'listening on 127.0.0.1:27017',
  '',
  '  indented { "level": 30 }',
  '{ "level": 30, broken',
  '{"msg":"of some other program"}',
  '{}',
  '[{"level":30}]',
])('any other line stays as it is: %j', (line) => {
  expect(formatLine(line)).toBe(line);
});

describe('prefixes', () => {
  const names = ['mongodb', 'greeter-0', 'greeter-1', 'rag-search-0'];
  const prefix = createPrefix(names);

  test('have the same width', () => {
    expect(names.map((name) => stripVTControlCharacters(prefix(name)))).toEqual([
      'mongodb     ',
      'greeter-0   ',
      'greeter-1   ',
      'rag-search-0',
    ]);
  });

  test('of no names do not fail', () => {
    expect(stripVTControlCharacters(createPrefix([])('late'))).toBe('late');
  });
});

describe('on a terminal', () => {
  const forced = process.env['FORCE_COLOR'];

  // picocolors reads the environment only when it is loaded.
  const inColor = async () => {
    process.env['FORCE_COLOR'] = '1';
    jest.resetModules();
    return import('./log-line');
  };

  afterEach(() => {
    if (forced === undefined) delete process.env['FORCE_COLOR'];
    else process.env['FORCE_COLOR'] = forced;
    jest.resetModules();
  });

  test('replicas have one color, and other services another', async () => {
    const prefix = (await inColor()).createPrefix(['greeter-0', 'greeter-1', 'gateway-0']);
    const [first, second, other] = ['greeter-0', 'greeter-1', 'gateway-0'].map((name) => prefix(name).slice(0, 5));
    expect(first).toMatch(/^\x1b\[\d\dm$/);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  test('warnings are yellow, errors red, and other messages plain', async () => {
    const { formatLine: paint } = await inColor();
    const painted = [30, 40, 50, 60].map((level) => paint(JSON.stringify({ level, msg: 'm' })));
    expect(painted).toEqual(['m', '\x1b[33mm\x1b[39m', '\x1b[31mm\x1b[39m', '\x1b[31mm\x1b[39m']);
  });
});
