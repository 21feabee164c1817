import { describeWith } from './testing/programs';
import { checkConfig } from './testing/promtool';
import { prometheusConfig, scrapeConfig } from './prometheus';

const proxies = { namespaces: ['weft', 'telemetry'] };

/** Applies the part of Prometheus' relabelling that is used here. */
function relabel(
  rules: readonly Record<string, unknown>[],
  labels: Record<string, string>,
): Record<string, string> | undefined {
  const out = { ...labels };
  for (const rule of rules) {
    const value = (rule['source_labels'] as string[]).map((label) => out[label] ?? '').join(';');
    const match = new RegExp(`^(?:${(rule['regex'] as string | undefined) ?? '(.*)'})$`).exec(value);
    if (rule['action'] === 'keep' && !match) return undefined;
    if (rule['action'] !== 'keep' && match)
      out[rule['target_label'] as string] = ((rule['replacement'] as string | undefined) ?? '$1').replace(
        '$1',
        match[1] ?? '',
      );
  }
  return out;
}

function relabelRules(): Record<string, unknown>[] {
  const [, job] = scrapeConfig({ collector: 'collector:8889', proxies });
  return job?.['relabel_configs'] as Record<string, unknown>[];
}

const POD = {
  __meta_kubernetes_pod_container_port_name: 'http-envoy-prom',
  __meta_kubernetes_pod_phase: 'Running',
  __meta_kubernetes_pod_ip: '10.1.2.3',
  __meta_kubernetes_namespace: 'weft',
  __meta_kubernetes_pod_name: 'greeter-v1-abc',
  __meta_kubernetes_pod_label_app: 'greeter',
  __meta_kubernetes_pod_label_version: 'v1',
  __address__: '10.1.2.3:15090',
};

describe('the targets of Prometheus', () => {
  test('include the collector, whose metrics keep the labels of their services', () => {
    expect(scrapeConfig({ collector: 'collector.telemetry:8889' })).toEqual([
      { job_name: 'collector', honor_labels: true, static_configs: [{ targets: ['collector.telemetry:8889'] }] },
    ]);
  });

  test('include proxies, over plain HTTP or as a workload of the mesh', () => {
    const [, plain] = scrapeConfig({ collector: 'c:8889', proxies });
    expect(plain).toMatchObject({ scheme: 'http', metrics_path: '/stats/prometheus' });
    const tls = { ca: '/certs/root-cert.pem', certificate: '/certs/cert-chain.pem', key: '/certs/key.pem' };
    const [, secure] = scrapeConfig({ collector: 'c:8889', proxies: { ...proxies, port: 15_091, tls } });
    expect(secure).toMatchObject({ scheme: 'https', tls_config: { ca_file: tls.ca, cert_file: tls.certificate } });
    expect(JSON.stringify(secure)).toContain('$1:15091');
  });

  test('have one address per pod', () => {
    expect(relabel(relabelRules(), POD)).toMatchObject({
      __address__: '10.1.2.3:15020',
      namespace: 'weft',
      pod: 'greeter-v1-abc',
      app: 'greeter',
      version: 'v1',
    });
    expect(relabel(relabelRules(), { ...POD, __meta_kubernetes_pod_ip: 'fd00::7' })?.['__address__']).toBe(
      '[fd00::7]:15020',
    );
  });

  test.each([
    ['another port', { __meta_kubernetes_pod_container_port_name: 'grpc' }],
    ['a pod that has ended', { __meta_kubernetes_pod_phase: 'Succeeded' }],
  ])('exclude %s', (_, other) => {
    expect(relabel(relabelRules(), { ...POD, ...other })).toBeUndefined();
  });
});

describeWith(['promtool'], 'promtool', () => {
  test('takes the configuration', () => {
    // A fixed address stands for pods, because builds without Kubernetes cannot find them.
    const config = prometheusConfig({
      collector: 'collector:8889',
      internal: { 'collector-internal': 'collector:8888' },
      proxies: { ...proxies, tls: { ca: __filename, certificate: __filename, key: __filename } },
      ruleFiles: [],
      alertmanagers: ['alertmanager:9093'],
      externalLabels: { cluster: 'kind' },
    });
    const jobs = config['scrape_configs'] as Record<string, unknown>[];
    const found = jobs.map(({ kubernetes_sd_configs: sd, tls_config: tls, ...job }) =>
      sd ? { ...job, tls_config: { insecure_skip_verify: !!tls }, static_configs: [{ targets: ['p:1'] }] } : job,
    );
    checkConfig({ ...config, scrape_configs: found });
  });
});
