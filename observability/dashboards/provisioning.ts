import { LABELS, METRICS, RPC_FAILED } from './names';

/** The URLs of Grafana's data sources. */
export interface DatasourceUrls {
  /** `http://prometheus.telemetry:9090`. */
  readonly prometheus: string;
  /** `http://jaeger.telemetry:16686`. */
  readonly jaeger: string;
  /** How often Prometheus scrapes; rates use at least four times that. `15s` by default. */
  readonly scrapeInterval?: string;
}

const PROMETHEUS = 'prometheus';
const JAEGER = 'jaeger';

/** The labels to find a span's metrics in Prometheus. */
const TAGS = [{ key: 'service.name', value: LABELS.service }];

/**
 * Makes Grafana's `provisioning/datasources/weft.yaml`. Exemplars link from Prometheus to Jaeger, spans from Jaeger to
 * Prometheus. `$` is doubled, because Grafana expands environment variables in this file.
 *
 * @see https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function datasources({ prometheus, jaeger, scrapeInterval = '15s' }: DatasourceUrls): object {
  return {
    apiVersion: 1,
    prune: true,
    datasources: [prometheusSource(prometheus, scrapeInterval), jaegerSource(jaeger)],
  };
}

/**
 * Makes Grafana's `provisioning/dashboards/weft.yaml`. The dashboards come from code, so Grafana must not save changes.
 *
 * @param path the folder with the files of `dashboardFiles`, on Grafana's file system
 */
export function dashboardProvider(path: string): object {
  const provider = { name: 'weft', orgId: 1, folder: 'Weft', type: 'file', disableDeletion: true };
  return {
    apiVersion: 1,
    providers: [{ ...provider, allowUiUpdates: false, updateIntervalSeconds: 30, options: { path } }],
  };
}

function prometheusSource(url: string, timeInterval: string): object {
  return {
    ...source('Prometheus', PROMETHEUS, url),
    isDefault: true,
    jsonData: {
      httpMethod: 'POST',
      prometheusType: 'Prometheus',
      timeInterval,
      exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: JAEGER, urlDisplayLabel: 'Trace in Jaeger' }],
    },
  };
}

function jaegerSource(url: string): object {
  return {
    ...source('Jaeger', JAEGER, url),
    jsonData: {
      nodeGraph: { enabled: true },
      spanBar: { type: 'Duration' },
      tracesToMetrics: {
        datasourceUid: PROMETHEUS,
        spanStartTimeShift: '-10m',
        spanEndTimeShift: '10m',
        tags: TAGS,
        queries: metricsOfSpan(),
      },
    },
  };
}

/** Grafana replaces `$__tags` with the labels of `TAGS`. */
function metricsOfSpan(): object[] {
  const count = `${METRICS.rpcServer}_count`;
  return [
    { name: 'Rate', query: `sum by (${LABELS.method}) (rate(${count}{$$__tags}[5m]))` },
    { name: 'Failures', query: `sum by (${LABELS.status}) (rate(${count}{$$__tags, ${RPC_FAILED}}[5m]))` },
    {
      name: '99th percentile',
      query: `histogram_quantile(0.99, sum by (le, ${LABELS.method}) (rate(${METRICS.rpcServer}_bucket{$$__tags}[5m])))`,
    },
  ];
}

function source(name: string, uid: string, url: string): object {
  return { name, uid, type: uid, url, access: 'proxy', orgId: 1, editable: false };
}
