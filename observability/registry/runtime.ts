import type { AttributeEntry, MetricEntry } from './entry';

const DEVELOPMENT = { stability: 'development', source: 'OpenTelemetry' } as const;

export const RUNTIME_ATTRIBUTES: readonly AttributeEntry[] = [
  {
    name: 'nodejs.eventloop.state',
    description: 'The state of the event loop.',
    values: ['active', 'idle'],
    examples: ['active', 'idle'],
    ...DEVELOPMENT,
  },
  {
    name: 'v8js.gc.type',
    description: 'The kind of garbage collection.',
    values: ['major', 'minor', 'incremental', 'weakcb'],
    examples: ['minor', 'major', 'incremental'],
    ...DEVELOPMENT,
  },
  {
    name: 'v8js.heap.space.name',
    description: 'A space of V8’s heap.',
    values: 'V8: about ten',
    examples: ['new_space', 'old_space', 'large_object_space'],
    ...DEVELOPMENT,
  },
  {
    name: 'v8js.resource.type',
    description: 'The type of a resource that keeps the event loop alive.',
    values: 'Node.js: the types of process.getActiveResourcesInfo()',
    examples: ['TCPSocketWrap', 'Timeout'],
    ...DEVELOPMENT,
  },
];

/** The delay of the event loop since the last collection. */
function delay(statistic: string, description: string): MetricEntry {
  const name = `nodejs.eventloop.delay.${statistic}`;
  return { name, type: 'gauge', unit: 's', description, attributes: [], ...DEVELOPMENT };
}

function heapSpace(name: string, type: 'gauge' | 'upDownCounter', description: string): MetricEntry {
  return { name, type, unit: 'By', description, attributes: ['v8js.heap.space.name'], ...DEVELOPMENT };
}

/**
 * The metrics of @opentelemetry/instrumentation-runtime-node 0.36.1. It has none for the CPU or memory of the whole
 * process.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.44.0/docs/runtime/nodejs-metrics.md
 */
export const RUNTIME_METRICS: readonly MetricEntry[] = [
  delay('min', 'The least delay of the event loop.'),
  delay('max', 'The greatest delay of the event loop.'),
  delay('mean', 'The mean delay of the event loop.'),
  delay('stddev', 'The standard deviation of the delays of the event loop.'),
  delay('p50', 'The median delay of the event loop.'),
  delay('p90', 'The 90th percentile of the delays of the event loop.'),
  delay('p99', 'The 99th percentile of the delays of the event loop.'),
  {
    name: 'nodejs.eventloop.time',
    type: 'counter',
    unit: 's',
    description: 'The time of the event loop in each state.',
    attributes: ['nodejs.eventloop.state'],
    ...DEVELOPMENT,
  },
  {
    name: 'nodejs.eventloop.utilization',
    type: 'gauge',
    unit: '1',
    description: 'The share of time in which the event loop was busy.',
    attributes: [],
    ...DEVELOPMENT,
  },
  {
    name: 'v8js.gc.duration',
    type: 'histogram',
    unit: 's',
    description: 'The duration of garbage collections.',
    attributes: ['v8js.gc.type'],
    ...DEVELOPMENT,
  },
  heapSpace('v8js.memory.heap.space.size', 'upDownCounter', 'The size of a space of the heap.'),
  heapSpace('v8js.memory.heap.used', 'gauge', 'The used part of a space of the heap.'),
  heapSpace('v8js.memory.heap.space.available_size', 'gauge', 'The free part of a space of the heap.'),
  heapSpace('v8js.memory.heap.space.physical_size', 'gauge', 'The physical memory of a space of the heap.'),
  {
    name: 'v8js.resource.active',
    type: 'gauge',
    unit: '{resource}',
    description: 'Sockets, timers and other resources that keep the event loop alive.',
    attributes: ['v8js.resource.type'],
    ...DEVELOPMENT,
  },
];
