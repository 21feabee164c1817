import { setTimeout as sleep } from 'node:timers/promises';
import { parseDuration } from '../../../services/kit/declaration/duration';
import { formatTraffic, trafficJson } from '../../metrics-view/traffic-table';
import type { SortKey, Traffic } from '../../metrics-view/traffic';
import { followMetricsPage } from '../../telemetry-query/metrics-page';
import { queryTraffic } from '../../telemetry-query/prometheus';
import { CTRL_C, listenToKeys } from '../../terminal/keys';
import { openScreen } from '../../terminal/live-screen';
import { terminalOf } from '../../terminal/terminal';
import { cut } from '../../terminal/width';
import type { Project } from '../build/project';
import { telemetrySource } from './telemetry-place';

/** The arguments of `weft top`. */
export interface TopOptions {
  service?: string;
  sort: SortKey;
  /** How often to refresh. */
  interval: string;
  window?: string;
  once?: boolean;
  json: boolean;
  prometheus?: string;
}

/** Prometheus scrapes less often than a laptop is read. */
const LOCAL_WINDOW = '10s';
const PROMETHEUS_WINDOW = '1m';

const MIN_INTERVAL_MS = 100;

/** Reads traffic; undefined while there is too little to tell. */
interface Source {
  read(): Promise<Traffic | undefined>;
  windowMs: number;
}

/** Shows the calls of all methods until it is ended. @throws Error that says what to do if they cannot be read */
export async function top(project: () => Project, options: TopOptions): Promise<void> {
  const intervalMs = parseDuration(options.interval);
  if (intervalMs < MIN_INTERVAL_MS)
    throw new Error(`--interval ${options.interval} is too short; write at least 100ms`);
  const source = sourceOf(project, options, intervalMs);
  if (options.once) return showOnce(source, options);
  if (options.json || !process.stdout.isTTY) return print(source, options, intervalMs);
  return showLive(source, options, intervalMs);
}

function sourceOf(project: () => Project, { prometheus, window }: TopOptions, intervalMs: number): Source {
  const { endpoint, isLocal } = telemetrySource(project, {
    api: 'metrics',
    serverName: 'Prometheus',
    option: '--prometheus',
    url: prometheus,
  });
  const windowMs = Math.max(intervalMs, parseDuration(window ?? (isLocal ? LOCAL_WINDOW : PROMETHEUS_WINDOW)));
  if (isLocal) return { windowMs, read: followMetricsPage(endpoint, windowMs).read };
  return { windowMs, read: () => queryTraffic(endpoint, windowMs) };
}

async function showOnce(source: Source, options: TopOptions): Promise<void> {
  let traffic = await source.read();
  if (!traffic) {
    process.stderr.write(`counting calls for ${source.windowMs / 1000} s\n`);
    await sleep(source.windowMs);
    traffic = await source.read();
  }
  if (traffic) printOne(traffic, options);
}

async function print(source: Source, options: TopOptions, intervalMs: number): Promise<void> {
  for (let isFirst = true; ;) {
    const traffic = await source.read();
    if (traffic) {
      if (!isFirst && !options.json) process.stdout.write('\n');
      printOne(traffic, options);
      isFirst = false;
    }
    await sleep(intervalMs);
  }
}

function printOne(traffic: Traffic, { json, sort, service }: TopOptions): void {
  const terminal = terminalOf(process.stdout, process.env);
  const text = json
    ? JSON.stringify(trafficJson(traffic, sort, service, new Date()))
    : [formatTitle(traffic), ...formatTraffic(traffic, { terminal, sort, service, maxRows: Infinity })].join('\n');
  process.stdout.write(`${text}\n`);
}

const SORT_OF_KEY: Record<string, SortKey> = { r: 'rate', e: 'errors', l: 'latency' };
const HELP = 'sort by: r rate  e errors  l latency    q quit';

async function showLive(source: Source, options: TopOptions, intervalMs: number): Promise<void> {
  let [traffic, problem, sort] = [await source.read(), '', options.sort];
  const screen = openScreen(process.stdout);
  const draw = (): void => {
    screen.draw(formatPicture(traffic, { ...options, sort }, problem));
  };
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const stopListening = listenToKeys(process.stdin, (key) => {
    if (key === 'q' || key === CTRL_C) end();
    sort = SORT_OF_KEY[key] ?? sort;
    draw();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  process.stdout.on('resize', draw);
  try {
    for (;;) {
      draw();
      await sleep(intervalMs, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) break;
      // It answered a moment ago, so this may pass; the last picture stays.
      [traffic, problem] = await source.read().then(
        (read) => [read ?? traffic, ''],
        (error: Error) => [traffic, error.message],
      );
    }
  } finally {
    process.stdout.off('resize', draw);
    stopListening();
    screen.close();
  }
  if (traffic) printOne(traffic, { ...options, sort });
}

function formatPicture(traffic: Traffic | undefined, { sort, service }: TopOptions, problem: string): string[] {
  const { width, height = 24, colors } = terminalOf(process.stdout, process.env);
  const foot = ['', ...(problem ? [colors.red(cut(problem, width))] : []), colors.dim(cut(HELP, width))];
  if (!traffic) return ['counting calls', ...foot];
  const maxRows = height - foot.length - 5;
  return [
    formatTitle(traffic),
    ...formatTraffic(traffic, { terminal: { width, colors }, sort, service, maxRows }),
    ...foot,
  ];
}

function formatTitle({ seconds }: Traffic): string {
  return `calls on servers in the last ${seconds < 60 ? `${Math.round(seconds)} s` : `${Number((seconds / 60).toFixed(1))} min`}`;
}
