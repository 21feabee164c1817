/** A condition on a label: equal to a text, or (`=~`, `!~`) matched by an anchored expression. */
export type Matcher = readonly [label: string, operator: '=' | '=~' | '!~', value: string];

/** A series selector, for example `up{job="collector"}`. */
export function selector(metric: string, matchers: readonly Matcher[]): string {
  return `${metric}{${matchers.map(([label, operator, value]) => `${label}${operator}${JSON.stringify(value)}`).join(',')}}`;
}

/** Makes a matcher for one or several texts. */
export function isOneOf(label: string, texts: readonly string[]): Matcher {
  const [first = '', ...others] = texts;
  return others.length === 0 ? [label, '=', first] : [label, '=~', texts.map(escaped).join('|')];
}

/** Escapes a text for a regular expression in Go's syntax, which Prometheus uses. */
export function escaped(text: string): string {
  return text.replace(/[\\^$*+?()[\]{}|]/g, '\\$&').replaceAll('.', '[.]');
}

/** The names that an OpenTelemetry metric and its attributes have in Prometheus. */
export function prometheusName(name: string): string {
  return name.replace(/\W/g, '_');
}
