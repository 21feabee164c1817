import fc from 'fast-check';
import { LiveCalls } from './live-calls';

interface Call {
  id: number;
  index: number;
}

const calls = Array.from({ length: 10 }, (_, id): Call => ({ id, index: 0 }));

/** Each stands for a call: one that is there ends, one that is not there begins. */
const events = fc.array(fc.constantFrom(...calls), { maxLength: 50 });

test('has the calls that a set would have', () => {
  fc.assert(
    fc.property(events, (order) => {
      const live = new LiveCalls<Call>();
      const expected = new Set<Call>();
      for (const call of order) {
        if (expected.has(call)) live.delete(call);
        else live.add(call);
        if (!expected.delete(call)) expected.add(call);
      }
      expect(new Set(live.all())).toEqual(expected);
      expect(live.all()).toHaveLength(expected.size);
    }),
  );
});

test('ends a call once', () => {
  const live = new LiveCalls<Call>();
  const [first, second] = calls as [Call, Call];
  live.add(first);
  live.add(second);
  live.delete(first);
  live.delete(first);
  expect(live.all()).toEqual([second]);
});

test('can be gone through while calls end', () => {
  const live = new LiveCalls<Call>();
  for (const call of calls) live.add(call);
  for (const call of live.all()) live.delete(call);
  expect(live.all()).toEqual([]);
});
