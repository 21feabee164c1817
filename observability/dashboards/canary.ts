import { callErrorShare, callQuantile, callRate, QUANTILES } from './calls';
import { type Dashboard, dashboard } from './dashboard';
import { tracesOf, UIDS } from './links';
import { LABELS, METRICS, PROXY_FAILED } from './names';
import { type PanelBuilder, timeseries } from './panel';
import { rateOf, rateOfAny, shareOf } from './promql';
import { oneOf, SERVICES } from './variables';

const OF_SERVICE = `${LABELS.service}="$service"`;
const VERSIONS = `${LABELS.version}=~"$stable|$canary"`;
const BY_VERSION = { matchers: [OF_SERVICE, VERSIONS], by: [LABELS.service, LABELS.version] };
const LEGEND = `{{${LABELS.version}}}`;
const TRACES = [tracesOf(LABELS.service)];

/** Two versions of a service side by side, to judge a rollout. */
export function canaryDashboard(): Dashboard {
  const versions = `label_values(${METRICS.rpcServer}_count{${OF_SERVICE}}, ${LABELS.version})`;
  return dashboard({
    uid: UIDS.canary,
    title: 'Weft / Canary against stable',
    description: 'Two versions of a service: traffic, errors and latency, and the canary divided by stable.',
    variables: [
      oneOf('service', 'Service', SERVICES),
      oneOf('stable', 'Stable', versions),
      oneOf('canary', 'Canary', versions),
    ],
    sections: [
      { title: 'Traffic and errors', panels: [...traffic(), ...errors()] },
      { title: 'Latency', panels: latency() },
      { title: 'Canary divided by stable', panels: ratios() },
    ],
  });
}

function traffic(): PanelBuilder[] {
  const all = `ignoring (${LABELS.version}) group_left () sum without (${LABELS.version}) (${callRate(BY_VERSION)})`;
  return [
    timeseries({
      title: 'Rate by version',
      description: 'Calls or HTTP requests per second that each version answers.',
      unit: 'reqps',
      queries: [{ expr: callRate(BY_VERSION), legend: LEGEND }],
      links: TRACES,
    }),
    timeseries({
      title: 'Share of traffic by version',
      description: 'The actual shares of calls, from the weights and lanes of the split.',
      unit: 'percentunit',
      queries: [{ expr: `(${callRate(BY_VERSION)}) / ${all}`, legend: LEGEND }],
    }),
  ];
}

function errors(): PanelBuilder[] {
  const toService = [`${LABELS.reporter}="source"`, `${LABELS.calleeService}="$service"`];
  const by = { by: [LABELS.calleeVersion] };
  const failed = rateOfAny(METRICS.requests, toService, PROXY_FAILED, by);
  return [
    timeseries({
      title: 'Error share by version',
      description: 'The share of calls that failed on the server, as counted by each version.',
      unit: 'percentunit',
      thresholds: [0.01, 0.05],
      queries: [{ expr: callErrorShare(BY_VERSION), legend: LEGEND }],
      links: TRACES,
    }),
    timeseries({
      title: 'Error share by version, as callers see it',
      description: 'As counted by the callers’ proxies: with failures that never reached the version, without retries.',
      unit: 'percentunit',
      thresholds: [0.01, 0.05],
      queries: [
        {
          expr: shareOf(failed, rateOf(METRICS.requests, toService, by)),
          legend: `{{${LABELS.calleeVersion}}}`,
        },
      ],
    }),
  ];
}

function latency(): PanelBuilder[] {
  return QUANTILES.map(({ name, quantile }) =>
    timeseries({
      title: `Duration by version, ${name}`,
      description: `The ${name} of the time from request to status, for each version.`,
      unit: 's',
      width: 8,
      thresholds: [0.3, 1],
      queries: [{ expr: callQuantile(quantile, BY_VERSION), legend: LEGEND }],
      links: TRACES,
    }),
  );
}

/** A value of the canary divided by that of stable. */
function ratio(of: (matchers: readonly string[]) => string): string {
  const [canary, stable] = ['canary', 'stable'].map((each) => of([OF_SERVICE, `${LABELS.version}="$${each}"`]));
  return `(${canary}) / ((${stable}) > 0)`;
}

function ratios(): PanelBuilder[] {
  const by = [LABELS.service];
  const quantiles = QUANTILES.map(({ name, quantile }) => ({
    expr: ratio((matchers) => callQuantile(quantile, { matchers, by })),
    legend: name,
  }));
  return [
    timeseries({
      title: 'Error share, canary divided by stable',
      description: 'Above 1 the canary fails more often; no value while stable has no failures.',
      unit: 'short',
      thresholds: [1.5, 3],
      queries: [{ expr: ratio((matchers) => callErrorShare({ matchers, by })), legend: 'error share' }],
    }),
    timeseries({
      title: 'Duration, canary divided by stable',
      description: 'Above 1 the canary is slower: its quantiles divided by those of stable.',
      unit: 'short',
      thresholds: [1.2, 2],
      queries: quantiles,
    }),
  ];
}
