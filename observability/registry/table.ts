import { CONVENTIONS_VERSION } from '../../services/kit/telemetry/names';
import { REGISTRY } from './all';
import type { AttributeEntry, MetricEntry } from './entry';
import { prometheusName } from './prometheus';
import { REFUSED } from './refused';

const INTRODUCTION = `# Names of metrics, spans and attributes

Made from \`observability/registry\` by \`npm run golden\`. Names follow OpenTelemetry's semantic conventions
${CONVENTIONS_VERSION}; those marked as a release candidate or in development may change with a later version. A test holds what a
running platform sends to this list.`;

/** The registry as Markdown, in Prettier's format. */
export function registryTable(): string {
  const sections = [
    INTRODUCTION,
    `## Spans\n\nOn a server the status is an error for UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and\nDATA_LOSS, and for HTTP from 500 up; on a client for everything but OK. It never has a message.`,
    spanTable(),
    '## Metrics of services\n\nEvery metric that a service sends also has the attributes of its resource.',
    metricTable(REGISTRY.metrics.filter(isOfService), true),
    '## Metrics of the collector, of recording rules and of proxies\n\nThe attributes below include the labels of proxies.',
    metricTable(
      REGISTRY.metrics.filter((each) => !isOfService(each)),
      false,
    ),
    '## Attributes\n\nIn Prometheus underscores replace the dots.',
    attributeTable(REGISTRY.attributes),
    '## Attributes of the resource',
    attributeTable(REGISTRY.resource),
    '## Refused attributes\n\nAttributes that could contain a payload, a token, an e-mail address or the text of a query are never sent.',
    table(
      ['attribute', 'why'],
      REFUSED.map(({ name, because }) => [code(name), because]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function spanTable(): string {
  const rows = REGISTRY.spans.map(({ name, kind, description, attributes, stability, source }) => [
    code(name),
    kind,
    description,
    attributes.map(code).join(', '),
    stability,
    source,
  ]);
  return table(['name', 'kind', 'description', 'attributes', 'stability', 'source'], rows);
}

function isOfService({ source }: MetricEntry): boolean {
  return source === 'OpenTelemetry' || source === 'Weft';
}

function metricTable(metrics: readonly MetricEntry[], withAttributes: boolean): string {
  const rows = metrics.map((metric) => [
    code(metric.name),
    code(prometheusName(metric) + (metric.type === 'histogram' ? '_{bucket,sum,count}' : '')),
    metric.type,
    metric.unit && code(metric.unit),
    metric.description,
    ...(withAttributes ? [metric.attributes.map(code).join(', ')] : []),
    metric.stability,
    metric.source,
  ]);
  const attributes = withAttributes ? ['attributes'] : [];
  return table(['name', 'in Prometheus', 'type', 'unit', 'description', ...attributes, 'stability', 'source'], rows);
}

function attributeTable(entries: readonly AttributeEntry[]): string {
  const rows = entries.map(({ name, description, values, stability, source }) => [
    code(name),
    description,
    typeof values === 'string' ? values : values.map(code).join(', '),
    stability,
    source,
  ]);
  return table(['name', 'description', 'values', 'stability', 'source'], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Pads the columns like Prettier. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [first = [], ...others] = cells;
  return [line(first), rule, ...others.map(line)].join('\n');
}
