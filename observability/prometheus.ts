/** Where Prometheus finds the proxies of the mesh, and how it asks them. */
export interface ProxyTargets {
  /** Only pods of these namespaces are asked. */
  readonly namespaces: readonly string[];
  /** 15020 if left out: the agent's port, which has the proxy's metrics and those of the application. */
  readonly port?: number;
  /** `/stats/prometheus` if left out. */
  readonly path?: string;
  /** A certificate of the mesh, where the port wants one; plain HTTP if left out. */
  readonly tls?: ProxyTls;
}

/** Paths of files in Prometheus' container. */
export interface ProxyTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** What Prometheus scrapes. */
export interface ScrapeTargets {
  /** `host:port` of the metrics of services and spans. */
  readonly collector: string;
  /** `host:port` of programs that tell how they are doing, by job: the collector, Jaeger, Prometheus itself. */
  readonly internal?: Readonly<Record<string, string>>;
  readonly proxies?: ProxyTargets;
  /** Gateways, whose port may be another. */
  readonly gateways?: ProxyTargets;
}

/** What differs between Prometheuses. */
export interface PrometheusSettings extends ScrapeTargets {
  /** How often targets are scraped and rules are evaluated, in seconds; 15 if left out. */
  readonly intervalSeconds?: number;
  /** Paths of rule files. */
  readonly ruleFiles: readonly string[];
  /** `host:port` of Alertmanagers; without any, alerts are shown and sent nowhere. */
  readonly alertmanagers?: readonly string[];
  /** Labels of everything that leaves this Prometheus. */
  readonly externalLabels?: Readonly<Record<string, string>>;
}

type Section = Readonly<Record<string, unknown>>;

/** The job of the collector's metrics, which alerts name. */
export const COLLECTOR_JOB = 'collector';

/**
 * Prometheus' configuration file as its YAML has it. Exemplars want `--enable-feature=exemplar-storage`.
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
    // Whose metrics they are, services say themselves.
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
    // One proxy that has far too many series costs its own.
    sample_limit: 50_000,
    ...(tls ? { scheme: 'https', tls_config: tlsConfig(tls) } : { scheme: 'http' }),
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: namespaces } }],
    relabel_configs: [...proxiesOnly(), ...address(port), ...podLabels()],
  };
}

/**
 * Certificates of the mesh name workloads and not hosts, and Prometheus only compares hosts, so it checks nothing: the
 * proxy does, since it wants Prometheus' certificate.
 *
 * @see https://istio.io/latest/docs/ops/integrations/prometheus/#tls-settings
 */
function tlsConfig({ ca, certificate, key }: ProxyTls): Section {
  return { ca_file: ca, cert_file: certificate, key_file: key, insecure_skip_verify: true };
}

/** One target a pod: the port that Istio declares for the proxy's metrics in sidecars and gateways alike. */
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
