import { type Column, formatColumns } from '../terminal/columns';
import { formatDuration } from '../terminal/duration-text';
import { type Colors, colorsOf, type Terminal } from '../terminal/terminal';
import { printable, shorten } from '../terminal/width';
import { type MethodRow, rowsOf, type SortKey, totalOf, type Traffic } from './traffic';

/** Options of the table. */
export interface TableOptions {
  terminal: Pick<Terminal, 'width' | 'colors'>;
  sort: SortKey;
  service: string | undefined;
  /** The number of methods to show; the others are counted. */
  maxRows: number;
}

/** In a narrower terminal the median is left out, and service and method share a column. */
const WIDE = 72;

/** Formats the calls of all methods and their total as a table that is no wider than the terminal. */
export function formatTraffic(traffic: Traffic, { terminal, sort, service, maxRows }: TableOptions): string[] {
  const { width, colors } = terminal;
  const rows = rowsOf(traffic, sort, service);
  const shown = rows.slice(0, Math.max(1, maxRows));
  const all = [...shown, totalOf(traffic, service)];
  const paint = painterOf(all, rows, colors);
  const [titles = '', ...lines] = formatColumns(
    columnsOf(width, paint),
    all.map((row) => cellsOf(row, width, colors)),
    width,
  );
  const left = rows.length - shown.length;
  return [colors.dim(titles), ...lines.slice(0, -1), ...(left > 0 ? [`… ${left} more`] : []), lines.at(-1) ?? ''];
}

type Painter = (cell: string, row: number) => string;

/** A service keeps its colour in any sort order; the total is bold. */
function painterOf(all: MethodRow[], rows: MethodRow[], colors: Colors): Painter {
  const ofService = colorsOf(rows.map(({ service }) => service).sort(), colors);
  return (cell, row) => (row === all.length - 1 ? colors.bold(cell) : ofService(all[row]?.service ?? '')(cell));
}

function columnsOf(width: number, paint: Painter): Column[] {
  const numbers = ['calls/s', 'errors', ...(width < WIDE ? [] : ['p50']), 'p95', 'p99'];
  const names: Column[] =
    width < WIDE
      ? [{ title: 'method', fit: shorten, paint }]
      : [
          { title: 'service', paint },
          { title: 'method', fit: shorten },
        ];
  return [...names, ...numbers.map((title): Column => ({ title, align: 'right' }))];
}

function cellsOf(
  { service, method, rate, errorShare, p50, p95, p99 }: MethodRow,
  width: number,
  colors: Colors,
): string[] {
  // The package is the longest part of a name and the least telling.
  const name = printable(method).replace(/^(?:\w+\.)+(\w+\/\w+)$/, '$1');
  const errors = errorShare === undefined ? '-' : `${(errorShare * 100).toFixed(1)} %`;
  return [
    ...(width < WIDE ? [`${printable(service)} ${name}`.trim()] : [shorten(printable(service), 20), name]),
    rate > 0 ? rate.toFixed(rate < 10 ? 2 : rate < 100 ? 1 : 0) : '-',
    errorShare ? colors.red(errors) : errors,
    ...(width < WIDE ? [p95, p99] : [p50, p95, p99]).map((seconds) =>
      seconds === undefined ? '-' : formatDuration(Math.round(seconds * 1e9)),
    ),
  ];
}

/** The traffic as JSON. Durations are in milliseconds; a number without enough calls is null. */
export function trafficJson(traffic: Traffic, sort: SortKey, service: string | undefined, now: Date): object {
  return {
    time: now.toISOString(),
    seconds: traffic.seconds,
    methods: rowsOf(traffic, sort, service).map(rowJson),
    total: rowJson(totalOf(traffic, service)),
  };
}

function rowJson({ service, method, rate, errorShare, p50, p95, p99 }: MethodRow): object {
  const ms = (seconds: number | undefined): number | null => (seconds === undefined ? null : seconds * 1000);
  const row = { rate, errorShare: errorShare ?? null, p50Ms: ms(p50), p95Ms: ms(p95), p99Ms: ms(p99) };
  return method === '' ? row : { service, method, ...row };
}
