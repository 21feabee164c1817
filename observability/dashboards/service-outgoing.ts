import { CHOSEN_SERVICE } from './calls';
import { tracesOf } from './links';
import { LABELS, METRICS } from './names';
import { type PanelBuilder, timeseries } from './panel';
import { quantileOf, rateOf, shareOf, sumOf } from './promql';

const OF_SERVICE = [CHOSEN_SERVICE];
const CALLED = `${METRICS.rpcClient}_count`;
const TRACES = [tracesOf(LABELS.service, LABELS.method)];

/** Sums methods by their contract, which identifies the callee. */
function byCallee(expr: string, labels: readonly string[]): string {
  return `sum by (${['callee', ...labels].join(', ')}) (label_replace(${expr}, "callee", "$1", "${LABELS.method}", "(.*)/.*"))`;
}

/** Calls to other services as seen by the caller, including network and proxies. */
export function calleePanels(): PanelBuilder[] {
  const byMethod = { by: [LABELS.service, LABELS.method] };
  const rate = rateOf(CALLED, OF_SERVICE, byMethod);
  const failed = rateOf(CALLED, [CHOSEN_SERVICE, `${LABELS.status}!="OK"`], byMethod);
  return [
    timeseries({
      title: 'Rate by callee',
      description: 'Calls per second that the service makes, by contract.',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: byCallee(rate, [LABELS.service]), legend: '{{callee}}' }],
      links: [tracesOf(LABELS.service)],
    }),
    timeseries({
      title: 'Share of calls that are not OK, by method called',
      description: 'The share of its outgoing calls with any status but OK, as seen by the caller.',
      unit: 'percentunit',
      width: 8,
      thresholds: [0.05, 0.2],
      queries: [{ expr: shareOf(failed, rate), legend: `{{${LABELS.method}}}` }],
      links: TRACES,
    }),
    timeseries({
      title: 'Duration by method called, p99',
      description: 'The 99th percentile of the duration of its outgoing calls, including retries of the mesh.',
      unit: 's',
      width: 8,
      thresholds: [0.3, 1],
      queries: [{ expr: quantileOf(0.99, METRICS.rpcClient, OF_SERVICE, byMethod), legend: `{{${LABELS.method}}}` }],
      links: TRACES,
    }),
    timeseries({
      title: 'Messages of the streams it opens',
      description: 'Messages per second that the service received and sent on its outgoing streams.',
      unit: 'mps',
      width: 24,
      queries: [
        {
          expr: rateOf(METRICS.exchanged, OF_SERVICE, { by: [...byMethod.by, LABELS.direction] }),
          legend: `{{${LABELS.method}}} {{${LABELS.direction}}}`,
        },
      ],
      links: TRACES,
    }),
  ];
}

/** MongoDB commands have no metric of their own; the collector makes one from their spans, whose names have no slash. */
const COMMANDS = [
  CHOSEN_SERVICE,
  `${LABELS.spanKind}="SPAN_KIND_CLIENT"`,
  `${LABELS.spanName}=~"[a-z][a-zA-Z]+ [^/]+"`,
];
const BY_SPAN = { by: [LABELS.service, LABELS.spanName] };
const SPAN = `{{${LABELS.spanName}}}`;

/** The database of the service, and spans with exemplars that link to traces. */
export function databasePanels(): PanelBuilder[] {
  const traces = [tracesOf(LABELS.service, LABELS.spanName)];
  return [
    timeseries({
      title: 'Sessions with MongoDB',
      description: 'Sessions of the driver, in use and idle; if those in use only grow, cursors stay open.',
      unit: 'short',
      queries: [
        {
          expr: sumOf(METRICS.pool, OF_SERVICE, [LABELS.service, LABELS.pool, LABELS.poolState]),
          legend: `{{${LABELS.pool}}} {{${LABELS.poolState}}}`,
        },
      ],
    }),
    timeseries({
      title: 'Commands to MongoDB',
      description: 'Commands per second by collection, from recorded spans: unsampled calls do not count.',
      unit: 'ops',
      queries: [{ expr: rateOf(`${METRICS.spans}_count`, COMMANDS, BY_SPAN), legend: SPAN }],
      links: traces,
    }),
    timeseries({
      title: 'Duration of commands to MongoDB, p95',
      description: 'The 95th percentile of the duration of commands, from recorded spans.',
      unit: 's',
      thresholds: [0.1, 0.5],
      queries: [{ expr: quantileOf(0.95, METRICS.spans, COMMANDS, BY_SPAN), legend: SPAN }],
      links: traces,
    }),
    timeseries({
      title: 'Duration of spans, p99, with traces',
      description: 'The 99th percentile of the duration of spans; every dot is a trace to open in Jaeger.',
      unit: 's',
      thresholds: [0.3, 1],
      queries: [{ expr: quantileOf(0.99, METRICS.spans, OF_SERVICE, BY_SPAN), legend: SPAN }],
      links: traces,
    }),
  ];
}
