import { configMap, deployment, plan } from './fixtures/manifests';

const from = (valueFrom: object) => ({ env: [{ name: 'X', valueFrom }] });
const key = (name: string, extra = {}) => from({ configMapKeyRef: { name, key: 'color', ...extra } });
const secret = (extra = {}) => from({ secretKeyRef: { name: 's', key: 'k', ...extra } });

const MAPS = [
  configMap('colors', { color: 'red', size: 'L' }),
  // The same name elsewhere, and ahead of the one that counts.
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
  ['the name', from({ fieldRef: { fieldPath: 'metadata.name' } }), { X: 'a' }],
  ['an optional ConfigMap that is not there', { envFrom: [{ configMapRef: { name: 'none', optional: true } }] }, {}],
  ['an optional Secret as a whole', { envFrom: [{ secretRef: { name: 'none', optional: true } }] }, {}],
  ['an optional key of a ConfigMap that is not there', key('none', { optional: true }), {}],
  ['an optional key that is not there', key('colors', { key: 'none', optional: true }), {}],
  ['an optional secret that is not set', secret({ optional: true }), {}],
])('%s', async (_, container, env) => {
  expect(await environment(container)).toEqual(env);
});

test.each([false, true])('a secret is what its variable is set to on this machine (optional: %s)', async (optional) => {
  expect(await environment(secret({ optional }), { X: 'mine' })).toEqual({ X: 'mine' });
});

test('what a container sets itself wins over a ConfigMap, and a later ConfigMap over an earlier', async () => {
  const envFrom = [{ configMapRef: { name: 'colors' } }, { configMapRef: { name: 'shared' } }];
  const env = [{ name: 'size', value: 'XL' }];
  expect(await environment({ envFrom, env })).toEqual({ color: 'own', size: 'XL' });
});

test.each<[string, object, string]>([
  ['a ConfigMap', { envFrom: [{ configMapRef: { name: 'none' } }] }, 'there is no ConfigMap none in namespace weft'],
  ['a key', key('colors', { key: 'none' }), 'env X: ConfigMap colors has no key none'],
  ['the ConfigMap of a key', key('none'), 'env X: there is no ConfigMap none in namespace weft'],
  ['a secret', secret(), 'env X: is a secret; set X in this shell'],
  [
    'a Secret as a whole',
    { envFrom: [{ secretRef: { name: 's' } }] },
    'envFrom: what Secret s has cannot be known here; name each variable with a secretKeyRef',
  ],
  [
    'a field of a pod',
    from({ fieldRef: { fieldPath: 'status.podIP' } }),
    'env X: {"fieldRef":{"fieldPath":"status.podIP"}} is not here',
  ],
  [
    'a resource',
    from({ resourceFieldRef: { resource: 'limits.cpu' } }),
    'env X: {"resourceFieldRef":{"resource":"limits.cpu"}} is not here',
  ],
])('%s that is missing is named, once', async (_, container, fault) => {
  const message = `these manifests cannot run here:\n  Deployment a: ${fault}`;
  await expect(environment(container)).rejects.toThrow(new Error(message));
});
