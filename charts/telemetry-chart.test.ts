import { load } from 'js-yaml';
import { environment } from './testing/environment';
import { type Resource, resourcesOf } from './testing/manifests';
import { all } from './testing/services';
import { settings as local } from './environments/local/settings';
import type { SettingsInput } from './environment/settings';
import { synthesize } from './synth';

const TELEMETRY = { ...local.telemetry, deploy: true };

function deployed(settings: Partial<SettingsInput> = {}): Resource[] {
  return resourcesOf('01-telemetry', all, environment({ telemetry: TELEMETRY, ...settings }));
}

function named(kind: string, name: string, resources = deployed()): Resource {
  const found = resources.find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

interface Pod {
  automountServiceAccountToken: boolean;
  securityContext: Record<string, unknown>;
  containers: { image: string; securityContext: object; resources: { limits: object } }[];
  volumes: { emptyDir?: { sizeLimit: string } }[];
}

const PROGRAMS = ['collector', 'jaeger', 'prometheus', 'grafana'];

const podOf = (name: string, resources?: Resource[]): Pod =>
  (named('Deployment', name, resources).spec['template'] as { spec: Pod }).spec;

test('comes where settings say so, after what the namespaces of services need', () => {
  const files = (settings: Partial<SettingsInput>) => [...synthesize(all, environment(settings)).keys()];
  expect(files({ telemetry: TELEMETRY }).slice(0, 2)).toEqual(['00-platform.yaml', '01-telemetry.yaml']);
  expect(files({})).not.toContain('01-telemetry.yaml');
});

test('lies in the namespace of the collector, but for the rights of Prometheus where pods are', () => {
  const elsewhere = deployed({ namespaces: { users: 'people' } })
    .filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'telemetry')
    .map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
  expect(elsewhere).toEqual(
    ['weft', 'people', 'istio-system'].flatMap((namespace) => [
      `Role ${namespace} weft-prometheus`,
      `RoleBinding ${namespace} weft-prometheus`,
    ]),
  );
});

test.each(PROGRAMS)('%s is as restricted as a service, and keeps within its bounds', (name) => {
  const pod = podOf(name);
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(pod.automountServiceAccountToken).toBe(name === 'prometheus');
  for (const container of pod.containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources.limits).toHaveProperty('memory');
  }
  for (const { emptyDir } of pod.volumes) if (emptyDir) expect(emptyDir).toHaveProperty('sizeLimit');
});

test('images are pinned, come from the registry of the settings, and may be others', () => {
  const images = (telemetry: object) =>
    PROGRAMS.map((name) => podOf(name, deployed({ telemetry: { ...TELEMETRY, ...telemetry } })).containers[0]?.image);
  for (const image of images({})) expect(image).toMatch(/^docker\.io\/[a-z/-]+:v?\d+\.\d+\.\d+$/);
  expect(images({ registry: 'mirror.example.com/hub', images: { jaeger: 'localhost/jaeger:dev' } })).toEqual([
    expect.stringMatching(/^mirror\.example\.com\/hub\/otel\//),
    'localhost/jaeger:dev',
    expect.stringMatching(/^mirror\.example\.com\/hub\/prom\//),
    expect.stringMatching(/^mirror\.example\.com\/hub\/grafana\//),
  ]);
});

/** In words: `collector: grafana: 16686`. */
function rightsOf(resources: Resource[]): string[] {
  const policies = resources.filter(({ kind, spec }) => kind === 'AuthorizationPolicy' && 'rules' in spec);
  return policies.flatMap(({ metadata, spec }) => {
    const [rule] = spec['rules'] as [{ from: { source: { principals: string[] } }[]; to: object[] }];
    const who = rule.from.flatMap(({ source }) => source.principals.map((each) => each.replace('cluster.local/', '')));
    return `${metadata.name}: ${who.join(' ')} ${JSON.stringify(rule.to)}`;
  });
}

test('each is for those who use it, with the ports that they use, and for nobody else', () => {
  const ports = (...numbers: number[]) => JSON.stringify([{ operation: { ports: numbers.map(String) } }]);
  const services = ['edge', 'legacy', 'search', 'users'].map((name) => `ns/weft/sa/${name}`).join(' ');
  expect(rightsOf(deployed())).toEqual([
    `collector-from-services: ${services} ${ports(4317, 4318)}`,
    `collector-from-ingress: ns/istio-system/sa/istio-ingressgateway-service-account ${ports(4317, 4318)}`,
    `collector-from-prometheus: ns/telemetry/sa/prometheus ${ports(8889, 8888)}`,
    `jaeger-from-collector: ns/telemetry/sa/collector ${ports(4317)}`,
    `jaeger-from-grafana: ns/telemetry/sa/grafana ${ports(16_686)}`,
    `jaeger-from-prometheus: ns/telemetry/sa/prometheus ${ports(8888)}`,
    `prometheus-from-grafana: ns/telemetry/sa/grafana ${ports(9090)}`,
    `prometheus-from-jaeger: ns/telemetry/sa/jaeger ${ports(9090)}`,
  ]);
  expect(named('AuthorizationPolicy', 'deny-by-default').spec).toEqual({});
  expect(named('PeerAuthentication', 'default').spec).toEqual({ mtls: { mode: 'STRICT' } });
});

test('what it sends is not traced', () => {
  expect(named('Telemetry', 'default').spec).toMatchObject({ tracing: [{ disableSpanReporting: true }] });
});

/** The configuration of Prometheus, as it reads it. */
function jobsOf(settings: Partial<SettingsInput> = {}) {
  const { data } = named('ConfigMap', 'prometheus-config', deployed(settings));
  const config = load(data['prometheus.yml'] ?? '') as { scrape_configs: Record<string, unknown>[] };
  return Object.fromEntries(config.scrape_configs.map(({ job_name: name, ...job }) => [String(name), job]));
}

test('Prometheus asks proxies by mutual TLS, and in plaintext while nothing is closed', () => {
  const { proxies, gateways } = jobsOf({ namespaces: { users: 'people' } });
  expect(proxies).toMatchObject({
    scheme: 'https',
    tls_config: { cert_file: '/etc/certificates/cert-chain.pem' },
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: ['weft', 'people'] } }],
  });
  expect(JSON.stringify(proxies)).toContain('$1:15094');
  expect(JSON.stringify(gateways)).toContain('$1:15092');
  const tried = jobsOf({ policy: 'audit' }).proxies;
  expect(tried).toMatchObject({ scheme: 'http' });
  expect(JSON.stringify(tried)).toContain('$1:15020');
});
