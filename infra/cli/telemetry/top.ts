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
import { telemetryPlace } from './telemetry-place';

/** What `weft top` was told. */
export interface TopOptions {
  service?: string;
  sort: SortKey;
  /** Durations: how often to look, and how long ago calls may be to count. */
  interval: string;
  window?: string;
  once?: boolean;
  json: boolean;
  prometheus?: string;
}

/** A while that has some calls in it; Prometheus looks less often. */
const LOCAL_WINDOW = '10s';
const PROMETHEUS_WINDOW = '1m';

const MIN_INTERVAL_MS = 100;

/** Where traffic is read: nothing while there is too little to tell. */
interface Source {
  read(): Promise<Traffic | undefined>;
  windowMs: number;
}

/** Shows the calls of all methods, again and again. @throws Error that says what to do where they cannot be read */
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
  const { endpoint, isLocal } = telemetryPlace(project, {
    asks: 'metrics',
    what: 'Prometheus',
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
    : [titleOf(traffic), ...formatTraffic(traffic, { terminal, sort, service, maxRows: Infinity })].join('\n');
  process.stdout.write(`${text}\n`);
}

const SORT_OF_KEY: Record<string, SortKey> = { r: 'rate', e: 'errors', l: 'latency' };
const HELP = 'sort by: r rate  e errors  l latency    q quit';

async function showLive(source: Source, options: TopOptions, intervalMs: number): Promise<void> {
  let [traffic, trouble, sort] = [await source.read(), '', options.sort];
  const screen = openScreen(process.stdout);
  const draw = (): void => {
    screen.draw(pictureOf(traffic, { ...options, sort }, trouble));
  };
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const leaveKeys = listenToKeys(process.stdin, (key) => {
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
      // It answered a moment ago, so this may pass.
      [traffic, trouble] = await source.read().then(
        (read) => [read ?? traffic, ''],
        (error: Error) => [traffic, error.message],
      );
    }
  } finally {
    process.stdout.off('resize', draw);
    leaveKeys();
    screen.close();
  }
  // What was seen last stays.
  if (traffic) printOne(traffic, { ...options, sort });
}

function pictureOf(traffic: Traffic | undefined, { sort, service }: TopOptions, trouble: string): string[] {
  const { width, height = 24, colors } = terminalOf(process.stdout, process.env);
  const foot = ['', ...(trouble ? [colors.red(cut(trouble, width))] : []), colors.dim(cut(HELP, width))];
  if (!traffic) return ['counting calls', ...foot];
  const maxRows = height - foot.length - 5;
  return [
    titleOf(traffic),
    ...formatTraffic(traffic, { terminal: { width, colors }, sort, service, maxRows }),
    ...foot,
  ];
}

function titleOf({ seconds }: Traffic): string {
  return `calls on servers in the last ${seconds < 60 ? `${Math.round(seconds)} s` : `${Number((seconds / 60).toFixed(1))} min`}`;
}
