import fc from 'fast-check';
import { arbitraryTrace, type TestSpan, traceOf } from './testing/traces';
import { rowsOf } from './rows';
import { type Node, buildTree } from './tree';

const shapeOf = ({ span, children }: Node): string =>
  children.length === 0 ? span.id : `${span.id}(${children.map(shapeOf).join(' ')})`;

function shapes(spans: TestSpan[]): string[] {
  return buildTree(traceOf(spans)).roots.map(shapeOf);
}

const at = (from: number, id: string, parentId?: string, more: Partial<TestSpan> = {}): TestSpan => ({
  id,
  parentId,
  from,
  to: from + 10,
  ...more,
});

test.each<[string, TestSpan[], string[]]>([
  ['children in order of their start', [at(0, 'a'), at(3, 'c', 'a'), at(2, 'b', 'a')], ['a(b c)']],
  ['several roots', [at(1, 'b'), at(0, 'a')], ['a', 'b']],
  ['a span whose parent is missing as a root', [at(0, 'a'), at(1, 'b', 'gone'), at(2, 'c', 'b')], ['a', 'b(c)']],
  ['a span that is its own parent as a root', [at(0, 'a', 'a')], ['a']],
  [
    'a cycle, from its first span on',
    [at(0, 'x'), at(1, 'a', 'c'), at(2, 'b', 'a'), at(3, 'c', 'b')],
    ['x', 'a(b(c))'],
  ],
  [
    'the two sides of a call with one id, as in Zipkin',
    [at(0, 'r'), at(1, 'a', 'r'), at(2, 'a', 'r'), at(3, 'b', 'a')],
    ['r(a(a b))'],
  ],
  ['a span that was sent twice', [at(0, 'a'), at(0, 'a')], ['a(a)']],
])('a tree has %s', (_, spans, expected) => {
  expect(shapes(spans)).toEqual(expected);
});

test.each<[string, TestSpan[], string[]]>([
  ['the first span of a trace that began elsewhere', [at(0, 'a', 'cli', { kind: 'server' }), at(1, 'b', 'a')], []],
  ['several of one caller', [at(0, 'a', 'cli', { kind: 'server' }), at(1, 'b', 'cli', { kind: 'server' })], []],
  ['a caller in another process, by its flags', [at(0, 'a', 'cli', { hasRemoteParent: true })], []],
  ['a parent of the same process', [at(0, 'a', 'gone')], ['a']],
  [
    'a parent of the same process, by its flags',
    [at(0, 'a', 'gone', { kind: 'server', hasRemoteParent: false })],
    ['a'],
  ],
  ['a lost caller in a trace with a root', [at(0, 'r'), at(1, 'a', 'gone', { kind: 'server' })], ['a']],
  ['two lost callers', [at(0, 'a', 'x', { kind: 'server' }), at(1, 'b', 'y', { kind: 'server' })], ['a', 'b']],
])('%s: orphans', (_, spans, expected) => {
  expect(buildTree(traceOf(spans)).orphans.map(({ id }) => id)).toEqual(expected);
});

test('spans that began before their parent are reported, beyond the noise of clocks', () => {
  const spans = [at(10, 'a'), at(5, 'b', 'a'), at(9, 'c', 'a'), at(15, 'd', 'a')];
  expect(buildTree(traceOf(spans)).early.map(({ id }) => id)).toEqual(['b']);
});

test('every span of any trace is in exactly one row', () => {
  fc.assert(
    fc.property(arbitraryTrace, fc.constantFrom(2, 3, Infinity), (trace, collapseFrom) => {
      const rows = rowsOf(buildTree(trace).roots, { collapseFrom, guideWidth: 8 });
      const shown = rows.flatMap(({ spans }) => spans);
      expect(shown).toHaveLength(trace.spans.length);
      expect(new Set(shown)).toEqual(new Set(trace.spans));
    }),
  );
});
