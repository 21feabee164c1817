import fc from 'fast-check';
import { criticalPath } from './critical-path';
import { arbitraryTrace, type TestSpan, traceOf } from './testing/traces';
import { buildTree } from './tree';

const root: TestSpan = { id: 'root', from: 0, to: 100 };
const below = (id: string, from: number, to: number, parentId = 'root'): TestSpan => ({ id, parentId, from, to });

/** Sections in order of time, in milliseconds. */
function pathOf(spans: TestSpan[]): [string, number, number][] {
  const [first] = buildTree(traceOf(spans)).roots;
  return (first ? criticalPath(first) : []).reverse().map(({ span, from, to }) => [span.id, from / 1e6, to / 1e6]);
}

test.each<[string, TestSpan[], [string, number, number][]]>([
  ['a span alone', [root], [['root', 0, 100]]],
  [
    'children one after another',
    [root, below('a', 10, 40), below('b', 50, 90)],
    [
      ['root', 0, 10],
      ['a', 10, 40],
      ['root', 40, 50],
      ['b', 50, 90],
      ['root', 90, 100],
    ],
  ],
  [
    'the last of concurrent children to finish',
    [root, below('a', 10, 60), below('b', 10, 90)],
    [
      ['root', 0, 10],
      ['b', 10, 90],
      ['root', 90, 100],
    ],
  ],
  [
    'no child that overlaps a later one',
    [root, below('a', 10, 60), below('b', 50, 90), below('c', 20, 45)],
    [
      ['root', 0, 20],
      ['c', 20, 45],
      ['root', 45, 50],
      ['b', 50, 90],
      ['root', 90, 100],
    ],
  ],
  [
    'a child that outlives its parent, until the parent ends',
    [root, below('a', 10, 150)],
    [
      ['root', 0, 10],
      ['a', 10, 100],
    ],
  ],
  ['no child that begins after its parent ended', [root, below('a', 110, 150)], [['root', 0, 100]]],
  [
    'children that began before their parent, from the start of the parent',
    [{ ...root, from: 20 }, below('a', 0, 60)],
    [
      ['a', 20, 60],
      ['root', 60, 100],
    ],
  ],
  [
    'children of children',
    [root, below('a', 10, 90), below('b', 20, 80, 'a'), below('c', 30, 95, 'b')],
    [
      ['root', 0, 10],
      ['a', 10, 20],
      ['b', 20, 30],
      ['c', 30, 80],
      ['a', 80, 90],
      ['root', 90, 100],
    ],
  ],
])('the critical path has %s', (_, spans, expected) => {
  expect(pathOf(spans)).toEqual(expected);
});

test('the sections of any trace fill the time of its root without a gap, each inside its span', () => {
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      for (const each of buildTree(trace).roots) {
        const sections = criticalPath(each).reverse();
        expect(sections.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(each.span.to - each.span.from);
        let at = each.span.from;
        for (const { span, from, to } of sections) {
          expect([from, from >= span.from, to <= span.to, to > from]).toEqual([at, true, true, true]);
          at = to;
        }
      }
    }),
  );
});

test('a chain of 50,000 spans has one', () => {
  const spans = Array.from({ length: 50_000 }, (_, index) => below(String(index), 0, 100, String(index - 1)));
  expect(pathOf(spans)).toEqual([['49999', 0, 100]]);
});
