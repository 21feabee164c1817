import { budgetPanels } from './budget';
import { callErrorShare, callQuantile, callRate, chosen, QUANTILES } from './calls';
import { type Dashboard, dashboard } from './dashboard';
import { serviceDashboard, tracesOf, UIDS } from './links';
import { LABELS, METRICS } from './names';
import { type PanelBuilder, stat, timeseries } from './panel';
import { rateOf, sumOf } from './promql';
import { manyOf, SERVICES } from './variables';

const IN_SERVICE = chosen(LABELS.service, 'service');
const ALL = { matchers: [IN_SERVICE] };
const BY_SERVICE = { matchers: [IN_SERVICE], by: [LABELS.service] };
const LEGEND = `{{${LABELS.service}}}`;
const LINKS = [serviceDashboard(LABELS.service), tracesOf(LABELS.service)];

/** All services at a glance. */
export function platformDashboard(): Dashboard {
  return dashboard({
    uid: UIDS.platform,
    title: 'Weft / Platform',
    description: 'Rate, errors, latency, load and error budgets of all services.',
    variables: [manyOf('service', 'Services', SERVICES)],
    sections: [
      { title: 'Now', panels: now() },
      { title: 'Calls', panels: calls() },
      { title: 'Latency', panels: latency() },
      { title: 'Load', panels: load() },
      { title: 'Error budgets', panels: budgetPanels() },
    ],
  });
}

function now(): PanelBuilder[] {
  const [, , p99] = QUANTILES;
  return [
    stat({
      title: 'Calls per second',
      description: 'Calls and HTTP requests that all services answer, including calls between services.',
      unit: 'reqps',
      width: 6,
      queries: [{ expr: `sum(${callRate(BY_SERVICE)})`, legend: 'calls' }],
    }),
    stat({
      title: 'Error share',
      description: 'The share of gRPC calls that failed on the server, or of HTTP requests if there are no calls.',
      unit: 'percentunit',
      width: 6,
      thresholds: [0.01, 0.05],
      queries: [{ expr: callErrorShare(ALL), legend: 'errors' }],
    }),
    stat({
      title: '99th percentile',
      description: 'The 99th percentile of the duration of gRPC calls, including streams.',
      unit: 's',
      width: 6,
      thresholds: [0.3, 1],
      queries: [{ expr: callQuantile(p99.quantile, ALL), legend: p99.name }],
    }),
    stat({
      title: 'Calls in flight',
      description: 'Calls in progress in all pods now.',
      unit: 'short',
      width: 6,
      queries: [{ expr: sumOf(METRICS.active, [IN_SERVICE]), legend: 'in flight' }],
    }),
  ];
}

function calls(): PanelBuilder[] {
  return [
    timeseries({
      title: 'Rate by service',
      description: 'Calls or HTTP requests per second that each service answers.',
      unit: 'reqps',
      queries: [{ expr: callRate(BY_SERVICE), legend: LEGEND }],
      links: LINKS,
    }),
    timeseries({
      title: 'Error share by service',
      description: 'UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS and HTTP from 500 up.',
      unit: 'percentunit',
      thresholds: [0.01, 0.05],
      queries: [{ expr: callErrorShare(BY_SERVICE), legend: LEGEND }],
      links: LINKS,
    }),
  ];
}

function latency(): PanelBuilder[] {
  return QUANTILES.map(({ name, quantile }) =>
    timeseries({
      title: `Duration by service, ${name}`,
      description: `The ${name} of the time from request to status, for each service.`,
      unit: 's',
      width: 8,
      thresholds: [0.3, 1],
      queries: [{ expr: callQuantile(quantile, BY_SERVICE), legend: LEGEND }],
      links: LINKS,
    }),
  );
}

function load(): PanelBuilder[] {
  return [
    timeseries({
      title: 'Calls in flight by service',
      description: 'Calls in progress: they grow if answers become slower or streams stay open.',
      unit: 'short',
      queries: [{ expr: sumOf(METRICS.active, [IN_SERVICE], [LABELS.service]), legend: LEGEND }],
      links: LINKS,
    }),
    timeseries({
      title: 'Refused calls by service',
      description: 'Calls per second refused because of too many in progress, or ended because the pod was stopping.',
      unit: 'reqps',
      thresholds: [0.1, 1],
      queries: [
        {
          expr: rateOf(METRICS.refused, [IN_SERVICE], { by: [LABELS.service, LABELS.refusal] }),
          legend: `${LEGEND} {{${LABELS.refusal}}}`,
        },
      ],
      links: LINKS,
    }),
  ];
}
