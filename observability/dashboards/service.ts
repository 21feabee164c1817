import { CHOSEN_SERVICE, QUANTILES } from './calls';
import { type Dashboard, dashboard } from './dashboard';
import { tracesOf, UIDS } from './links';
import { HTTP_CALLS, HTTP_FAILED, LABELS, METRICS, RPC_FAILED } from './names';
import { heatmap, type PanelBuilder, timeseries } from './panel';
import { quantileOf, rateOf, shareOf, sumOf } from './promql';
import { calleePanels, databasePanels } from './service-outgoing';
import { manyOf, SERVICES } from './variables';

const OF_SERVICE = [CHOSEN_SERVICE];
const BY_METHOD = { by: [LABELS.service, LABELS.method] };
const BY_ROUTE = { by: [LABELS.service, LABELS.verb, LABELS.route] };
const METHOD = `{{${LABELS.method}}}`;
const ROUTE = `{{${LABELS.verb}}} {{${LABELS.route}}}`;
const TRACES = [tracesOf(LABELS.service, LABELS.method)];

/** One or a few services: their answers, their callees and their database. */
export function serviceDashboard(): Dashboard {
  return dashboard({
    uid: UIDS.service,
    title: 'Weft / Service',
    description: 'The calls of a service by method, its callees, and its database.',
    variables: [manyOf('service', 'Service', SERVICES)],
    sections: [
      { title: 'Calls', panels: [...rates(), ...durations()] },
      { title: 'Streams and load', panels: load() },
      { title: 'HTTP', panels: http() },
      { title: 'Calls to other services', panels: calleePanels() },
      { title: 'MongoDB and traces', panels: databasePanels() },
    ],
  });
}

function rates(): PanelBuilder[] {
  const count = `${METRICS.rpcServer}_count`;
  const failed = rateOf(count, [CHOSEN_SERVICE, RPC_FAILED], BY_METHOD);
  return [
    timeseries({
      title: 'Rate by method',
      description: 'Calls per second that ended.',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: rateOf(count, OF_SERVICE, BY_METHOD), legend: METHOD }],
      links: TRACES,
    }),
    timeseries({
      title: 'Calls by gRPC status',
      description: 'Calls per second by status; NOT_FOUND and similar statuses are answers, not failures.',
      unit: 'reqps',
      width: 8,
      queries: [
        {
          expr: rateOf(count, OF_SERVICE, { by: [LABELS.service, LABELS.status] }),
          legend: `{{${LABELS.status}}}`,
        },
      ],
      links: [tracesOf(LABELS.service)],
    }),
    timeseries({
      title: 'Error share by method',
      description: 'The share of calls that failed on the server; statuses that are the caller’s fault do not count.',
      unit: 'percentunit',
      width: 8,
      thresholds: [0.01, 0.05],
      queries: [{ expr: shareOf(failed, rateOf(count, OF_SERVICE, BY_METHOD)), legend: METHOD }],
      links: TRACES,
    }),
  ];
}

function durations(): PanelBuilder[] {
  return [
    ...QUANTILES.map(({ name, quantile }) =>
      timeseries({
        title: `Duration by method, ${name}`,
        description: `The ${name} of the time from request to status, for each method.`,
        unit: 's',
        width: 8,
        thresholds: [0.3, 1],
        queries: [{ expr: quantileOf(quantile, METRICS.rpcServer, OF_SERVICE, BY_METHOD), legend: METHOD }],
        links: TRACES,
      }),
    ),
    heatmap({
      title: 'Durations',
      description: 'The distribution of calls by duration; two bands are two kinds of calls.',
      unit: 's',
      width: 24,
      queries: [{ expr: rateOf(`${METRICS.rpcServer}_bucket`, OF_SERVICE, { by: ['le'] }), legend: '{{le}}' }],
    }),
  ];
}

function load(): PanelBuilder[] {
  const byDirection = { by: [LABELS.service, LABELS.method, LABELS.direction] };
  return [
    timeseries({
      title: 'Messages of streams',
      description: 'Messages per second that the service received and sent on streams.',
      unit: 'mps',
      width: 8,
      queries: [
        { expr: rateOf(METRICS.received, OF_SERVICE, byDirection), legend: `${METHOD} {{${LABELS.direction}}}` },
      ],
      links: TRACES,
    }),
    timeseries({
      title: 'Calls in flight by pod',
      description: 'Calls in progress in each pod; a difference means uneven load.',
      unit: 'short',
      width: 8,
      queries: [{ expr: sumOf(METRICS.active, OF_SERVICE, [LABELS.service, LABELS.pod]), legend: `{{${LABELS.pod}}}` }],
    }),
    timeseries({
      title: 'Refused calls by method',
      description: 'Calls per second refused because of too many in progress, or ended because the pod was stopping.',
      unit: 'reqps',
      width: 8,
      thresholds: [0.1, 1],
      queries: [
        {
          expr: rateOf(METRICS.refused, OF_SERVICE, { by: [...BY_METHOD.by, LABELS.refusal] }),
          legend: `${METHOD} {{${LABELS.refusal}}}`,
        },
      ],
      links: TRACES,
    }),
  ];
}

function http(): PanelBuilder[] {
  const requests = [CHOSEN_SERVICE, HTTP_CALLS];
  const count = `${METRICS.httpServer}_count`;
  const failed = rateOf(count, [...requests, HTTP_FAILED], BY_ROUTE);
  return [
    timeseries({
      title: 'Rate by route and status',
      description: 'HTTP requests per second that ended; only the gateway has any.',
      unit: 'reqps',
      width: 8,
      queries: [
        {
          expr: rateOf(count, requests, { by: [...BY_ROUTE.by, LABELS.httpStatus] }),
          legend: `${ROUTE} {{${LABELS.httpStatus}}}`,
        },
      ],
      links: [tracesOf(LABELS.service)],
    }),
    timeseries({
      title: 'Error share by route',
      description: 'The share of HTTP requests with status 500 or above.',
      unit: 'percentunit',
      width: 8,
      thresholds: [0.01, 0.05],
      queries: [{ expr: shareOf(failed, rateOf(count, requests, BY_ROUTE)), legend: ROUTE }],
      links: [tracesOf(LABELS.service)],
    }),
    timeseries({
      title: 'Duration by route, p99',
      description: 'The 99th percentile of the duration of HTTP requests, for each route.',
      unit: 's',
      width: 8,
      thresholds: [0.3, 1],
      queries: [{ expr: quantileOf(0.99, METRICS.httpServer, requests, BY_ROUTE), legend: ROUTE }],
      links: [tracesOf(LABELS.service)],
    }),
  ];
}
