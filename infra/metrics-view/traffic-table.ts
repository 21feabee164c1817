import { formatColumns } from '../terminal/columns';
import { formatDuration } from '../terminal/duration-text';
import { colorsOf, type Terminal } from '../terminal/terminal';
import { printable, shorten } from '../terminal/width';
import { type MethodRow, rowsOf, type SortKey, totalOf, type Traffic } from './traffic';

/** What of the traffic is shown, and how. */
export interface TableOptions {
  terminal: Pick<Terminal, 'width' | 'colors'>;
  sort: SortKey;
  service: string | undefined;
  /** How many methods fit; the others are counted. */
  maxRows: number;
}

const COLUMNS = [
  { title: 'service' },
  { title: 'method', fit: shorten },
  { title: 'calls/s', align: 'right' as const },
  { title: 'errors', align: 'right' as const },
  { title: 'p50', align: 'right' as const },
  { title: 'p95', align: 'right' as const },
  { title: 'p99', align: 'right' as const },
];

/** The calls of all methods as the lines of a table, with their total. None of the lines is wider than the terminal. */
export function formatTraffic(traffic: Traffic, { terminal, sort, service, maxRows }: TableOptions): string[] {
  const { width, colors } = terminal;
  const rows = rowsOf(traffic, sort, service);
  const shown = rows.slice(0, Math.max(1, maxRows));
  const ofService = colorsOf(rows.map((row) => row.service).sort(), colors);
  const cells = shown.map((row) => cellsOf(row, width, ofService(row.service), colors.red));
  const total = cellsOf(totalOf(traffic, service), width, colors.bold, colors.red);
  const [titles = '', ...lines] = formatColumns(COLUMNS, [...cells, total], width);
  const left = rows.length - shown.length;
  return [colors.dim(titles), ...lines.slice(0, -1), ...(left > 0 ? [`… ${left} more`] : []), lines.at(-1) ?? ''];
}

function cellsOf(
  row: MethodRow,
  width: number,
  paint: (text: string) => string,
  red: (text: string) => string,
): string[] {
  const { service, method, rate, errorShare, p50, p95, p99 } = row;
  const errors = errorShare === undefined ? '-' : `${(errorShare * 100).toFixed(1)} %`;
  return [
    paint(shorten(printable(service), width < 80 ? 10 : 20)),
    // The package is the longest part of a name and says least.
    printable(method).replace(/^(?:\w+\.)+(\w+\/\w+)$/, '$1'),
    rate > 0 ? rate.toFixed(rate < 10 ? 2 : rate < 100 ? 1 : 0) : '-',
    errorShare ? red(errors) : errors,
    ...[p50, p95, p99].map((seconds) => (seconds === undefined ? '-' : formatDuration(Math.round(seconds * 1e9)))),
  ];
}

/** The traffic for programs. Durations in milliseconds; what there were too few calls for is null. */
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
