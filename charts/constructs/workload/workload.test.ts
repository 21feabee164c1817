import { canaryOf, environment } from '../../testing/environment';
import { onlyOf, type Resource, resourcesOf } from '../../testing/manifests';
import type { ServiceSpec } from '../../../services/kit/declaration';
import { all, legacy } from '../../testing/services';
import { secretRef } from '../../environment/settings';

type Container = Record<
  'image' | 'command' | 'workingDir' | 'env' | 'volumeMounts' | 'livenessProbe' | 'readinessProbe' | 'resources',
  unknown
>;

const ofKind = (kind: string, resources: Resource[]) => resources.filter((each) => each.kind === kind);

function podOf({ spec }: Resource) {
  return spec['template'] as {
    metadata: { labels: object; annotations?: Record<string, string> };
    spec: { containers: [Container] } & Record<string, unknown>;
  };
}

describe('each released version', () => {
  const resources = resourcesOf('users', all, environment({}, canaryOf('users')));

  test('is a Deployment of its own, whose pods and nobody else’s it selects', () => {
    const deployments = ofKind('Deployment', resources);
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['users-v1', 'users-v2']);
    for (const [index, version] of ['v1', 'v2'].entries()) {
      const deployment = deployments[index] as Resource;
      expect(deployment.spec['selector']).toEqual({ matchLabels: { app: 'users', version } });
      expect(podOf(deployment).metadata.labels).toMatchObject({ app: 'users', version });
    }
  });

  test('has its own image and variables', () => {
    const containers = ofKind('Deployment', resources).map((each) => podOf(each).spec.containers[0]);
    expect(containers.map(({ image }) => image)).toEqual(['weft/users:dev', 'weft/users:next']);
    const feature = { name: 'FEATURE', value: 'on' };
    expect(containers[0]?.env).not.toContainEqual(feature);
    expect(containers[1]?.env).toContainEqual(feature);
  });

  test('shares one account, which no pod has a token of, and one name', () => {
    expect(onlyOf('ServiceAccount', resources)).toMatchObject({ automountServiceAccountToken: false });
    expect(onlyOf('Service', resources).spec['selector']).toEqual({ app: 'users' });
  });

  test('is spread over zones and nodes', () => {
    const [first] = ofKind('Deployment', resources) as [Resource];
    const matchLabels = { app: 'users', version: 'v1' };
    expect(podOf(first).spec['topologySpreadConstraints']).toMatchObject([
      { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, labelSelector: { matchLabels } },
      { topologyKey: 'kubernetes.io/hostname', maxSkew: 1, labelSelector: { matchLabels } },
    ]);
  });

  test('is an image by its digest, where the release has one', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const text = `default: { stable: { version: v1, digest: '${digest}' } }`;
    const deployment = onlyOf('Deployment', resourcesOf('users', all, environment({}, text)));
    expect(podOf(deployment).spec.containers[0].image).toBe(`weft/users@${digest}`);
  });
});

describe('the number of pods', () => {
  test.each<[string, { min: number; max: number }, number | undefined, object | undefined, boolean]>([
    ['is said where it is one number', { min: 1, max: 1 }, 1, undefined, false],
    [
      'is the autoscaler’s where it is a range',
      { min: 1, max: 3 },
      undefined,
      { minReplicas: 1, maxReplicas: 3 },
      true,
    ],
    ['has a budget where there may be several', { min: 2, max: 2 }, 2, undefined, true],
    ['has both', { min: 2, max: 5 }, undefined, { minReplicas: 2, maxReplicas: 5 }, true],
  ])('%s', (_, scale, replicas, range, budget) => {
    const resources = resourcesOf('users', all, environment({ replicas: { users: scale } }));
    expect(onlyOf('Deployment', resources).spec['replicas']).toBe(replicas);
    const scaled = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'users-v1' } };
    const autoscalers = ofKind('HorizontalPodAutoscaler', resources).map(({ spec }) => spec);
    expect(autoscalers).toMatchObject(range ? [{ ...scaled, ...range }] : []);
    const budgets = ofKind('PodDisruptionBudget', resources).map(({ spec }) => spec);
    const selector = { matchLabels: { app: 'users', version: 'v1' } };
    expect(budgets).toMatchObject(budget ? [{ maxUnavailable: 1, selector }] : []);
  });

  test('follows the CPU of the service, and not of its proxy', () => {
    const target = { type: 'Utilization', averageUtilization: 70 };
    expect(onlyOf('HorizontalPodAutoscaler', resourcesOf('search', all)).spec['metrics']).toEqual([
      { type: 'ContainerResource', containerResource: { container: 'search', name: 'cpu', target } },
    ]);
  });

  test('keeps no node from being drained by pods that are not ready', () => {
    const { spec } = onlyOf('PodDisruptionBudget', resourcesOf('search', all));
    expect(spec).toMatchObject({ unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  test('is the declaration’s where the settings say nothing', () => {
    const { spec } = onlyOf('HorizontalPodAutoscaler', resourcesOf('search', all));
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 10 });
  });
});

describe('what a pod asks for', () => {
  const resourcesFor = (service: string) =>
    podOf(onlyOf('Deployment', resourcesOf(service, all, environment({ resources })))).spec.containers[0].resources;
  const resources = { search: { requests: { memory: '1Gi' }, limits: { memory: '2Gi', cpu: '1.5' } } };

  test.each([
    ['users', { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } }],
    ['search', { requests: { cpu: '50m', memory: '1Gi' }, limits: { cpu: '1.5', memory: '2Gi' } }],
  ])('is what the settings say, else what every pod does: %s', (service, expected) => {
    expect(resourcesFor(service)).toEqual(expected);
  });
});

test('examples of the declaration are an annotation of the Service, a line each', () => {
  const examples = ['curl localhost:8080/v1/users', 'npx weft call users GetUser {}'];
  const annotations = (specs: ServiceSpec[]) =>
    onlyOf('Service', resourcesOf('users', specs, environment())).metadata.annotations;
  const told = all.map((spec) => (spec.name === 'users' ? { ...spec, examples } : spec));
  expect(annotations(told)).toEqual({ 'weft.dev/examples': examples.join('\n') });
  expect(annotations(all)).toBeUndefined();
});

test('a pod goes on until its drain is over and its proxy has gone', () => {
  const { metadata, spec } = podOf(
    onlyOf('Deployment', resourcesOf('users', all, environment({ drainDelayMs: 4_500 }))),
  );
  expect(spec['terminationGracePeriodSeconds']).toBe(35);
  expect(JSON.parse(metadata.annotations?.['proxy.istio.io/config'] ?? '')).toEqual({
    holdApplicationUntilProxyStarts: true,
    proxyMetadata: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true' },
    proxyHeaders: { metadataExchangeHeaders: { mode: 'IN_MESH' } },
  });
});

describe('the connection string', () => {
  const image = { ...legacy, store: 'mongodb' } as const;
  const pod = (name: string, services: ServiceSpec[] = all) =>
    podOf(onlyOf('Deployment', resourcesOf(name, services, environment({ secrets }))));
  const secrets = { mongoUri: secretRef('database', 'connection') };

  test.each<[string, ServiceSpec[]]>([
    ['users', all],
    ['legacy', [image]],
  ])('of %s is a file that can be read and not written', (name, services) => {
    const { volumes, securityContext, containers } = pod(name, services).spec;
    const items = [{ key: 'connection', path: 'mongo-uri' }];
    const secret = { secretName: 'database', items, defaultMode: 0o440 };
    expect(volumes).toContainEqual({ name: 'secrets', secret });
    expect(securityContext).toMatchObject({ runAsUser: 1000, fsGroup: 1000 });
    // No subPath: such a file is never brought up to date.
    const mount = { name: 'secrets', mountPath: '/var/run/secrets/weft', readOnly: true };
    expect(containers[0].volumeMounts).toContainEqual(mount);
    const file = { name: 'MONGO_URI_FILE', value: '/var/run/secrets/weft/mongo-uri' };
    expect(containers[0].env).toContainEqual(file);
  });

  test('is not there for a service without a store', () => {
    const { volumes, securityContext, containers } = pod('search').spec;
    expect([volumes, containers[0].volumeMounts]).toEqual([undefined, undefined]);
    expect(securityContext).not.toHaveProperty('fsGroup');
    expect(JSON.stringify(containers)).not.toContain('MONGO');
  });
});

describe('an image that was not made with the kit', () => {
  const container = () => podOf(onlyOf('Deployment', resourcesOf('legacy', all))).spec.containers[0];

  test('runs as it is, in the version that is released', () => {
    expect(container()).toMatchObject({ image: 'ghcr.io/example/legacy:dev' });
    expect([container().command, container().workingDir]).toEqual([undefined, undefined]);
  });

  test('is told to end when its callers have noticed that it will, since it may do so at once', () => {
    const slow = environment({ drainDelayMs: 4_500 });
    const { containers } = podOf(onlyOf('Deployment', resourcesOf('legacy', all, slow))).spec;
    expect(containers[0]).toMatchObject({ lifecycle: { preStop: { sleep: { seconds: 5 } } } });
    expect(podOf(onlyOf('Deployment', resourcesOf('users', all, slow))).spec.containers[0]).not.toHaveProperty(
      'lifecycle',
    );
    const now = environment({ drainDelayMs: 0 });
    expect(podOf(onlyOf('Deployment', resourcesOf('legacy', all, now))).spec.containers[0]).not.toHaveProperty(
      'lifecycle',
    );
  });

  test('may write to /tmp, and nowhere else', () => {
    expect(container()).toMatchObject({
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      securityContext: { readOnlyRootFilesystem: true },
    });
  });

  test('is asked by gRPC health where it says so', () => {
    const healthy = { ...legacy, health: 'grpc' } as const;
    const pod = podOf(onlyOf('Deployment', resourcesOf('legacy', [healthy]))).spec;
    const asked = { grpc: { port: 50051 } };
    expect(pod.containers[0]).toMatchObject({ readinessProbe: asked, livenessProbe: asked });
  });

  test('has to listen, and need not know gRPC health', () => {
    expect(container()).toMatchObject({
      readinessProbe: { tcpSocket: { port: 'grpc' } },
      livenessProbe: { tcpSocket: { port: 'grpc' } },
    });
  });

  test('has all else that a service has', () => {
    const kinds = (name: string) => new Set(resourcesOf(name, all).map(({ kind }) => kind));
    for (const kind of ['Service', 'VirtualService', 'DestinationRule', 'Sidecar', 'NetworkPolicy'])
      expect(kinds('legacy')).toContain(kind);
  });
});

test.each([
  ['outside', 'legacy', {}, { RATES_GRPC_URL: 'dns:///rates.example.com:443' }],
  [
    'in another namespace',
    'search',
    { namespaces: { users: 'people' } },
    { USERS_GRPC_URL: 'dns:///users.people.svc.cluster.local:50051' },
  ],
  [
    'in another DNS domain',
    'search',
    { clusterDomain: 'k8s.example' },
    { USERS_GRPC_URL: 'dns:///users.weft.svc.k8s.example:50051' },
  ],
  ['where the kit looks anyway', 'search', {}, {}],
])('a service is told of callees %s', (_, service, settings, expected) => {
  const { data } = onlyOf('ConfigMap', resourcesOf(service, all, environment(settings)));
  expect(Object.fromEntries(Object.entries(data).filter(([name]) => name.endsWith('_GRPC_URL')))).toEqual(expected);
});
