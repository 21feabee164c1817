import type { Section } from './critical-path';

/** A period, in nanoseconds from the start of the trace. */
export type Period = Pick<Section, 'from' | 'to'>;

/** A cell is critical where the trace waits for the span. */
export type Cell = 'empty' | 'running' | 'critical';

/** Maps time to columns of a terminal: the whole trace is as wide as the bar. */
export interface Scale {
  /** The length of the trace in nanoseconds. */
  duration: number;
  width: number;
}

/**
 * The cells of a bar. Even a short span has one cell. A cell is critical if at least half of its running time is on the
 * critical path.
 */
export function barOf(spans: Period[], critical: Period[], scale: Scale): Cell[] {
  const [running, waited] = [coverage(spans, scale), coverage(critical, scale)];
  const cells = Array.from({ length: scale.width }, (_, column): Cell => {
    const [runs = 0, waits = 0] = [running[column], waited[column]];
    if (waits > 0 && waits >= Math.min(1, runs) / 2) return 'critical';
    return runs > 0 ? 'running' : 'empty';
  });
  for (const { from } of spans) if (cells[columnOf(from, scale)] === 'empty') cells[columnOf(from, scale)] = 'running';
  // Too short to fill half of any cell.
  if (critical[0] && !cells.includes('critical')) cells[columnOf(critical[0].from, scale)] = 'critical';
  return cells;
}

/** How much of each cell is covered; overlapping periods can add up to more than 1. */
function coverage(periods: Period[], scale: Scale): number[] {
  const cover = new Array<number>(scale.width).fill(0);
  for (const { from, to } of periods) {
    const [start, end] = [position(from, scale), position(to, scale)];
    for (let column = columnOf(from, scale); column <= columnOf(to, scale); column++)
      cover[column] = (cover[column] ?? 0) + Math.max(0, Math.min(end, column + 1) - Math.max(start, column));
  }
  return cover;
}

/** The column in which a point in time lies. */
export function columnOf(at: number, scale: Scale): number {
  return Math.max(0, Math.min(scale.width - 1, Math.floor(position(at, scale))));
}

function position(at: number, { duration, width }: Scale): number {
  return duration === 0 ? 0 : (at / duration) * width;
}
