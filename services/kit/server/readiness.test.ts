import { createHealth } from './health';
import { createReadiness } from './readiness';

type Step = ['a' | 'b', boolean];

test.each<[string, { a: boolean; b: boolean }, Step[], boolean[]]>([
  ['nothing that has changed is nothing said', { a: false, b: true }, [], []],
  ['the last of all makes it ready', { a: false, b: true }, [['a', true]], [true]],
  ['one of two does not', { a: false, b: false }, [['a', true]], []],
  [
    'the other one does',
    { a: false, b: false },
    [
      ['a', true],
      ['b', true],
    ],
    [true],
  ],
  [
    'any of them ends it',
    { a: false, b: true },
    [
      ['a', true],
      ['b', false],
    ],
    [true, false],
  ],
  [
    'it comes back',
    { a: false, b: true },
    [
      ['a', true],
      ['b', false],
      ['b', true],
    ],
    [true, false, true],
  ],
  [
    'one that comes back while another is gone changes nothing',
    { a: false, b: true },
    [
      ['a', true],
      ['a', false],
      ['b', false],
      ['b', true],
    ],
    [true, false],
  ],
  [
    'the same twice is said once',
    { a: false, b: true },
    [
      ['a', true],
      ['a', true],
      ['a', false],
      ['a', false],
    ],
    [true, false],
  ],
])('%s', (_, holding, steps, said) => {
  const changes: boolean[] = [];
  const health = createHealth((serving) => changes.push(serving));
  const readiness = createReadiness(health, holding);
  for (const [condition, holds] of steps) readiness.set(condition, holds);
  expect(changes).toEqual(said);
  expect(health.serving).toBe(said.at(-1) ?? false);
});

test('the initial conditions are not changed', () => {
  const holding = Object.freeze({ a: false, b: true });
  createReadiness(createHealth(), holding).set('a', true);
  expect(holding).toEqual({ a: false, b: true });
});
