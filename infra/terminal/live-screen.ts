/** A terminal on which a picture is drawn again and again. */
export interface LiveScreen {
  /** Replaces the picture. Lines that do not fit are left out. */
  draw(lines: string[]): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Takes over a terminal, in its second buffer, so that what was on it is there again afterwards. */
export function openScreen(output: NodeJS.WriteStream): LiveScreen {
  let isOpen = true;
  const close = (): void => {
    if (isOpen) output.write(LEAVE);
    isOpen = false;
  };
  output.write(ENTER);
  // However the process ends.
  process.once('exit', close);
  return {
    draw(lines) {
      const fitting = lines.slice(0, Math.max(1, (output.rows || 24) - 1));
      // One write, and nothing is cleared before it is written over: there is no flicker.
      if (isOpen) output.write(HOME + fitting.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW);
    },
    close() {
      process.off('exit', close);
      close();
    },
  };
}
