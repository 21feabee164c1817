/**
 * Tells of each key as it is pressed, where somebody can press one.
 *
 * @returns a function that gives the keyboard back
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

/** What a terminal in raw mode sends for Ctrl-C instead of a signal. */
export const CTRL_C = '\x03';
