/** The window of rates: Grafana makes it four scrapes long at least. */
const WINDOW = '$__rate_interval';

/** How a sum is grouped, and over which window. */
export interface Grouping {
  readonly by?: readonly string[];
  readonly window?: string;
}

/** What happens each second. @param series a counter @param matchers such as `rpc_method="a"` */
export function rateOf(
  series: string,
  matchers: readonly string[],
  { by = [], window = WINDOW }: Grouping = {},
): string {
  return `${sumBy(by)} (rate(${select(series, matchers)}[${window}]))`;
}

/** What happens each second of anything that one of several matchers fits: what several fit is counted once. */
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

/** A share of a whole: 0 where there is nothing of it, absent where there is no whole. Both are grouped alike. */
export function shareOf(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** The first, or the second where the first has no series with the same labels. */
export function either(first: string, second: string): string {
  return `${first} or ${second}`;
}

export function select(series: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? series : `${series}{${matchers.join(', ')}}`;
}

function sumBy(labels: readonly string[]): string {
  return labels.length === 0 ? 'sum' : `sum by (${labels.join(', ')})`;
}
