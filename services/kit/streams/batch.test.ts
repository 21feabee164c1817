import { setTimeout as sleep } from 'node:timers/promises';
import { batch } from './batch';

async function all<T>(batches: AsyncIterable<T[]>): Promise<T[][]> {
  const found: T[][] = [];
  for await (const some of batches) found.push(some);
  return found;
}

async function* slowly(items: number[], pauseMs: number): AsyncGenerator<number> {
  for (const item of items) {
    await sleep(pauseMs);
    yield item;
  }
}

async function* atOnce(items: number[]): AsyncGenerator<number> {
  yield* items;
}

test.each<[string, (items: number[]) => Iterable<number> | AsyncIterable<number>]>([
  ['an array', (items) => items],
  ['a generator that has all at once', atOnce],
])('%s comes in full batches, the last one with what is left', async (_, source) => {
  expect(await all(batch(source([1, 2, 3, 4, 5]), { size: 2 }))).toEqual([[1, 2], [3, 4], [5]]);
  expect(await all(batch(source([1, 2]), { size: 2 }))).toEqual([[1, 2]]);
  expect(await all(batch(source([]), { size: 2 }))).toEqual([]);
});

test('a slow source does not wait for a batch to fill', async () => {
  expect(await all(batch(slowly([1, 2, 3], 20), { size: 100 }))).toEqual([[1], [2], [3]]);
});

test.each([0, 20])('what came before a source breaks is still sent, %i ms before', async (pauseMs) => {
  async function* breaking(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    if (pauseMs > 0) await sleep(pauseMs);
    throw new Error('broken');
  }
  const found: number[][] = [];
  const reading = (async () => {
    for await (const some of batch(breaking(), { size: 10 })) found.push(some);
  })();
  await expect(reading).rejects.toThrow('broken');
  expect(found).toEqual([[1, 2]]);
});

test('who stops reading ends the source', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let n = 0; ; n += 1) yield n;
    } finally {
      ended = true;
    }
  }
  for await (const some of batch(endless(), { size: 3 })) {
    expect(some).toEqual([0, 1, 2]);
    break;
  }
  expect(ended).toBe(true);
});

test('a source that breaks while a full batch is being read does not end the process', async () => {
  const unhandled = jest.fn();
  process.once('unhandledRejection', unhandled);
  async function* breaking(): AsyncGenerator<number> {
    yield* [1, 2];
    throw new Error('broken');
  }
  const reading = (async () => {
    for await (const some of batch(breaking(), { size: 2 })) {
      expect(some).toEqual([1, 2]);
      await sleep(20);
    }
  })();
  await expect(reading).rejects.toThrow('broken');
  expect(unhandled).not.toHaveBeenCalled();
  process.off('unhandledRejection', unhandled);
});
