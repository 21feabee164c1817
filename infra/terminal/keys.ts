/**
 * Reports each key press, if the input is a keyboard.
 *
 * @returns a function that restores the keyboard
 */
export function listenToKeys(input: NodeJS.ReadStream, pressed: (key: string) => void): () => void {
  if (!input.isTTY) return () => undefined;
  const read = (bytes: Buffer): void => {
    for (const key of bytes.toString()) pressed(key);
  };
  input.setRawMode(true).resume().on('data', read);
  return () => {
    input.off('data', read).setRawMode(false).pause();
  };
}

/** A terminal in raw mode sends this for Ctrl-C instead of a signal. */
export const CTRL_C = '\x03';
