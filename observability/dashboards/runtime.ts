import { CHOSEN_SERVICE } from './calls';
import { type Dashboard, dashboard } from './dashboard';
import { serviceDashboard, UIDS } from './links';
import { LABELS, METRICS } from './names';
import { heatmap, type PanelBuilder, timeseries } from './panel';
import { quantileOf, rateOf, select, sumOf } from './promql';
import { manyOf } from './variables';

const OF_SERVICE = [CHOSEN_SERVICE];
const BY_POD = [LABELS.service, LABELS.pod];
const POD = `{{${LABELS.pod}}}`;
const LINKS = [serviceDashboard(LABELS.service)];

/** Node.js in each pod. */
export function runtimeDashboard(): Dashboard {
  const services = `label_values(${METRICS.eventLoopUtilization}, ${LABELS.service})`;
  return dashboard({
    uid: UIDS.runtime,
    title: 'Weft / Node.js',
    description: 'The event loop, the heap and garbage collection of each pod.',
    variables: [manyOf('service', 'Service', services)],
    sections: [
      { title: 'Event loop', panels: eventLoop() },
      { title: 'Memory', panels: memory() },
      { title: 'Garbage collection', panels: garbage() },
      { title: 'Resources', panels: resources() },
    ],
  });
}

function eventLoop(): PanelBuilder[] {
  const delays = ['p50', 'p99', 'max'].map((name) => ({
    expr: `max by (${BY_POD.join(', ')}) (${select(METRICS.eventLoopDelay(name), OF_SERVICE)})`,
    legend: `${POD} ${name}`,
  }));
  return [
    timeseries({
      title: 'Delay of the event loop',
      description: 'How late timers fire; about 10 ms of it is the resolution of the measurement.',
      unit: 's',
      width: 8,
      thresholds: [0.05, 0.2],
      queries: delays,
      links: LINKS,
    }),
    timeseries({
      title: 'Utilization of the event loop',
      description: 'The share of time in which the event loop was busy; above 0.9 calls wait for each other.',
      unit: 'percentunit',
      width: 8,
      thresholds: [0.7, 0.9],
      queries: [
        {
          expr: `max by (${BY_POD.join(', ')}) (${select(METRICS.eventLoopUtilization, OF_SERVICE)})`,
          legend: POD,
        },
      ],
      links: LINKS,
    }),
    timeseries({
      title: 'Busy time of the event loop',
      description: 'Busy seconds per second, which is roughly the CPU use of JavaScript.',
      unit: 's',
      width: 8,
      thresholds: [0.7, 0.9],
      queries: [
        {
          expr: rateOf(METRICS.eventLoopTime, [...OF_SERVICE, `${LABELS.loopState}="active"`], { by: BY_POD }),
          legend: POD,
        },
      ],
      links: LINKS,
    }),
  ];
}

function memory(): PanelBuilder[] {
  const bySpace = [LABELS.service, LABELS.heapSpace];
  return [
    timeseries({
      title: 'Heap in use and memory of the heap',
      description: 'The size of JavaScript’s objects, and the memory that the heap got from the system.',
      unit: 'bytes',
      queries: [
        { expr: sumOf(METRICS.heapUsed, OF_SERVICE, BY_POD), legend: `${POD} in use` },
        { expr: sumOf(METRICS.heapPhysical, OF_SERVICE, BY_POD), legend: `${POD} memory` },
      ],
      links: LINKS,
    }),
    timeseries({
      title: 'Heap in use by space',
      description: 'The parts of the heap; a leak grows old_space or large_object_space.',
      unit: 'bytes',
      queries: [
        {
          expr: sumOf(METRICS.heapUsed, OF_SERVICE, bySpace),
          legend: `{{${LABELS.service}}} {{${LABELS.heapSpace}}}`,
        },
      ],
      links: LINKS,
    }),
  ];
}

function garbage(): PanelBuilder[] {
  const byType = { by: [LABELS.service, LABELS.gcType] };
  const legend = `{{${LABELS.service}}} {{${LABELS.gcType}}}`;
  return [
    timeseries({
      title: 'Time in garbage collection by pod',
      description: 'The share of time that a pod spent on garbage collection.',
      unit: 'percentunit',
      width: 8,
      thresholds: [0.05, 0.2],
      queries: [{ expr: rateOf(`${METRICS.gc}_sum`, OF_SERVICE, { by: BY_POD }), legend: POD }],
      links: LINKS,
    }),
    timeseries({
      title: 'Collections by type',
      description: 'Garbage collections per second; major ones visit the whole heap.',
      unit: 'cps',
      width: 8,
      queries: [{ expr: rateOf(`${METRICS.gc}_count`, OF_SERVICE, byType), legend }],
    }),
    timeseries({
      title: 'Duration of collections, p99',
      description: 'The 99th percentile of the duration of garbage collections.',
      unit: 's',
      width: 8,
      thresholds: [0.05, 0.2],
      queries: [{ expr: quantileOf(0.99, METRICS.gc, OF_SERVICE, byType), legend }],
    }),
    heatmap({
      title: 'Durations of collections',
      description: 'The distribution of garbage collections by duration.',
      unit: 's',
      width: 24,
      queries: [{ expr: rateOf(`${METRICS.gc}_bucket`, OF_SERVICE, { by: ['le'] }), legend: '{{le}}' }],
    }),
  ];
}

function resources(): PanelBuilder[] {
  return [
    timeseries({
      title: 'Active resources by type',
      description: 'Sockets, timers and requests that keep the event loop alive; steady growth is a leak.',
      unit: 'short',
      width: 24,
      queries: [
        {
          expr: sumOf(METRICS.resources, OF_SERVICE, [LABELS.service, LABELS.resource]),
          legend: `{{${LABELS.service}}} {{${LABELS.resource}}}`,
        },
      ],
      links: LINKS,
    }),
  ];
}
