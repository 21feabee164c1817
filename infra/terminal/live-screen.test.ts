import { PassThrough } from 'node:stream';
import { CTRL_C, listenToKeys } from './keys';
import { openScreen } from './live-screen';

/** A terminal of four lines that keeps what is written to it. */
function fakeTerminal(): { output: NodeJS.WriteStream; writes: string[] } {
  const writes: string[] = [];
  const output = { rows: 4, write: (text: string) => writes.push(text) } as unknown as NodeJS.WriteStream;
  return { output, writes };
}

test('a picture is written over the one before it, in one go, and is cut where the terminal ends', () => {
  const { output, writes } = fakeTerminal();
  const screen = openScreen(output);
  screen.draw(['one', 'two', 'three', 'four', 'five']);
  expect(writes.slice(1)).toEqual(['\x1b[Hone\x1b[K\ntwo\x1b[K\nthree\x1b[K\n\x1b[J']);
  screen.close();
});

test('the terminal is given back once, with its cursor', () => {
  const { output, writes } = fakeTerminal();
  const listeners = process.listenerCount('exit');
  const screen = openScreen(output);
  screen.close();
  screen.close();
  screen.draw(['late']);
  expect(writes).toEqual(['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l']);
  expect(process.listenerCount('exit')).toBe(listeners);
});

test('keys are told one by one, and the keyboard is given back', () => {
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

test('nobody presses keys where there is no keyboard', () => {
  const input = new PassThrough() as unknown as NodeJS.ReadStream;
  listenToKeys(input, () => undefined)();
  expect(input.listenerCount('data')).toBe(0);
});
