import type { InstrumentationScope, KeyValue } from '../../../proto/gen/opentelemetry/proto/common/v1/common_pb';
import { attributeOf, textOf } from '../values';
import { labelName } from './names';

/** Names and values of labels, sorted by name. */
export type Labels = [string, string][];

/** The resource and scope of points. */
export interface Origin {
  resource: readonly KeyValue[];
  scope: InstrumentationScope | undefined;
  schemaUrl: string;
}

export const MAX_LABELS = 100;

/** In UTF-16 code units. */
export const MAX_LABEL_LENGTH = 1_024;

/**
 * The labels of a point: its attributes, its resource's, its scope's, and Prometheus's `job` and `instance`.
 *
 * @returns a text with the reason if they cannot be labels
 */
export function labelsOf(attributes: readonly KeyValue[], origin: Origin): Labels | string {
  const { resource, scope, schemaUrl } = origin;
  const joined = new Map([...attributes, ...resource].map(({ key, value }) => [key, textOf(value)]));
  const pairs: [string, string][] = [
    ...joined,
    ...(scope?.attributes ?? []).filter(({ key }) => !RESERVED.includes(key)).map(scopeLabel),
    ['otel_scope_name', scope?.name ?? ''],
    ['otel_scope_version', scope?.version ?? ''],
    ['otel_scope_schema_url', schemaUrl],
    ...targetLabels(resource),
  ];
  if (pairs.length > MAX_LABELS) return `more than ${MAX_LABELS} labels`;
  const labels = new Map<string, string>();
  for (const [key, value] of pairs) {
    const name = labelName(key.slice(0, MAX_LABEL_LENGTH));
    if (name === undefined) return 'a label whose name has no letter or digit';
    if (labels.has(name)) return `two attributes that both become label ${name}`;
    labels.set(name, value.slice(0, MAX_LABEL_LENGTH));
  }
  return [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Labels that a scope always has. */
const RESERVED = ['name', 'version', 'schema_url'];

function scopeLabel({ key, value }: KeyValue): [string, string] {
  return [`otel_scope_${key}`, textOf(value)];
}

/** `job` is the service with its namespace, `instance` is its id. */
function targetLabels(resource: readonly KeyValue[]): [string, string][] {
  const [service, namespace, instance] = ['service.name', 'service.namespace', 'service.instance.id'].map((key) =>
    attributeOf(resource, key),
  );
  const job = [...(namespace ? [textOf(namespace)] : []), textOf(service)].join('/');
  return [
    ...(service ? [['job', job] as [string, string]] : []),
    ...(instance ? [['instance', textOf(instance)] as [string, string]] : []),
  ];
}
