import { configMap, deployment, plan, service } from '../testing/manifests';

const from = (valueFrom: object) => ({ env: [{ name: 'X', valueFrom }] });
const key = (name: string, extra = {}) => from({ configMapKeyRef: { name, key: 'color', ...extra } });
const secret = (extra = {}) => from({ secretKeyRef: { name: 's', key: 'k', ...extra } });

const MAPS = [
  configMap('colors', { color: 'red', size: 'L' }),
  // The same name in another namespace, listed first.
  configMap('shared', { color: 'foreign' }, 'other'),
  configMap('shared', { color: 'own' }),
];

const environment = async (container: object, secrets: Record<string, string> = {}) => {
  const { pods } = await plan([...MAPS, deployment('a', container)], { secret: (variable) => secrets[variable] });
  return pods[0]?.env;
};

test.each<[string, object, Record<string, string>]>([
  ['a value', { env: [{ name: 'X', value: 'plain' }] }, { X: 'plain' }],
  ['no value', { env: [{ name: 'X' }] }, { X: '' }],
  ['a whole ConfigMap', { envFrom: [{ configMapRef: { name: 'colors' } }] }, { color: 'red', size: 'L' }],
  ['a key of a ConfigMap', key('colors'), { X: 'red' }],
  ['a ConfigMap of its own namespace', key('shared'), { X: 'own' }],
  ['the namespace', from({ fieldRef: { fieldPath: 'metadata.namespace' } }), { X: 'weft' }],
  ['the name of the pod', from({ fieldRef: { fieldPath: 'metadata.name' } }), { X: 'a-0' }],
  ['a missing optional ConfigMap', { envFrom: [{ configMapRef: { name: 'none', optional: true } }] }, {}],
  ['an optional Secret as a whole', { envFrom: [{ secretRef: { name: 'none', optional: true } }] }, {}],
  ['an optional key of a missing ConfigMap', key('none', { optional: true }), {}],
  ['a missing optional key', key('colors', { key: 'none', optional: true }), {}],
  ['an unset optional secret', secret({ optional: true }), {}],
])('%s', async (_, container, env) => {
  expect(await environment(container)).toEqual(env);
});

test('the keys of a ConfigMap get the prefix of envFrom', async () => {
  const envFrom = [{ prefix: 'SHIRT_', configMapRef: { name: 'colors' } }];
  expect(await environment({ envFrom })).toEqual({ SHIRT_color: 'red', SHIRT_size: 'L' });
});

describe('a reference to a variable', () => {
  const refer = (value: string, ...before: object[]) => ({
    envFrom: [{ configMapRef: { name: 'colors' } }],
    env: [...before, { name: 'X', value }, { name: 'LATER', value: 'later' }],
  });
  const first = (value: string) => ({ name: 'FIRST', value });

  test.each<[string, object, string]>([
    ['to one before it', refer('$(FIRST)/x', first('one')), 'one/x'],
    ['to one that refers to another', refer('$(FIRST)', first('$(color)')), 'red'],
    ['to one of a ConfigMap', refer('$(color), $(size)'), 'red, L'],
    [
      'to one of the pod',
      refer('$(NS)', { name: 'NS', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }),
      'weft',
    ],
    ['to one after it stays', refer('$(LATER)'), '$(LATER)'],
    ['to itself stays', refer('$(X)'), '$(X)'],
    [
      'to a property of every JavaScript object stays',
      refer('$(constructor)$(__proto__)'),
      '$(constructor)$(__proto__)',
    ],
    ['that is escaped stays', refer('$$(FIRST)', first('one')), '$(FIRST)'],
    ['in a value of another is not followed', refer('$(FIRST)', first('$$(color)')), '$(color)'],
  ])('%s', async (_, container, value) => {
    expect((await environment(container))?.['X']).toBe(value);
  });

  test('can be to the address of a Service, unless the container sets it or links are off', async () => {
    const ports = [
      { name: 'http', containerPort: 80 },
      { name: 'admin', containerPort: 81 },
    ];
    const variables = { A: '$(MY_DB_SERVICE_HOST):$(MY_DB_SERVICE_PORT)', B: '$(MY_DB_SERVICE_PORT_ADMIN)' };
    const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
    const manifests = [
      deployment('db', { ports }, { labels: { app: 'my-db' } }),
      service(
        'my-db',
        [
          { name: 'http', port: 8000 },
          { name: 'admin', port: 9000, targetPort: 'admin' },
        ].map((port) => ({ targetPort: port.name, ...port })),
      ),
      deployment('a', { env }),
      deployment('own', { env: [{ name: 'MY_DB_SERVICE_HOST', value: 'db' }, ...env] }),
      deployment('far', { env }, { namespace: 'other' }),
      deployment('unlinked', { env }, { pod: { enableServiceLinks: false } }),
    ];
    const { pods } = await plan(manifests);
    const seen = Object.fromEntries(pods.map((pod) => [pod.name, [pod.env['A'], pod.env['B']]]));
    const unknown = Object.values(variables);
    expect(seen).toEqual({
      'db-0': [undefined, undefined],
      'a-0': ['127.0.0.1:8000', '40001'],
      'own-0': ['db:8000', '40001'],
      'far-0': unknown,
      'unlinked-0': unknown,
    });
    const headless = JSON.parse(JSON.stringify(manifests[1])) as { spec: object };
    headless.spec = { ...headless.spec, clusterIP: 'None' };
    const without = await plan([manifests[0] as object, headless, deployment('a', { env })]);
    expect(without.pods[1]?.env['A']).toBe(variables.A);
  });

  test('in a ConfigMap or a secret is plain text', async () => {
    const { pods } = await plan(
      [
        configMap('money', { M: '$(color) $$' }),
        deployment('a', {
          envFrom: [{ configMapRef: { name: 'money' } }],
          env: [{ name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
        }),
      ],
      { secret: () => '$(M) $$' },
    );
    expect(pods[0]?.env).toEqual({ M: '$(color) $$', S: '$(M) $$' });
  });

  test('has the value of this machine', async () => {
    const container = {
      command: ['node', '$(HTTP_PORT)', '$(OTHER)'],
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [first('x'), { name: 'HTTP_PORT', value: '8080' }, { name: 'URL', value: 'http://here:$(HTTP_PORT)' }],
    };
    const { pods } = await plan([deployment('a', container)], { env: { OTHER: 'machine' } });
    expect(pods[0]).toMatchObject({ command: ['node', '40001', '$(OTHER)'], env: { URL: 'http://here:40001' } });
  });

  test('in a command can be to any variable of the container', async () => {
    const env = [first('one'), { name: 'X', value: '$(FIRST)/x' }];
    const container = { command: ['$(FIRST)', '$$(X)'], args: ['$(X)', '$(NONE)', '$'], env };
    const { pods } = await plan([deployment('a', container)]);
    expect(pods[0]?.command).toEqual(['one', '$(X)', 'one/x', '$(NONE)', '$']);
  });
});

test.each([false, true])('a secret comes from the variable of this machine (optional: %s)', async (optional) => {
  expect(await environment(secret({ optional }), { X: 'mine' })).toEqual({ X: 'mine' });
});

test('a variable of a container wins over a ConfigMap, and a later ConfigMap over an earlier one', async () => {
  const envFrom = [{ configMapRef: { name: 'colors' } }, { configMapRef: { name: 'shared' } }];
  const env = [{ name: 'size', value: 'XL' }];
  expect(await environment({ envFrom, env })).toEqual({ color: 'own', size: 'XL' });
});

test.each<[string, object, string]>([
  ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'none' } }] }, 'ConfigMap none not found in namespace weft'],
  ['a key', key('colors', { key: 'none' }), 'env X: ConfigMap colors has no key none'],
  ['the ConfigMap of a key', key('none'), 'env X: ConfigMap none not found in namespace weft'],
  ['a secret', secret(), 'env X: comes from a Secret; set X in this shell'],
  [
    'a Secret as a whole',
    { envFrom: [{ secretRef: { name: 's' } }] },
    'envFrom: Secret s cannot be read on this machine; name each variable with a secretKeyRef',
  ],
  [
    'a field of a pod',
    from({ fieldRef: { fieldPath: 'status.podIP' } }),
    'env X: {"fieldRef":{"fieldPath":"status.podIP"}} is not supported on this machine',
  ],
  [
    'a resource',
    from({ resourceFieldRef: { resource: 'limits.cpu' } }),
    'env X: {"resourceFieldRef":{"resource":"limits.cpu"}} is not supported on this machine',
  ],
])('%s that is missing is reported once', async (_, container, fault) => {
  const message = `these manifests cannot run here:\n  Deployment a: ${fault}`;
  await expect(environment(container)).rejects.toThrow(new Error(message));
});
