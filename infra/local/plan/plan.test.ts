import { configMap, deployment, plan, service } from '../testing/manifests';

const GRPC = { ports: [{ name: 'grpc', containerPort: 50_051 }] };
const HTTP = { ports: [{ name: 'http', containerPort: 8080 }] };

describe('a pod', () => {
  test('runs its command in the app folder, with the grace period of its manifest', async () => {
    const manifest = deployment('greeter', { args: ['--loud'] }, { pod: { terminationGracePeriodSeconds: 7 } });
    const { pods } = await plan([manifest]);
    expect(pods).toEqual([
      {
        name: 'greeter-0',
        command: ['node', './greeter.cjs', '--loud'],
        folder: '/app',
        env: {},
        files: [],
        graceSeconds: 7,
        probes: {},
      },
    ]);
  });

  test('is made for each replica, with ports of its own', async () => {
    const { pods } = await plan([
      deployment('greeter', GRPC, { replicas: 3 }),
      deployment('none', {}, { replicas: 0 }),
    ]);
    expect(pods.map(({ name, env }) => [name, env['GRPC_PORT']])).toEqual([
      ['greeter-0', '40001'],
      ['greeter-1', '40002'],
      ['greeter-2', '40003'],
    ]);
  });

  test('gets variables for the address of each port by name', async () => {
    const ports = [...GRPC.ports, { name: 'admin-ui', containerPort: 9000 }];
    const { pods } = await plan([deployment('greeter', { ports })]);
    expect(pods[0]?.env).toEqual({
      GRPC_ADDRESS: '127.0.0.1',
      GRPC_PORT: '40001',
      ADMIN_UI_ADDRESS: '127.0.0.1',
      ADMIN_UI_PORT: '40002',
    });
  });

  test('gets the ports and variables of this machine, whatever its manifest sets', async () => {
    const env = [
      { name: 'GRPC_PORT', value: '50051' },
      { name: 'DRAIN_DELAY_MS', value: '3000' },
    ];
    const { pods } = await plan([deployment('greeter', { ...GRPC, env })], { env: { DRAIN_DELAY_MS: '0' } });
    expect(pods[0]?.env).toMatchObject({ GRPC_PORT: '40001', DRAIN_DELAY_MS: '0' });
  });
});

describe('probes', () => {
  test.each<[string, object, object]>([
    ['gRPC', { grpc: { port: 50_051, service: 'liveness' } }, { port: 40_001, grpcService: 'liveness' }],
    ['gRPC of the whole server', { grpc: { port: 50_051 } }, { port: 40_001, grpcService: '' }],
    ['HTTP', { httpGet: { path: '/readyz', port: 8080 } }, { port: 40_002, httpPath: '/readyz' }],
    ['HTTP by the name of the port', { httpGet: { port: 'http' } }, { port: 40_002, httpPath: '/' }],
    ['TCP', { tcpSocket: { port: 'grpc' } }, { port: 40_001 }],
  ])('over %s go to the port on this machine', async (_, asked, probe) => {
    const times = { initialDelaySeconds: 3, periodSeconds: 2, failureThreshold: 5, timeoutSeconds: 4 };
    const ports = [...GRPC.ports, ...HTTP.ports];
    const { pods } = await plan([deployment('a', { ports, readinessProbe: { ...asked, ...times } })]);
    expect(pods[0]?.probes).toEqual({ readiness: { ...probe, ...times } });
  });

  test('are kept apart', async () => {
    const [startupProbe, readinessProbe, livenessProbe] = ['s', 'r', 'l'].map((path) => ({
      httpGet: { port: 8080, path: `/${path}` },
    }));
    const { pods } = await plan([deployment('a', { ...HTTP, startupProbe, readinessProbe, livenessProbe })]);
    expect(pods[0]?.probes).toMatchObject({
      startup: { httpPath: '/s' },
      readiness: { httpPath: '/r' },
      liveness: { httpPath: '/l' },
    });
  });
});

describe('a Service', () => {
  const port = (value: object) => ({ name: 'grpc', port: 50_051, ...value });

  test.each<[string, object, object, string, string[]]>([
    ['whose labels all match', {}, { app: 'a', tier: 'back' }, 'weft', ['127.0.0.1:40001']],
    ['with a label that does not match', {}, { app: 'a', tier: 'front' }, 'weft', []],
    ['in another namespace', {}, { app: 'a' }, 'other', []],
    ['without a selector', {}, {}, 'weft', []],
    ['with the name of a port', { targetPort: 'grpc' }, { app: 'a' }, 'weft', ['127.0.0.1:40001']],
    ['with the number of a port', { port: 80, targetPort: 50_051 }, { app: 'a' }, 'weft', ['127.0.0.1:40001']],
    ['with an unknown port', { port: 80 }, { app: 'a' }, 'weft', []],
  ])('%s has the addresses behind it', async (_, ports, selector, namespace, addresses) => {
    const pod = deployment('a', GRPC, { labels: { app: 'a', tier: 'back', version: 'v1' } });
    const { services } = await plan([pod, service('a', [port(ports)], selector, namespace)]);
    expect(services).toEqual([{ name: 'a', port: 'grpc', addresses, pods: expect.any(Array) }]);
  });

  test('has all replicas of all Deployments that it selects, port by port', async () => {
    const ports = [...GRPC.ports, ...HTTP.ports];
    const { services } = await plan([
      deployment('a-v1', { ports }, { replicas: 2, labels: { app: 'a' } }),
      deployment('a-v2', { ports }, { labels: { app: 'a' } }),
      service('a', [port({}), { name: 'admin', port: 81, targetPort: 'http' }]),
    ]);
    const pods = ['a-v1-0', 'a-v1-1', 'a-v2-0'];
    expect(services).toEqual([
      { name: 'a', port: 'grpc', addresses: ['127.0.0.1:40001', '127.0.0.1:40003', '127.0.0.1:40005'], pods },
      { name: 'a', port: 'admin', addresses: ['127.0.0.1:40002', '127.0.0.1:40004', '127.0.0.1:40006'], pods },
    ]);
  });

  test('has the examples of its annotation, with the first of its ports', async () => {
    const annotations = { 'weft.dev/examples': 'curl localhost:8080/a\ndate' };
    const { metadata, ...rest } = service('a', [port({}), { name: 'admin', port: 81 }]) as { metadata: object };
    const { services } = await plan([deployment('a', GRPC), { ...rest, metadata: { ...metadata, annotations } }]);
    expect(services.map(({ examples }) => examples)).toEqual([['curl localhost:8080/a', 'date'], undefined]);
  });

  test('with gRPC pods is known to every process', async () => {
    const { pods } = await plan([
      deployment('user-info', GRPC, { replicas: 2 }),
      deployment('gateway', HTTP),
      service('user-info', [port({})]),
      service('gateway', [{ name: 'http', port: 8080 }]),
      service('elsewhere', [port({})]),
    ]);
    const urls = { USER_INFO_GRPC_URL: 'ipv4:127.0.0.1:40001,127.0.0.1:40002' };
    for (const { env } of pods)
      expect(Object.fromEntries(Object.entries(env).filter(([name]) => name.endsWith('_URL')))).toEqual(urls);
  });

  test('for HTTP keeps its port on this machine, for its first pod', async () => {
    const { pods, services } = await plan([
      deployment('gateway', HTTP, { replicas: 2 }),
      service('gateway', [{ name: 'http', port: 8088, targetPort: 'http' }]),
    ]);
    expect(pods.map(({ env }) => env['HTTP_PORT'])).toEqual(['8088', '40001']);
    expect(services[0]?.addresses).toEqual(['127.0.0.1:8088', '127.0.0.1:40001']);
  });
});

test('an image without a command is left out, and its service has no addresses', async () => {
  const { pods, services, images } = await plan([
    deployment('py', { ...GRPC, command: [] }, { replicas: 2 }),
    deployment('greeter', GRPC),
    service('py', [{ name: 'grpc', port: 50051 }]),
  ]);
  expect(images).toEqual(['py']);
  expect(pods.map(({ name }) => name)).toEqual(['greeter-0']);
  expect(services).toEqual([{ name: 'py', port: 'grpc', addresses: [], pods: [] }]);
});

test('all faults are listed at once, with their Deployments', async () => {
  const manifests = [
    deployment('pair', {}, { pod: { containers: ['a', 'b'].map((name) => ({ name, command: ['node'] })) } }),
    deployment('probed', {
      ...GRPC,
      readinessProbe: { httpGet: { port: 'htp' } },
      livenessProbe: { grpc: { port: 1 } },
    }),
    deployment('unset', {
      envFrom: [{ configMapRef: { name: 'nowhere' } }],
      env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'token' } } }],
    }),
    configMap('nowhere', {}, 'other'),
  ];
  await expect(plan(manifests)).rejects.toThrow(
    [
      'these manifests cannot run here:',
      'Deployment pair: has 2 containers; only one can run as a process',
      'Deployment probed: readinessProbe: port htp is not among the ports of container probed',
      'Deployment probed: livenessProbe: port 1 is not among the ports of container probed',
      'Deployment unset: ConfigMap nowhere not found in namespace weft',
      'Deployment unset: env TOKEN: comes from a Secret; set TOKEN in this shell',
    ].join('\n  '),
  );
});
