import { environment } from '../../testing/environment';
import { type Resource, resourcesOf } from '../../testing/manifests';
import { all } from '../../testing/services';
import type { SettingsInput } from '../../environment/settings';

function policiesOf(service: string, settings: Partial<SettingsInput> = {}): Resource[] {
  return resourcesOf(service, all, environment(settings)).filter(({ kind }) => kind === 'AuthorizationPolicy');
}

const rule = (principal: string, operation: object) => ({
  action: 'ALLOW',
  rules: [{ from: [{ source: { principals: [principal] } }], to: [{ operation }] }],
});

const FROM_EDGE = {
  paths: [
    '/weft.user.v1.UserInfoService/GetUserInfo',
    '/weft.user.v1.UserService/CreateUser',
    '/weft.user.v1.UserService/GetUser',
  ],
};
const FROM_SEARCH = { paths: ['/weft.user.v1.UserInfoService/GetUserInfo'] };

describe('a service may be called', () => {
  test.each<[string, string, Partial<SettingsInput>, [string, object][]]>([
    [
      'by each caller with the methods that it declares, however many of its clients have them',
      'users',
      {},
      [
        ['users-from-edge', rule('cluster.local/ns/weft/sa/edge', FROM_EDGE)],
        ['users-from-search', rule('cluster.local/ns/weft/sa/search', FROM_SEARCH)],
      ],
    ],
    [
      'by callers of another namespace and trust domain by the name that they have there',
      'users',
      { namespaces: { edge: 'front' }, trustDomain: 'example.org' },
      [
        ['users-from-edge', rule('example.org/ns/front/sa/edge', FROM_EDGE)],
        ['users-from-search', rule('example.org/ns/weft/sa/search', FROM_SEARCH)],
      ],
    ],
    ['by nobody, where nobody declares it', 'edge', {}, []],
    [
      'by the ingress gateway, where it has hosts',
      'edge',
      { hosts: { edge: ['a.example'] } },
      [
        [
          'edge-from-ingress',
          rule('cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account', { ports: ['8080'] }),
        ],
      ],
    ],
  ])('%s', (_, service, settings, expected) => {
    const policies = policiesOf(service, settings);
    expect(policies.map(({ metadata, spec }) => [metadata.name, spec])).toEqual(
      expected.map(([name, spec]) => [name, { selector: { matchLabels: { app: service } }, ...spec }]),
    );
  });
});

describe('a policy', () => {
  const everywhere = (policy: 'audit' | 'enforce') => [
    ...policiesOf('users', { policy }),
    ...policiesOf('00-platform', { policy }),
  ];

  test('only tells what it would deny while it is audited', () => {
    expect(everywhere('audit')).toHaveLength(3);
    for (const { metadata } of everywhere('audit'))
      expect(metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
  });

  test('denies otherwise', () => {
    expect(everywhere('enforce')).toHaveLength(3);
    for (const { metadata } of everywhere('enforce')) expect(metadata.annotations).toBeUndefined();
  });
});
