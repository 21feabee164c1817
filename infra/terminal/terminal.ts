import pc from 'picocolors';

/** The functions that colour a text, or leave it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** What a command writes to. */
export interface Terminal {
  /** In columns; 120 where the output goes to a file or another program. */
  width: number;
  /** In lines; undefined where it is not a terminal. */
  height: number | undefined;
  colors: Colors;
}

const WIDTH_OF_A_FILE = 120;

/** Narrower terminals get lines of this width, which they break. */
const NARROWEST = 40;

/** @see https://no-color.org */
export function terminalOf(output: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Terminal {
  const { NO_COLOR, FORCE_COLOR, TERM, COLUMNS } = environment;
  const forced = Boolean(FORCE_COLOR) && FORCE_COLOR !== '0';
  // A file has no such property at all, and where colours are undefined picocolors would decide by itself.
  const isTerminal = 'isTTY' in output && output.isTTY;
  const colored = !NO_COLOR && (forced || (isTerminal && TERM !== 'dumb'));
  const width = output.isTTY ? output.columns : Number(COLUMNS) || WIDTH_OF_A_FILE;
  return {
    // A terminal that does not know its size says 0.
    width: Math.max(NARROWEST, width || 80),
    height: output.isTTY ? output.rows || 24 : undefined,
    colors: pc.createColors(colored),
  };
}

const PALETTE = ['cyan', 'magenta', 'yellow', 'blue', 'green'] as const;

/** Gives each of several names a colour; red is for errors. @param names in the order in which they get theirs */
export function colorsOf(names: string[], colors: Colors): (name: string) => (text: string) => string {
  const all = [...new Set(names)];
  return (name) => colors[PALETTE[Math.max(0, all.indexOf(name)) % PALETTE.length] ?? 'white'];
}
