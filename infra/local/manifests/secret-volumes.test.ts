import { configMap, deployment, plan } from '../testing/manifests';
import type { LocalPod } from '../plan/plan';

const ITEMS = [
  { key: 'uri', path: 'mongo-uri' },
  { key: 'token', path: 'deep/token' },
];

interface Mounting {
  env?: object[];
  envFrom?: object[];
  mount?: object;
  secret?: object;
}

/** The pod of a Deployment that mounts Secret s at /run/s. @param secrets what the shell sets */
async function podOf(mounting: Mounting, secrets: Record<string, string> = {}): Promise<LocalPod | undefined> {
  const { env = [], envFrom = [], mount = {}, secret = {} } = mounting;
  const volumeMounts = [{ name: 'v', mountPath: '/run/s', readOnly: true, ...mount }];
  const pod = { volumes: [{ name: 'v', secret: { secretName: 's', ...secret } }] };
  const manifests = [
    configMap('files', { TOKEN_FILE: '/run/s/token' }),
    deployment('a', { env, envFrom, volumeMounts }, { pod }),
  ];
  const { pods } = await plan(manifests, { secret: (variable) => secrets[variable] });
  return pods[0];
}

const file = (value: string, name = 'TOKEN_FILE') => ({ env: [{ name, value }] });

test.each<[string, Mounting, string]>([
  ['a file by its key', file('/run/s/token'), 'token'],
  ['a file by its path among the items', { ...file('/run/s/deep/token'), secret: { items: ITEMS } }, 'deep/token'],
  ['a file that a ConfigMap names', { envFrom: [{ configMapRef: { name: 'files' } }] }, 'token'],
  ['a path that is not the shortest', { ...file('/run//s/../s/token'), mount: { mountPath: '/run/s/' } }, 'token'],
  ['one file of a volume', { ...file('/etc/token'), mount: { mountPath: '/etc/token', subPath: 'token' } }, 'token'],
  [
    'a file in a folder of a volume',
    { ...file('/etc/t/token'), mount: { mountPath: '/etc/t', subPath: 'deep' } },
    'deep/token',
  ],
])('%s gets the value of the variable', async (_, mounting, path) => {
  const pod = await podOf(mounting, { TOKEN: 'abc' });
  expect(pod?.env).toEqual({ TOKEN_FILE: `/secrets/a-0/v/${path}` });
  expect(pod?.files).toEqual([{ path: `/secrets/a-0/v/${path}`, content: 'abc' }]);
});

test('a variable that refers to another has its file', async () => {
  const env = [
    { name: 'TOKEN_FILE', value: '/run/s/token' },
    { name: 'CREDENTIALS', value: '$(TOKEN_FILE)' },
  ];
  const pod = await podOf({ env }, { TOKEN: 'abc' });
  const path = '/secrets/a-0/v/token';
  expect(pod?.env).toEqual({ TOKEN_FILE: path, CREDENTIALS: path });
  expect(pod?.files).toEqual([{ path, content: 'abc' }]);
});

test('each replica has files of its own', async () => {
  const volumes = [{ name: 'v', secret: { secretName: 's' } }];
  const container = { ...file('/run/s/token'), volumeMounts: [{ name: 'v', mountPath: '/run/s' }] };
  const { pods } = await plan([deployment('a', container, { replicas: 2, pod: { volumes } })], { secret: () => 'abc' });
  expect(pods.map(({ files }) => files[0]?.path)).toEqual(['/secrets/a-0/v/token', '/secrets/a-1/v/token']);
});

test.each<[string, string]>([
  ['beside the volume', '/run/secret/token'],
  ['above it', '/run'],
  ['that leaves it', '/run/s/../token'],
  ['that is not a path', 'run/s/token'],
])('a value %s is left alone', async (_, value) => {
  const pod = await podOf({ ...file(value), secret: { optional: true } }, { TOKEN: 'abc' });
  expect([pod?.env, pod?.files]).toEqual([{ TOKEN_FILE: value }, []]);
});

test('other volumes and Secrets without a mount are left alone', async () => {
  const volumes = [
    { name: 'v', emptyDir: {} },
    { name: 'w', configMap: { name: 'c' } },
    { name: 'x', secret: { secretName: 's' } },
  ];
  const volumeMounts = [
    { name: 'v', mountPath: '/run/s' },
    { name: 'w', mountPath: '/etc/w' },
  ];
  const { pods } = await plan([deployment('a', { ...file('/run/s/token'), volumeMounts }, { pod: { volumes } })]);
  expect(pods[0]).toMatchObject({ env: { TOKEN_FILE: '/run/s/token' }, files: [] });
});

test('an unset optional Secret has no file', async () => {
  const pod = await podOf({ ...file('/run/s/token'), secret: { optional: true } });
  expect([pod?.env, pod?.files]).toEqual([{ TOKEN_FILE: '/secrets/a-0/v/token' }, []]);
});

test.each<[string, Mounting, string]>([
  ['a file', file('/run/s/token'), 'env TOKEN_FILE: is a file of Secret s; set TOKEN in this shell'],
  [
    'a file of a variable with another name',
    file('/run/s/token', 'CREDENTIALS'),
    'env CREDENTIALS: is a file of Secret s; only a variable named X_FILE can be set here, as X',
  ],
  [
    'a file that is not among the items',
    { ...file('/run/s/uri'), secret: { items: ITEMS } },
    'env TOKEN_FILE: volume v has no file uri among its items',
  ],
  [
    'a file without a variable',
    file('/run/s'),
    'volume v: Secret s cannot be read on this machine; name each file with a variable, for example TOKEN_FILE=/run/s/token',
  ],
])('%s that is missing is reported', async (_, mounting, fault) => {
  const message = `these manifests cannot run here:\n  Deployment a: ${fault}`;
  await expect(podOf(mounting)).rejects.toThrow(new Error(message));
});
