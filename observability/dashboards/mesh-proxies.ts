import { LABELS, METRICS } from './names';
import { type PanelBuilder, timeseries } from './panel';
import { rateOf, sumOf } from './promql';

const OUTBOUND = [`${LABELS.cluster}=~"outbound.*"`];
const BY_CLUSTER = { by: [LABELS.cluster] };

/** `outbound|50051|v1|payment.weft.svc.cluster.local` is version v1 of payment; some versions of Istio append `;`. */
function byCallee(expr: string): string {
  const withHost = `label_replace(${expr}, "callee", "$1", "${LABELS.cluster}", "outbound[|][0-9]+[|][^|]*[|]([^.;]+).*")`;
  return `label_replace(${withHost}, "subset", "$1", "${LABELS.cluster}", "outbound[|][0-9]+[|]([^|]*)[|].*")`;
}

interface Statistic {
  readonly title: string;
  readonly description: string;
  readonly names: Readonly<Record<string, string>>;
  readonly thresholds?: readonly [number, number];
}

/** Statistics of Envoy's clusters; proxies export them only if `proxyStatsMatcher` includes them. */
const RATES: readonly Statistic[] = [
  {
    title: 'Retries',
    description: 'Retries per second by proxies, and how many of them succeeded.',
    names: { upstream_rq_retry: 'retried', upstream_rq_retry_success: 'succeeded' },
  },
  {
    title: 'Overflow',
    description: 'Requests refused and retries skipped per second because of limits in the DestinationRule.',
    names: { upstream_rq_pending_overflow: 'requests', upstream_rq_retry_overflow: 'retries' },
    thresholds: [0.1, 1],
  },
  {
    title: 'Timeouts',
    description: 'Requests per second that exceeded the timeout of their route.',
    names: { upstream_rq_timeout: 'timeouts' },
    thresholds: [0.1, 1],
  },
  {
    title: 'Ejections',
    description: 'Ejections of failing endpoints per second.',
    names: { outlier_detection_ejections_enforced_total: 'ejections' },
    thresholds: [0.01, 0.1],
  },
];

/** Retries, ejections, overflow and connections, by version of the callee. */
export function proxyPanels(): PanelBuilder[] {
  return [
    ...RATES.map(({ names, ...rest }) => {
      const queries = Object.entries(names).map(([name, word]) => ({
        expr: byCallee(rateOf(METRICS.cluster(name), OUTBOUND, BY_CLUSTER)),
        legend: `{{callee}} {{subset}} ${word}`,
      }));
      return timeseries({ ...rest, unit: 'reqps', width: 8, queries });
    }),
    gauge('Endpoints ejected', 'Endpoints without traffic now, summed over all proxies.', {
      name: 'outlier_detection_ejections_active',
      thresholds: [1, 5],
    }),
    gauge('Connections', 'Open connections of proxies.', { name: 'upstream_cx_active' }),
  ];
}

function gauge(
  title: string,
  description: string,
  { name, thresholds }: { name: string; thresholds?: [number, number] },
): PanelBuilder {
  const expr = byCallee(sumOf(METRICS.cluster(name), OUTBOUND, BY_CLUSTER.by));
  const queries = [{ expr, legend: '{{callee}} {{subset}}' }];
  return timeseries({ title, description, unit: 'short', width: 8, queries, ...(thresholds ? { thresholds } : {}) });
}
