import { SPLIT_RULES } from '../infra/mesh/names';
import { settings as local } from './environments/local/settings';
import { environment } from './testing/environment';
import { onlyOf, type Resource, resourcesOf } from './testing/manifests';
import { all } from './testing/services';
import type { SettingsInput } from './environment/settings';

const platform = (settings: Partial<SettingsInput> = {}): Resource[] =>
  resourcesOf('00-platform', all, environment(settings));

const ISTIO = { cni: false };

const TELEMETRY = local.telemetry;

const SPLIT_POLICIES = SPLIT_RULES.flatMap((name) => [
  `ValidatingAdmissionPolicy  ${name}`,
  `ValidatingAdmissionPolicyBinding  ${name}`,
]);

test('every namespace of services denies what nothing allows, encrypts, traces, and limits what strangers know', () => {
  const resources = platform({ namespaces: { users: 'people' } });
  expect(resources.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`)).toEqual(
    ['weft', 'people'].flatMap((namespace) => [
      `Namespace  ${namespace}`,
      `AuthorizationPolicy ${namespace} deny-by-default`,
      `Telemetry ${namespace} default`,
      `PeerAuthentication ${namespace} default`,
      `Sidecar ${namespace} default`,
      `NetworkPolicy ${namespace} deny-by-default`,
      ...SPLIT_POLICIES.map((each) => `${each}.${namespace}`),
    ]),
  );
  expect(resources.filter(({ kind }) => kind === 'AuthorizationPolicy').map(({ spec }) => spec)).toEqual([{}, {}]);
});

test('callers encrypt, and packets that nobody declared are dropped', () => {
  expect(onlyOf('PeerAuthentication', platform()).spec).toEqual({ mtls: { mode: 'STRICT' } });
  expect(onlyOf('NetworkPolicy', platform()).spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
});

test('an audited namespace keeps what it has: resources without a dry run are left out', () => {
  const resources = platform({ policy: 'audit' });
  expect(resources.map(({ kind }) => kind).filter((kind) => !kind.startsWith('ValidatingAdmission'))).toEqual([
    'Namespace',
    'AuthorizationPolicy',
  ]);
  const actions = resources.flatMap(({ kind, spec }) =>
    kind === 'ValidatingAdmissionPolicyBinding' ? [spec['validationActions']] : [],
  );
  expect(actions).toEqual([['Warn'], ['Warn'], ['Warn']]);
});

describe('the labels of a namespace', () => {
  const told = { 'pod-security.kubernetes.io/audit': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' };
  const ours = { 'app.kubernetes.io/part-of': 'weft' };
  const enforced = { 'pod-security.kubernetes.io/enforce': 'restricted' };

  test.each<[string, SettingsInput['istio'], object, ('audit' | 'enforce')?]>([
    ['let the default injector in', ISTIO, { 'istio-injection': 'enabled', ...told }],
    ['let the injector of a revision in', { ...ISTIO, revision: 'r-1-31' }, { 'istio.io/rev': 'r-1-31', ...told }],
    ['enforce where no pod needs NET_ADMIN', { cni: true }, { 'istio-injection': 'enabled', ...enforced }],
    ['only tell while policies are only tried', { cni: true }, { 'istio-injection': 'enabled', ...told }, 'audit'],
  ])('%s', (_, istio, labels, policy = 'enforce') => {
    expect(onlyOf('Namespace', platform({ istio, policy })).metadata.labels).toEqual({ ...ours, ...labels });
  });
});

test('telemetry goes to the providers of the settings', () => {
  const collector = { namespace: 'o11y', service: 'otel', ports: [4317] };
  const telemetry = { sampling: 12.5, tracing: 'spans', accessLog: 'lines', collector };
  expect(onlyOf('Telemetry', platform({ telemetry })).spec).toEqual({
    tracing: [{ providers: [{ name: 'spans' }], randomSamplingPercentage: 12.5 }],
    accessLogging: [{ providers: [{ name: 'lines' }] }],
  });
  expect(onlyOf('Sidecar', platform({ telemetry })).spec).toEqual({
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    egress: [{ hosts: ['./*', 'o11y/otel.o11y.svc.cluster.local'] }],
  });
});

test('metrics of proxies are for one account, where settings say whose', () => {
  const policies = (telemetry: SettingsInput['telemetry']) =>
    platform({ telemetry, namespaces: { users: 'people' } }).filter(
      ({ metadata }) => metadata.name === 'allow-metrics',
    );
  const prometheus = { namespace: 'monitoring', account: 'k8s' };
  expect(policies({ ...TELEMETRY, prometheus }).map(({ metadata, spec }) => [metadata.namespace, spec])).toEqual(
    ['weft', 'people'].map((namespace) => [
      namespace,
      {
        action: 'ALLOW',
        rules: [
          {
            from: [{ source: { principals: ['cluster.local/ns/monitoring/sa/k8s'] } }],
            to: [{ operation: { ports: ['15094'] } }],
          },
        ],
      },
    ]),
  );
  expect(policies(TELEMETRY)).toEqual([]);
});

test('a database outside is known by its addresses, one in the cluster needs no words', () => {
  const storage = { mongodb: { cidr: '10.1.0.0/16', port: 27_018 } };
  const entry = onlyOf('ServiceEntry', platform({ storage, namespaces: { users: 'people' } }));
  expect(entry.metadata).toMatchObject({ name: 'mongodb', namespace: 'weft' });
  expect(entry.spec).toEqual({
    hosts: ['mongodb.external'],
    exportTo: ['people', 'weft'],
    addresses: ['10.1.0.0/16'],
    location: 'MESH_EXTERNAL',
    resolution: 'NONE',
    ports: [{ number: 27_018, name: 'mongo', protocol: 'TCP' }],
  });
  expect(platform().map(({ kind }) => kind)).not.toContain('ServiceEntry');
});

describe('the way in', () => {
  const hosts = { edge: ['b.example', 'a.example'] };
  const sorted = ['weft/a.example', 'weft/b.example'];
  const ingress = { namespace: 'gateways', account: 'front', selector: { gateway: 'front' }, certificate: 'cert' };

  test('is not there without hosts', () => {
    expect(platform().map(({ kind }) => kind)).not.toContain('Gateway');
  });

  test.each<[string, SettingsInput['istio'], object]>([
    [
      'is plain HTTP without a certificate',
      ISTIO,
      {
        selector: { istio: 'ingressgateway' },
        servers: [{ hosts: sorted, port: { number: 80, name: 'http', protocol: 'HTTP' } }],
      },
    ],
    [
      'is HTTPS with one, and plain HTTP is sent there',
      { ...ISTIO, ingress },
      {
        selector: { gateway: 'front' },
        servers: [
          { hosts: sorted, port: { number: 80, name: 'http', protocol: 'HTTP' }, tls: { httpsRedirect: true } },
          {
            hosts: sorted,
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            tls: { mode: 'SIMPLE', credentialName: 'cert', minProtocolVersion: 'TLSV1_2' },
          },
        ],
      },
    ],
  ])('%s', (_, istio, spec) => {
    expect(onlyOf('Gateway', platform({ hosts, istio })).spec).toEqual(spec);
  });

  test.each<[string, Partial<SettingsInput>, object[]]>([
    [
      'has spans and access logs, by a Telemetry of its own',
      { istio: { ...ISTIO, ingress } },
      [
        {
          selector: { matchLabels: { gateway: 'front' } },
          tracing: [{ providers: [{ name: 'traces' }], randomSamplingPercentage: 100 }],
          accessLogging: [{ providers: [{ name: 'logs' }] }],
        },
      ],
    ],
    ['keeps the Telemetry that it has where settings say so', { telemetry: { ...TELEMETRY, ingress: false } }, []],
    ['keeps the Telemetry that it has while policies are only tried', { policy: 'audit' }, []],
    ['is nobody’s to trace without hosts', { hosts: {} }, []],
  ])('%s', (_, settings, specs) => {
    const found = platform({ hosts, ...settings }).filter(({ metadata }) => metadata.name === 'weft-ingress');
    expect(found.map(({ spec }) => spec)).toEqual(specs);
  });

  test('is of the shared namespace, also to a service in one of its own, which alone may take its hosts', () => {
    const source = environment({ hosts, namespaces: { edge: 'front' } });
    const found = resourcesOf('edge', all, source).find(({ metadata }) => metadata.name === 'edge-ingress');
    expect(found).toMatchObject({ metadata: { namespace: 'front' }, spec: { gateways: ['weft/ingress'] } });
    const { spec } = onlyOf('Gateway', resourcesOf('00-platform', all, source));
    expect(spec).toMatchObject({ servers: [{ hosts: ['front/a.example', 'front/b.example'] }] });
  });

  const destination = { host: 'edge.weft.svc.cluster.local', subset: 'v1', port: { number: 8080 } };
  const retries = { attempts: 2, retryOn: 'connect-failure,refused-stream' };
  const set = { 'x-envoy-decorator-operation': '%REQ(:METHOD)%' };
  const named = { headers: { request: { set } } };
  const remove = { headers: { request: { set, remove: ['x-weft-lane'] } } };

  test.each<[string, Partial<SettingsInput>, object, object]>([
    ['asks the split, with lanes where they may come from outside', { headerRouting: true }, { port: 80 }, named],
    [
      'takes lanes away where they may not, and such a request asks no split',
      { headerRouting: false },
      { port: 80, withoutHeaders: { 'x-weft-lane': {} } },
      remove,
    ],
    ['is over HTTPS with a certificate', { headerRouting: true, istio: { ...ISTIO, ingress } }, { port: 443 }, named],
  ])('%s', (_, settings, match, headers) => {
    const resources = resourcesOf('edge', all, environment({ hosts, ...settings }));
    const found = resources.find(({ metadata }) => metadata.name === 'edge-ingress');
    expect(found).toMatchObject({ kind: 'VirtualService', metadata: { namespace: 'weft' } });
    expect(found?.spec).toMatchObject({ hosts: ['b.example', 'a.example'], gateways: ['weft/ingress'] });
    const routes = found?.spec['http'] as { headers: object }[];
    expect(routes.slice(-2)).toEqual([
      { name: 'once', match: [match], retries, ...headers, delegate: { name: 'edge-split' } },
      { name: 'once-stable', retries, ...headers, route: [{ destination }] },
    ]);
    expect(routes.map((route) => ({ headers: route.headers }))).toEqual(routes.map(() => headers));
    const ways = routes.filter((route) => 'delegate' in route) as unknown as { match: object[] }[];
    for (const way of ways) expect(way.match).toEqual(way.match.map((each) => ({ ...each, ...match })));
  });
});
