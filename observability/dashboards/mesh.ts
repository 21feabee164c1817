import { chosen, QUANTILES } from './calls';
import { type Dashboard, dashboard } from './dashboard';
import { UIDS } from './links';
import { proxyPanels } from './mesh-proxies';
import { LABELS, METRICS, PROXY_FAILED } from './names';
import { type PanelBuilder, timeseries } from './panel';
import { quantileOf, rateOf, rateOfAny, shareOf } from './promql';
import { manyOf } from './variables';

/** Callers' proxies also count calls that never arrive; callees' proxies also count callers without a proxy. */
const SEEN_BY_CALLER = [
  `${LABELS.reporter}="source"`,
  chosen(LABELS.caller, 'caller'),
  chosen(LABELS.callee, 'callee'),
];
const SEEN_BY_CALLEE = [`${LABELS.reporter}="destination"`, ...SEEN_BY_CALLER.slice(1)];

const BY_EDGE = { by: [LABELS.caller, LABELS.callee] };
const EDGE = `{{${LABELS.caller}}} to {{${LABELS.callee}}}`;

/** The mesh as seen by its proxies. */
export function meshDashboard(): Dashboard {
  const values = (label: string): string => `label_values(${METRICS.requests}, ${label})`;
  return dashboard({
    uid: UIDS.mesh,
    title: 'Weft / Mesh',
    description: 'The metrics of Istio’s proxies: calls by caller and callee, retries, ejections and denials.',
    variables: [manyOf('caller', 'Caller', values(LABELS.caller)), manyOf('callee', 'Callee', values(LABELS.callee))],
    sections: [
      { title: 'Calls by caller and callee', panels: [...edges(), ...durations()] },
      { title: 'Statuses', panels: statuses() },
      { title: 'Methods', panels: methods() },
      { title: 'Access control', panels: security() },
      { title: 'Proxies', panels: proxyPanels() },
    ],
  });
}

/** The share of requests that failed, by gRPC's status or HTTP's. */
function failures(by: readonly string[]): string {
  const failed = rateOfAny(METRICS.requests, SEEN_BY_CALLER, PROXY_FAILED, { by });
  return shareOf(failed, rateOf(METRICS.requests, SEEN_BY_CALLER, { by }));
}

function edges(): PanelBuilder[] {
  return [
    timeseries({
      title: 'Rate by caller and callee',
      description: 'Requests per second that callers’ proxies sent or refused.',
      unit: 'reqps',
      queries: [{ expr: rateOf(METRICS.requests, SEEN_BY_CALLER, BY_EDGE), legend: EDGE }],
    }),
    timeseries({
      title: 'Error share by caller and callee',
      description: 'The share of requests that failed on the way or at the callee, by gRPC or HTTP status.',
      unit: 'percentunit',
      thresholds: [0.01, 0.05],
      queries: [{ expr: failures(BY_EDGE.by), legend: EDGE }],
    }),
  ];
}

function durations(): PanelBuilder[] {
  return QUANTILES.map(({ name, quantile }) =>
    timeseries({
      title: `Duration by caller and callee, ${name}`,
      description: `The ${name} of the duration at the caller’s proxy, with retries, for each pair.`,
      unit: 'ms',
      width: 8,
      thresholds: [300, 1_000],
      queries: [{ expr: quantileOf(quantile, METRICS.requestDuration, SEEN_BY_CALLER, BY_EDGE), legend: EDGE }],
    }),
  );
}

function byLabel(title: string, description: string, label: string): PanelBuilder {
  const expr = rateOf(METRICS.requests, SEEN_BY_CALLER, { by: [LABELS.callee, label] });
  const legend = `{{${LABELS.callee}}} {{${label}}}`;
  return timeseries({ title, description, unit: 'reqps', width: 8, queries: [{ expr, legend }] });
}

function statuses(): PanelBuilder[] {
  return [
    byLabel('By HTTP status', 'Requests per second by HTTP status, which is 200 for most gRPC errors.', LABELS.code),
    byLabel('By gRPC status', 'Calls per second by the number of their gRPC status; 0 is OK.', LABELS.grpcStatus),
    byLabel(
      'By response flag',
      'Requests per second by Envoy’s response flag, which says why a proxy answered by itself; - means it did not.',
      LABELS.flags,
    ),
  ];
}

function methods(): PanelBuilder[] {
  const by = [LABELS.callee, LABELS.operation];
  const legend = `{{${LABELS.operation}}}`;
  return [
    timeseries({
      title: 'Rate by method',
      description: 'Calls per second by method, including calls that never reached the application.',
      unit: 'reqps',
      queries: [{ expr: rateOf(METRICS.requests, SEEN_BY_CALLER, { by }), legend }],
    }),
    timeseries({
      title: 'Error share by method',
      description: 'The share of calls of each method that failed on the way or at the callee.',
      unit: 'percentunit',
      thresholds: [0.01, 0.05],
      queries: [{ expr: failures(by), legend }],
    }),
  ];
}

function security(): PanelBuilder[] {
  const denied = rateOf(METRICS.requests, [...SEEN_BY_CALLEE, `${LABELS.code}="403"`], {
    by: [LABELS.callerPrincipal, LABELS.callee],
  });
  return [
    timeseries({
      title: 'Denied requests by caller',
      description: 'Requests per second that an AuthorizationPolicy denied, by identity of the caller.',
      unit: 'reqps',
      thresholds: [0.01, 1],
      queries: [{ expr: denied, legend: `{{${LABELS.callerPrincipal}}} to {{${LABELS.callee}}}` }],
    }),
    timeseries({
      title: 'Requests by transport security',
      description: 'Requests per second with and without mutual TLS, as seen by the callees’ proxies.',
      unit: 'reqps',
      queries: [
        {
          expr: rateOf(METRICS.requests, SEEN_BY_CALLEE, { by: [LABELS.callee, LABELS.security] }),
          legend: `{{${LABELS.callee}}} {{${LABELS.security}}}`,
        },
      ],
    }),
  ];
}
