import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ServerCodec } from '../protocol/codec';
import { prepareInTurn } from './preparation';

const lines: unknown[] = [];
const log = { error: (line: unknown) => lines.push(line) } as unknown as Logger;

function codecs(prepared: number[], ...failing: number[]): ServerCodec[] {
  return [0, 1, 2].map((index) => ({
    prepare: () => {
      prepared.push(index);
      if (failing.includes(index)) throw new Error('the rules of test.Message: no');
    },
    decode: () => ({}) as never,
    encode: () => Buffer.alloc(0),
  }));
}

afterEach(() => void lines.splice(0));

test('nothing at once, then one in each turn of the event loop', async () => {
  const prepared: number[] = [];
  prepareInTurn(codecs(prepared), log, new AbortController().signal);
  const counts = [prepared.length];
  for (let turn = 0; turn < 4; turn += 1) {
    await nextTurn();
    counts.push(prepared.length);
  }
  expect(counts).toEqual([0, 1, 2, 3, 3]);
});

test('what fails is logged and keeps the others from nothing', async () => {
  const prepared: number[] = [];
  prepareInTurn(codecs(prepared, 0, 2), log, new AbortController().signal);
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
  expect(prepared).toEqual([0, 1, 2]);
  const line = { err: expect.objectContaining({ message: 'the rules of test.Message: no' }) };
  expect(lines).toEqual([line, line]);
});

test('a service that stops prepares no more', async () => {
  const prepared: number[] = [];
  const stopping = new AbortController();
  prepareInTurn(codecs(prepared), log, stopping.signal);
  await nextTurn();
  stopping.abort();
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  expect(prepared).toEqual([0]);
});
