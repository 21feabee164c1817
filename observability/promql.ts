/** What a label must be: equal to a text, or (`=~`, `!~`) match an expression as a whole. */
export type Matcher = readonly [label: string, operator: '=' | '=~' | '!~', value: string];

/** A series selector, for example `up{job="collector"}`. */
export function selector(metric: string, matchers: readonly Matcher[]): string {
  return `${metric}{${matchers.map(([label, operator, value]) => `${label}${operator}${JSON.stringify(value)}`).join(',')}}`;
}

/** A matcher of one or several texts. */
export function isOneOf(label: string, texts: readonly string[]): Matcher {
  const [first = '', ...others] = texts;
  return others.length === 0 ? [label, '=', first] : [label, '=~', texts.map(escaped).join('|')];
}

/** The regular expression that matches a text and nothing else, in Go's syntax, which is what Prometheus reads. */
export function escaped(text: string): string {
  return text.replace(/[\\^$*+?()[\]{}|]/g, '\\$&').replaceAll('.', '[.]');
}

/** The names that an OpenTelemetry metric and its attributes have in Prometheus. */
export function prometheusName(name: string): string {
  return name.replace(/\W/g, '_');
}
