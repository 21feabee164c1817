import type { AttributeEntry, MetricEntry } from './entry';

const DEVELOPMENT = { stability: 'development', source: 'OpenTelemetry' } as const;

export const RUNTIME_ATTRIBUTES: readonly AttributeEntry[] = [
  {
    name: 'nodejs.eventloop.state',
    description: 'What the event loop did.',
    values: ['active', 'idle'],
    examples: ['active', 'idle'],
    ...DEVELOPMENT,
  },
  {
    name: 'v8js.gc.type',
    description: 'What sort of garbage collection it was.',
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
    description: 'A sort of resource that keeps the event loop alive.',
    values: 'Node.js: as process.getActiveResourcesInfo() calls them',
    examples: ['TCPSocketWrap', 'Timeout'],
    ...DEVELOPMENT,
  },
];

/** How long the event loop kept a timer waiting, since the collection before. */
function delay(statistic: string, description: string): MetricEntry {
  const name = `nodejs.eventloop.delay.${statistic}`;
  return { name, type: 'gauge', unit: 's', description, attributes: [], ...DEVELOPMENT };
}

function heapSpace(name: string, type: 'gauge' | 'upDownCounter', description: string): MetricEntry {
  return { name, type, unit: 'By', description, attributes: ['v8js.heap.space.name'], ...DEVELOPMENT };
}

/**
 * What @opentelemetry/instrumentation-runtime-node 0.36.1 measures. It has no metric of the CPU or the memory of the
 * whole process.
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
    description: 'How long the event loop has been in each state.',
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
    description: 'How long garbage collections took.',
    attributes: ['v8js.gc.type'],
    ...DEVELOPMENT,
  },
  heapSpace('v8js.memory.heap.space.size', 'upDownCounter', 'The size of a space of the heap.'),
  heapSpace('v8js.memory.heap.used', 'gauge', 'How much of a space of the heap is in use.'),
  heapSpace('v8js.memory.heap.space.available_size', 'gauge', 'How much a space of the heap has left.'),
  heapSpace('v8js.memory.heap.space.physical_size', 'gauge', 'How much memory a space of the heap occupies.'),
  {
    name: 'v8js.resource.active',
    type: 'gauge',
    unit: '{resource}',
    description: 'Sockets, timers and others that keep the event loop alive.',
    attributes: ['v8js.resource.type'],
    ...DEVELOPMENT,
  },
];
