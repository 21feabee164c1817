import type { AttributeEntry, MetricEntry } from './entry';

const RULES = { stability: 'development', source: 'rules' } as const;

export const RULE_ATTRIBUTES: readonly AttributeEntry[] = [
  {
    name: 'slo',
    description: 'The objective: that calls succeed, or a quantile of how long they may take.',
    values: 'declarations',
    examples: ['availability', 'p99'],
    ...RULES,
  },
  {
    name: 'method',
    description: 'The method that an objective is for, as the declaration calls it.',
    values: 'declarations',
    examples: ['getUserInfo', 'search'],
    ...RULES,
  },
];

/** The windows that dashboards show. */
export const BURN_WINDOWS = ['1h', '6h', '3d'] as const;

const OF = { service: ['service.name', 'slo'], method: ['service.name', 'method', 'slo'] } as const;

function recorded(name: string, description: string): MetricEntry[] {
  return (['service', 'method'] as const).map((level) => ({
    name: `${level}:${name}`,
    type: 'gauge',
    unit: '',
    description: `${description}, by ${level}.`,
    attributes: OF[level],
    ...RULES,
  }));
}

/** What Prometheus records of the objectives of declarations, as far as dashboards read it. */
export const RULE_METRICS: readonly MetricEntry[] = [
  ...recorded('slo_target:ratio', 'The share of calls that must meet an objective'),
  ...BURN_WINDOWS.flatMap((window) =>
    recorded(`slo_misses:ratio_rate${window}`, `The share of calls in the last ${window} that missed an objective`),
  ),
];
