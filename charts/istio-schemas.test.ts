import { services } from '../services';
import { canaryOf, environment } from './testing/environment';
import { validateIstio } from './testing/istio-schemas';
import { type Resource, resourcesOf } from './testing/manifests';
import { all } from './testing/services';
import { synthesize } from './synth';

const isIstio = ({ apiVersion }: Resource): boolean => apiVersion.includes('istio.io/');

test.each([
  ['the reference application', 7, services, environment({ hosts: { gateway: ['a.example'] } })],
  ['any other', 8, all, environment({ hosts: { edge: ['a.example'] }, headerRouting: false }, canaryOf('users'))],
  ['one that is audited', 4, all, environment({ policy: 'audit', namespaces: { users: 'people' } })],
])('Istio’s schemas accept every resource of %s, of %d kinds', (_, kinds, specs, source) => {
  const resources = [...synthesize(specs, source).keys()]
    .flatMap((file) => resourcesOf(file.replace('.yaml', ''), specs, source))
    .filter(isIstio);
  expect(new Set(resources.map(({ kind }) => kind)).size).toBe(kinds);
  for (const resource of resources)
    expect(() => {
      validateIstio(resource);
    }).not.toThrow();
});

test.each<[string, object, string | RegExp]>([
  ['an unknown kind', { apiVersion: 'networking.istio.io/v1', kind: 'Virtual' }, 'Istio has no Virtual'],
  [
    'an unknown mode',
    { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', spec: { mtls: { mode: 'LOOSE' } } },
    /mode/,
  ],
  [
    'a number that is a text',
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      spec: { http: [{ retries: { attempts: 'two' } }] },
    },
    /attempts/,
  ],
  [
    'a misspelt field',
    { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', spec: { http: [{ timeuot: '3s' }] } },
    'VirtualService/spec/http/0 must NOT have additional properties',
  ],
])('and refuse %s', (_, resource, message) => {
  expect(() => {
    validateIstio(resource as Resource);
  }).toThrow(message);
});
