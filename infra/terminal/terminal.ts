import pc from 'picocolors';

/** Functions that colour a text, or leave it plain. */
export type Colors = ReturnType<typeof pc.createColors>;

/** The output of a command. */
export interface Terminal {
  /** In columns; 120 for a file or a pipe. */
  width: number;
  /** In lines; undefined for a file or a pipe. */
  height: number | undefined;
  colors: Colors;
}

const WIDTH_OF_A_FILE = 120;

/** A narrower terminal gets lines of this width and wraps them. */
const NARROWEST = 40;

/** @see https://no-color.org */
export function terminalOf(output: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Terminal {
  const { NO_COLOR, FORCE_COLOR, TERM, COLUMNS } = environment;
  const forced = Boolean(FORCE_COLOR) && FORCE_COLOR !== '0';
  // A file lacks this property, and picocolors decides by itself if its argument is undefined.
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

/** Assigns a colour to each name, in order; red is for errors. */
export function colorsOf(names: string[], colors: Colors): (name: string) => (text: string) => string {
  const all = [...new Set(names)];
  return (name) => colors[PALETTE[Math.max(0, all.indexOf(name)) % PALETTE.length] ?? 'white'];
}
