import type { Labels } from './labels';
import type { Family } from './metric-store';
import type { Value } from './points';

/** The content type of {@link exposition}. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Writes Prometheus's text format.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ series }) => series.length > 0)
    .map(familyText)
    .join('');
}

function familyText({ name, help, type, series }: Family): string {
  const lines = [`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`];
  const sorted = [...series].sort((a, b) => byLabels(a.labels, b.labels));
  for (const { labels, value } of sorted) lines.push(...samples(name, labels, value));
  return `${lines.join('\n')}\n`;
}

function byLabels(a: Labels, b: Labels): number {
  if (a.length !== b.length) return a.length - b.length;
  const index = a.findIndex(([, value], at) => value !== b[at]?.[1]);
  const [left = '', right = ''] = [a[index]?.[1], b[index]?.[1]];
  return left < right ? -1 : left > right ? 1 : 0;
}

function samples(name: string, labels: Labels, value: Value): string[] {
  if ('number' in value) return [`${name}${braces(labels)} ${formatFloat(value.number)}`];
  const { buckets, sum, count } = value;
  const counts: [string, bigint][] = [
    ...buckets
      .filter(([bound]) => bound !== Infinity)
      .map(([bound, below]): [string, bigint] => [formatFloat(bound), below]),
    ['+Inf', count],
  ];
  return [
    ...counts.map(([le, below]) => `${name}_bucket${braces([...labels, ['le', le]])} ${formatFloat(Number(below))}`),
    `${name}_sum${braces(labels)} ${formatFloat(sum)}`,
    `${name}_count${braces(labels)} ${formatFloat(Number(count))}`,
  ];
}

function braces(labels: Labels): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${escape(value).replaceAll('"', '\\"')}"`).join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** Formats a number like Go's `%g`, as Prometheus's own programs do: `1e+06`, `0.005`. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
