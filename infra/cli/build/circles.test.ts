import { circlesOf } from './circles';

test.each<[string, string, string[]]>([
  ['none', 'ab bc', []],
  ['none where two ways lead to one file', 'ab ac bd cd', []],
  ['a file that imports itself', 'aa', ['aa']],
  ['two files', 'ab ba', ['aba']],
  ['a longer one, without the way to it', 'xa ab bc ca', ['abca']],
  ['several', 'ab ba cd dc bc', ['cdc', 'aba']],
])('circles of imports: %s', (_, edges, circles) => {
  const imports = edges.split(' ').map(([from = '', to = '']) => ({ from, to }));
  const found = circlesOf(imports).map((circle) => circle.join(''));
  expect(found.sort()).toEqual(circles.sort());
});

test('many ways through many files take no time', () => {
  const layers = Array.from({ length: 200 }, (_, layer) => layer);
  const imports = layers.flatMap((layer) =>
    ['a', 'b'].flatMap((from) => ['a', 'b'].map((to) => ({ from: `${from}${layer}`, to: `${to}${layer + 1}` }))),
  );
  expect(circlesOf(imports)).toEqual([]);
});
