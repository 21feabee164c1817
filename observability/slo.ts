import type { Objective } from './objectives';
import { percent } from './objectives';
import { selector } from './promql';
import type { AlertingRule, RecordingRule } from './rule-file';

/** The windows of objectives; the long ones are expensive to compute. */
export const SHORT_WINDOWS = ['5m', '30m', '1h'] as const;
export const LONG_WINDOWS = ['2h', '6h', '1d', '3d'] as const;

type Window = (typeof SHORT_WINDOWS)[number] | (typeof LONG_WINDOWS)[number];

/** A condition for an alert on a budget. */
interface BurnRate {
  /** How many times faster than allowed the budget burns. */
  readonly factor: number;
  readonly long: Window;
  /** The budget must also burn in this window, so the alert ends soon after its cause. */
  readonly short: Window;
  readonly longSeconds: number;
  readonly severity: 'page' | 'ticket';
}

/** @see https://sre.google/workbook/alerting-on-slos/ (6: multiwindow, multi-burn-rate alerts) */
const BURN_RATES: readonly BurnRate[] = [
  { factor: 14.4, long: '1h', short: '5m', longSeconds: 3_600, severity: 'page' },
  { factor: 6, long: '6h', short: '30m', longSeconds: 21_600, severity: 'page' },
  { factor: 3, long: '1d', short: '2h', longSeconds: 86_400, severity: 'ticket' },
  { factor: 1, long: '3d', short: '6h', longSeconds: 259_200, severity: 'ticket' },
];

/** The period of a budget, in days. */
const PERIOD_DAYS = 30;

/**
 * The least number of misses in the long window for an alert: with little traffic one failure is a large share.
 */
const LEAST_MISSES = 5;

/** Labels of every series of an environment. */
type Labels = Readonly<Record<string, string>>;

/** Records calls per second and the ratio of misses, for each window. */
export function objectiveRecords(objective: Objective, windows: readonly Window[], common: Labels): RecordingRule[] {
  const labels = labelsOf(objective, common);
  return windows.flatMap((window) => [
    { record: callsName(objective, window), expr: objective.calls(window), labels },
    { record: missesName(objective, window), expr: missRatio(objective, window, labels), labels },
  ]);
}

/** No value without calls; 0 if there is no series of failures yet. */
function missRatio(objective: Objective, window: Window, labels: Labels): string {
  const calls = series(callsName(objective, window), labels);
  return `clamp_min(${objective.misses(window, calls)} or on() 0 * ${calls}, 0) / on() (${calls} > 0)`;
}

function series(name: string, labels: Labels): string {
  return selector(
    name,
    Object.entries(labels).map(([label, value]) => [label, '=', value]),
  );
}

/** Records the target, so that a dashboard can show it. */
export function targetRecord(objective: Objective, common: Labels): RecordingRule {
  const record = `${levelOf(objective)}:slo_target:ratio`;
  return { record, expr: `vector(${objective.target})`, labels: labelsOf(objective, common) };
}

/** One alert per pair of windows, if the objective can be missed that far. */
export function burnAlerts(objective: Objective, common: Labels, runbook: string): AlertingRule[] {
  const possible = BURN_RATES.filter(({ factor }) => factor * objective.budget < 1);
  return possible.map((burn) => burnAlert(objective, burn, common, runbook));
}

function burnAlert(objective: Objective, burn: BurnRate, common: Labels, runbook: string): AlertingRule {
  const labels = labelsOf(objective, common);
  const threshold = Number((burn.factor * objective.budget).toFixed(9));
  const long = series(missesName(objective, burn.long), labels);
  const enough = `${long} * ${series(callsName(objective, burn.long), labels)} * ${burn.longSeconds} >= ${LEAST_MISSES}`;
  return {
    alert: objective.name === 'availability' ? 'WeftAvailabilityBurn' : 'WeftLatencyBurn',
    expr: `${long} > ${threshold} and ${series(missesName(objective, burn.short), labels)} > ${threshold} and ${enough}`,
    labels: { ...labels, severity: burn.severity, window: burn.long },
    annotations: burnTexts(objective, burn, runbook),
  };
}

function burnTexts({ service, method, target, meets, name }: Objective, burn: BurnRate, runbook: string) {
  const of = method === undefined ? service : `${service}, ${method}`;
  const days = Number((PERIOD_DAYS / burn.factor).toFixed(1));
  const traces = name === 'availability' ? '--errors' : '--slow';
  return {
    summary: `${of}: {{ $value | humanizePercentage }} of calls in the last ${burn.long} did not ${meets}`,
    description:
      `The objective is that ${percent(target)}% of calls ${meets}. At this rate the error budget of ` +
      `${PERIOD_DAYS} days is used up in less than ${days} days. Look at the dashboard of ${service} ` +
      `and at its traces: weft trace --service ${service} ${traces}`,
    runbook_url: `${runbook}#${name === 'availability' ? 'availability-burns' : 'latency-burns'}`,
  };
}

/** Alerts when a latency objective cannot be measured, which would otherwise look healthy. */
export function unmeasuredAlert(objective: Objective, common: Labels, runbook: string): AlertingRule[] {
  if (objective.name === 'availability') return [];
  const { service, method, name, meets } = objective;
  return [
    {
      alert: 'WeftObjectiveUnmeasured',
      expr: `(${objective.allCalls('30m')} > 0) unless on() (${objective.calls('30m')} > 0)`,
      for: '30m',
      labels: { ...labelsOf(objective, common), severity: 'ticket' },
      annotations: {
        summary: `${method === undefined ? service : `${service}, ${method}`}: cannot measure how many calls ${meets}`,
        description:
          `There are calls, but their duration histogram has no bucket at the limit of ${name}. Roll out a version ` +
          'with that objective, or add the bucket to an image with its own metrics.',
        runbook_url: `${runbook}#objective-unmeasured`,
      },
    },
  ];
}

function labelsOf({ service, method, name }: Objective, common: Labels): Labels {
  return { ...common, service_name: service, ...(method !== undefined && { method }), slo: name };
}

function levelOf({ method }: Objective): 'service' | 'method' {
  return method === undefined ? 'service' : 'method';
}

function callsName(objective: Objective, window: Window): string {
  return `${levelOf(objective)}:slo_calls:rate${window}`;
}

function missesName(objective: Objective, window: Window): string {
  return `${levelOf(objective)}:slo_misses:ratio_rate${window}`;
}
