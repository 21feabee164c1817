/** A terminal that shows one changing picture. */
export interface LiveScreen {
  /** Replaces the picture, without the lines that do not fit. */
  draw(lines: string[]): void;
  /** Restores the terminal. */
  close(): void;
}

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Takes over a terminal. It uses the alternate buffer, so closing restores the previous content. */
export function openScreen(output: NodeJS.WriteStream): LiveScreen {
  let isOpen = true;
  const close = (): void => {
    if (isOpen) output.write(LEAVE);
    isOpen = false;
  };
  output.write(ENTER);
  // On every way the process can end.
  process.once('exit', close);
  return {
    draw(lines) {
      const fitting = lines.slice(0, Math.max(1, (output.rows || 24) - 1));
      // One write that overwrites before it clears, against flicker.
      if (isOpen) output.write(HOME + fitting.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW);
    },
    close() {
      process.off('exit', close);
      close();
    },
  };
}
