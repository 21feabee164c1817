import type { AttributeEntry, MetricEntry } from './entry';

const RULES = { stability: 'development', source: 'rules' } as const;

export const RULE_ATTRIBUTES: readonly AttributeEntry[] = [
  {
    name: 'slo',
    description: 'The objective: availability, or a quantile of the latency.',
    values: 'declarations',
    examples: ['availability', 'p99'],
    ...RULES,
  },
  {
    name: 'method',
    description: 'The method of an objective, as named in the declaration.',
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

/** The recorded series of objectives that dashboards read. */
export const RULE_METRICS: readonly MetricEntry[] = [
  ...recorded('slo_target:ratio', 'The share of calls that must meet an objective'),
  ...BURN_WINDOWS.flatMap((window) =>
    recorded(`slo_misses:ratio_rate${window}`, `The share of calls in the last ${window} that missed an objective`),
  ),
];
