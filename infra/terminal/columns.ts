import { padEnd, padStart, widthOf } from './width';

const GAP = 2;

/** A column of a table. */
export interface Column {
  title: string;
  align?: 'right';
  /** Shortens a cell if the table is too wide for the terminal; only one column can have this. */
  fit?: (cell: string, width: number) => string;
  /** Colours a fitted cell. @param row from 0, without the titles */
  paint?: (cell: string, row: number) => string;
}

/** Formats a table: the first line has the titles, cells without `fit` may have colours. @param width of the terminal */
export function formatColumns(columns: Column[], rows: string[][], width: number): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(...[title, ...rows.map((row) => row[index] ?? '')].map(widthOf)),
  );
  const excess = sum(widths) + GAP * (columns.length - 1) - width;
  const flexible = columns.findIndex(({ fit }) => fit !== undefined);
  if (excess > 0 && flexible !== -1) widths[flexible] = Math.max(4, (widths[flexible] ?? 0) - excess);
  return [columns.map(({ title }) => title), ...rows].map((row, index) => formatRow(columns, row, widths, index - 1));
}

function formatRow(columns: Column[], row: string[], widths: number[], at: number): string {
  const cells = columns.map(({ align, fit, paint }, index) => {
    const [width, cell] = [widths[index] ?? 0, row[index] ?? ''];
    const fitted = fit && widthOf(cell) > width ? fit(cell, width) : cell;
    const painted = paint && at >= 0 ? paint(fitted, at) : fitted;
    return align === 'right' ? padStart(painted, width) : padEnd(painted, width);
  });
  return cells.join(' '.repeat(GAP)).trimEnd();
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
