/** How Prometheus finds and scrapes the proxies of the mesh. */
export interface ProxyTargets {
  /** Only pods of these namespaces are scraped. */
  readonly namespaces: readonly string[];
  /** 15020 by default: the agent's port, with the metrics of proxy and application. */
  readonly port?: number;
  /** `/stats/prometheus` by default. */
  readonly path?: string;
  /** A certificate of the mesh, if the port requires one; plain HTTP by default. */
  readonly tls?: ProxyTls;
}

/** Paths of files in Prometheus' container. */
export interface ProxyTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** The targets of Prometheus. */
export interface ScrapeTargets {
  /** `host:port` of the metrics of services and spans. */
  readonly collector: string;
  /** `host:port` of programs with metrics of their own, by job: the collector, Jaeger, Prometheus itself. */
  readonly internal?: Readonly<Record<string, string>>;
  readonly proxies?: ProxyTargets;
  /** Gateways, which may use another port. */
  readonly gateways?: ProxyTargets;
}

/** Settings of a Prometheus. */
export interface PrometheusSettings extends ScrapeTargets {
  /** How often targets are scraped and rules evaluated, in seconds; 15 by default. */
  readonly intervalSeconds?: number;
  /** Paths of rule files. */
  readonly ruleFiles: readonly string[];
  /** `host:port` of Alertmanagers; without any, alerts are only shown. */
  readonly alertmanagers?: readonly string[];
  /** Labels that this Prometheus adds to everything it sends. */
  readonly externalLabels?: Readonly<Record<string, string>>;
}

type Section = Readonly<Record<string, unknown>>;

/** The job of the collector's metrics, which alerts name. */
export const COLLECTOR_JOB = 'collector';

/**
 * Makes Prometheus' configuration file. Exemplars need `--enable-feature=exemplar-storage`.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function prometheusConfig(settings: PrometheusSettings): Section {
  const { intervalSeconds = 15, ruleFiles, alertmanagers = [], externalLabels } = settings;
  const interval = `${intervalSeconds}s`;
  return {
    global: {
      scrape_interval: interval,
      evaluation_interval: interval,
      ...(externalLabels && { external_labels: externalLabels }),
    },
    rule_files: ruleFiles,
    ...(alertmanagers.length > 0 && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    }),
    scrape_configs: scrapeConfig(settings),
  };
}

/** The list `scrape_configs` of Prometheus' configuration. */
export function scrapeConfig({ collector, internal = {}, proxies, gateways }: ScrapeTargets): Section[] {
  return [
    // The metrics already carry the labels of their service.
    { job_name: COLLECTOR_JOB, honor_labels: true, static_configs: [{ targets: [collector] }] },
    ...Object.entries(internal).map(([job, target]) => ({ job_name: job, static_configs: [{ targets: [target] }] })),
    ...(proxies ? [proxyJob('proxies', proxies)] : []),
    ...(gateways ? [proxyJob('gateways', gateways)] : []),
  ];
}

function proxyJob(job: string, { namespaces, port = 15_020, path = '/stats/prometheus', tls }: ProxyTargets): Section {
  return {
    job_name: job,
    metrics_path: path,
    // A proxy with far too many series loses only its own.
    sample_limit: 50_000,
    ...(tls ? { scheme: 'https', tls_config: tlsConfig(tls) } : { scheme: 'http' }),
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: namespaces } }],
    relabel_configs: [...proxiesOnly(), ...address(port), ...podLabels()],
  };
}

/**
 * Certificates of the mesh name workloads instead of hosts, and Prometheus can only compare hosts, so it does not verify
 * the proxy. The proxy verifies Prometheus' certificate.
 *
 * @see https://istio.io/latest/docs/ops/integrations/prometheus/#tls-settings
 */
function tlsConfig({ ca, certificate, key }: ProxyTls): Section {
  return { ca_file: ca, cert_file: certificate, key_file: key, insecure_skip_verify: true };
}

/** One target per pod: the port that Istio declares for proxy metrics in sidecars and gateways. */
function proxiesOnly(): Section[] {
  return [
    { source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: 'http-envoy-prom', action: 'keep' },
    { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Running', action: 'keep' },
  ];
}

function address(port: number): Section[] {
  const from = { source_labels: ['__meta_kubernetes_pod_ip'], target_label: '__address__' };
  return [
    { ...from, regex: '([^:]+)', replacement: `$1:${port}` },
    { ...from, regex: '(.*:.*)', replacement: `[$1]:${port}` },
  ];
}

function podLabels(): Section[] {
  const labels = {
    __meta_kubernetes_namespace: 'namespace',
    __meta_kubernetes_pod_name: 'pod',
    __meta_kubernetes_pod_label_app: 'app',
    __meta_kubernetes_pod_label_version: 'version',
  };
  return Object.entries(labels).map(([from, label]) => ({ source_labels: [from], target_label: label }));
}
