import fc from 'fast-check';
import { formatColumns } from './columns';
import { formatDuration } from './duration-text';
import { terminalOf } from './terminal';
import { cut, padEnd, padStart, printable, shorten, widthOf } from './width';

test.each([
  ['RagSearchService', 16, 'RagSearchService'],
  ['RagSearchService', 10, 'RagS…rvice'],
  ['RagSearchService', 2, '…e'],
  ['RagSearchService', 1, '…'],
  ['RagSearchService', 0, ''],
  ['数据库查找服务', 9, '数据…服务'],
])('%s in %i columns is %s', (text, width, expected) => {
  expect(shorten(text, width)).toBe(expected);
});

test('shortened and cut texts are never too wide', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, width) => {
      expect(widthOf(shorten(printable(text), width))).toBeLessThanOrEqual(width);
      expect(widthOf(cut(printable(text), width))).toBeLessThanOrEqual(width);
    }),
  );
});

test('colours have no width', () => {
  expect([padEnd('\x1b[31mab\x1b[39m', 4), padStart('\x1b[31mab\x1b[39m', 4)]).toEqual([
    '\x1b[31mab\x1b[39m  ',
    '  \x1b[31mab\x1b[39m',
  ]);
});

test.each([
  ['\x1b[2Jgone', ' [2Jgone'],
  ['a\r\nb', 'a b'],
  ['user\u202egnp.exe', 'user gnp.exe'],
])('a foreign text cannot control the terminal: %j', (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test.each([
  [0, '0 ns'],
  [842, '842 ns'],
  [1_000, '1.00 µs'],
  [999_600, '1.00 ms'],
  [48_200_000, '48.2 ms'],
  [842_000_000, '842 ms'],
  [1_240_000_000, '1.24 s'],
  [90e9, '1.50 min'],
  [5 * 3_600e9, '5.00 h'],
  [40 * 86_400e9, '40.0 d'],
  [1.9e18, '2e4 d'],
])('%d ns is %s', (ns, expected) => {
  expect(formatDuration(ns)).toBe(expected);
});

test('a duration takes at most eight columns', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e20, noNaN: true }), (ns) => {
      expect(formatDuration(ns).length).toBeLessThanOrEqual(8);
    }),
  );
});

test('a table that is too wide shortens its flexible column', () => {
  const columns = [{ title: 'service' }, { title: 'method', fit: shorten }, { title: 'rate', align: 'right' as const }];
  const rows = [
    ['gateway', 'GET /v1/users/{user_id}', '3'],
    ['greeter', 'SayHello', '12'],
  ];
  expect(formatColumns(columns, rows, 80)).toEqual([
    'service  method                   rate',
    'gateway  GET /v1/users/{user_id}     3',
    'greeter  SayHello                   12',
  ]);
  expect(formatColumns(columns, rows, 26)).toEqual([
    'service  method       rate',
    'gateway  GET /…r_id}     3',
    'greeter  SayHello       12',
  ]);
});

test.each<[string, Partial<NodeJS.WriteStream>, NodeJS.ProcessEnv, [number, boolean]]>([
  ['a terminal', { isTTY: true, columns: 93, rows: 40 }, {}, [93, true]],
  ['a terminal with NO_COLOR', { isTTY: true, columns: 93, rows: 40 }, { NO_COLOR: '1' }, [93, false]],
  ['a terminal without colours', { isTTY: true, columns: 93, rows: 40 }, { TERM: 'dumb' }, [93, false]],
  ['a terminal of unknown size', { isTTY: true, columns: 0, rows: 0 }, {}, [80, true]],
  ['a file', {}, {}, [120, false]],
  ['a file with COLUMNS', {}, { COLUMNS: '70' }, [70, false]],
  ['a file with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, [120, true]],
])('%s', (_, output, environment, expected) => {
  const { width, colors } = terminalOf(output as NodeJS.WriteStream, environment);
  expect([width, colors.isColorSupported]).toEqual(expected);
});
