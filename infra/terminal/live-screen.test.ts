import { PassThrough } from 'node:stream';
import { CTRL_C, listenToKeys } from './keys';
import { openScreen } from './live-screen';

/** A terminal of four lines that records its output. */
function fakeTerminal(): { output: NodeJS.WriteStream; writes: string[] } {
  const writes: string[] = [];
  const output = { rows: 4, write: (text: string) => writes.push(text) } as unknown as NodeJS.WriteStream;
  return { output, writes };
}

test('a picture is drawn over the last one in one write, and cut at the end of the terminal', () => {
  const { output, writes } = fakeTerminal();
  const screen = openScreen(output);
  screen.draw(['one', 'two', 'three', 'four', 'five']);
  expect(writes.slice(1)).toEqual(['\x1b[Hone\x1b[K\ntwo\x1b[K\nthree\x1b[K\n\x1b[J']);
  screen.close();
});

test('the terminal is restored once, with its cursor', () => {
  const { output, writes } = fakeTerminal();
  const listeners = process.listenerCount('exit');
  const screen = openScreen(output);
  screen.close();
  screen.close();
  screen.draw(['late']);
  expect(writes).toEqual(['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l']);
  expect(process.listenerCount('exit')).toBe(listeners);
});

test('keys are reported one by one, and the keyboard is restored', () => {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(this: unknown, raw: boolean) {
      modes.push(raw);
      return this;
    },
  });
  const keys: string[] = [];
  const stop = listenToKeys(input as unknown as NodeJS.ReadStream, (key) => keys.push(key));
  input.emit('data', Buffer.from(`re${CTRL_C}`));
  stop();
  input.emit('data', Buffer.from('l'));
  expect([keys, modes]).toEqual([
    ['r', 'e', CTRL_C],
    [true, false],
  ]);
});

test('without a keyboard there are no keys', () => {
  const input = new PassThrough() as unknown as NodeJS.ReadStream;
  listenToKeys(input, () => undefined)();
  expect(input.listenerCount('data')).toBe(0);
});
