import type { Section } from './critical-path';

/** A stretch of time, in nanoseconds from the start of the trace. */
export type Stretch = Pick<Section, 'from' | 'to'>;

/** Where nothing runs, where a span runs, and where the trace waits for it. */
export type Cell = 'empty' | 'running' | 'critical';

/** Time as columns of a terminal: the whole trace is as wide as the bar. */
export interface Scale {
  /** The length of the trace in nanoseconds. */
  duration: number;
  width: number;
}

/**
 * The cells of a bar. A span has at least one, however short it is; one is critical when at least half of what runs in it
 * is on the critical path.
 */
export function barOf(spans: Stretch[], critical: Stretch[], scale: Scale): Cell[] {
  const [running, waited] = [coverOf(spans, scale), coverOf(critical, scale)];
  const cells = Array.from({ length: scale.width }, (_, column): Cell => {
    const [runs = 0, waits = 0] = [running[column], waited[column]];
    if (waits > 0 && waits >= Math.min(1, runs) / 2) return 'critical';
    return runs > 0 ? 'running' : 'empty';
  });
  for (const { from } of spans) if (cells[columnOf(from, scale)] === 'empty') cells[columnOf(from, scale)] = 'running';
  // What is spread too thinly would not be seen.
  if (critical[0] && !cells.includes('critical')) cells[columnOf(critical[0].from, scale)] = 'critical';
  return cells;
}

/** How much of each cell is covered; by several together it can be more than 1. */
function coverOf(stretches: Stretch[], scale: Scale): number[] {
  const cover = new Array<number>(scale.width).fill(0);
  for (const { from, to } of stretches) {
    const [start, end] = [positionOf(from, scale), positionOf(to, scale)];
    for (let column = columnOf(from, scale); column <= columnOf(to, scale); column++)
      cover[column] = (cover[column] ?? 0) + Math.max(0, Math.min(end, column + 1) - Math.max(start, column));
  }
  return cover;
}

/** The column in which a point in time lies. */
export function columnOf(at: number, scale: Scale): number {
  return Math.max(0, Math.min(scale.width - 1, Math.floor(positionOf(at, scale))));
}

function positionOf(at: number, { duration, width }: Scale): number {
  return duration === 0 ? 0 : (at / duration) * width;
}
