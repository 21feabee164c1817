import * as all from './names';
import { createNames, type Naming } from './names';

const NAMING: Naming = {
  trustDomain: 'cluster.local',
  clusterDomain: 'cluster.local',
  namespace: 'weft',
  namespaces: {},
};

describe('the names of a service', () => {
  test.each<[string, Partial<Naming>, { namespace: string; host: string; principal: string }]>([
    [
      'in the one namespace of all',
      {},
      {
        namespace: 'weft',
        host: 'payment.weft.svc.cluster.local',
        principal: 'cluster.local/ns/weft/sa/payment',
      },
    ],
    [
      'in a namespace of its own',
      { namespaces: { payment: 'money', greeter: 'hello' } },
      {
        namespace: 'money',
        host: 'payment.money.svc.cluster.local',
        principal: 'cluster.local/ns/money/sa/payment',
      },
    ],
    [
      'in domains of their own',
      { trustDomain: 'example.org', clusterDomain: 'k8s.example' },
      {
        namespace: 'weft',
        host: 'payment.weft.svc.k8s.example',
        principal: 'example.org/ns/weft/sa/payment',
      },
    ],
  ])('%s', (_, naming, expected) => {
    const names = createNames({ ...NAMING, ...naming });
    expect({
      namespace: names.namespaceOf('payment'),
      host: names.hostOf('payment'),
      principal: names.principalOf('payment'),
    }).toEqual(expected);
  });

  test('include the identity of an account that is not a service’s', () => {
    const { accountPrincipal } = createNames({ ...NAMING, trustDomain: 'td' });
    expect(accountPrincipal({ namespace: 'istio-system', name: 'ingress' })).toBe('td/ns/istio-system/sa/ingress');
  });
});

test.each([
  [all.accountOf('payment'), 'payment'],
  [all.workloadOf('payment', 'v2'), 'payment-v2'],
  [all.subsetOf('v2'), 'v2'],
  [all.splitOf('payment'), 'payment-split'],
  [all.ingressRouteOf('gateway'), 'gateway-ingress'],
  [all.edgePolicyOf('payment', 'gateway'), 'payment-from-gateway'],
  [all.ingressPolicyOf('gateway'), 'gateway-from-ingress'],
])('%s has the documented name', (name, expected) => {
  expect(name).toBe(expected);
});
