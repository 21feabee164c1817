/** The window of rates: Grafana makes it at least four scrapes long. */
const WINDOW = '$__rate_interval';

/** The labels and the window of a sum. */
export interface Grouping {
  readonly by?: readonly string[];
  readonly window?: string;
}

/** A rate per second. @param series a counter @param matchers such as `rpc_method="a"` */
export function rateOf(
  series: string,
  matchers: readonly string[],
  { by = [], window = WINDOW }: Grouping = {},
): string {
  return `${sumBy(by)} (rate(${select(series, matchers)}[${window}]))`;
}

/** A rate per second of series that match any alternative; each series is counted once. */
export function rateOfAny(
  series: string,
  matchers: readonly string[],
  alternatives: readonly string[],
  { by = [], window = WINDOW }: Grouping = {},
): string {
  const rates = alternatives.map((each) => `rate(${select(series, [...matchers, each])}[${window}])`);
  return `${sumBy(by)} (${rates.join(' or ')})`;
}

/** A quantile of a histogram. @param histogram its name without `_bucket` */
export function quantileOf(
  quantile: number,
  histogram: string,
  matchers: readonly string[],
  { by = [], window = WINDOW }: Grouping = {},
): string {
  return `histogram_quantile(${quantile}, ${rateOf(`${histogram}_bucket`, matchers, { by: ['le', ...by], window })})`;
}

/** A gauge, summed. */
export function sumOf(series: string, matchers: readonly string[], by: readonly string[] = []): string {
  return `${sumBy(by)} (${select(series, matchers)})`;
}

/** A part divided by the whole: 0 without the part, absent without the whole. Both must have the same grouping. */
export function shareOf(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** The first, or the second for labels that the first does not have. */
export function either(first: string, second: string): string {
  return `${first} or ${second}`;
}

export function select(series: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? series : `${series}{${matchers.join(', ')}}`;
}

function sumBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'sum' : `sum by (${labels.join(', ')})`;
}
