import { all } from '../testing/services';
import { serviceSettingsFaults } from './service-settings';
import { readServiceSettings } from './service-settings-shape';

function faultsOf(settings: object): string[] {
  const read = readServiceSettings(settings);
  return read ? serviceSettingsFaults(read, all).map(([field, fault]) => `${field}: ${fault}`) : [];
}

test.each<[string, object, string[]]>([
  [
    'services that are not there',
    { namespaces: { nobody: 'a' }, hosts: { nobody: ['a.example'] }, replicas: { nobody: { min: 1, max: 1 } } },
    ['namespaces.nobody: there is no such service; there are edge', 'replicas.nobody: ', 'hosts.nobody: '],
  ],
  [
    'hosts of a service that speaks gRPC',
    { hosts: { users: ['users.example'] } },
    ['hosts.users: speaks gRPC, which the ingress does not; move its hosts to edge'],
  ],
  [
    'hosts that are no names in DNS',
    { hosts: { edge: ['-..-', 'edge', '10.0.0.1'] } },
    [0, 1, 2].map((index) => `hosts.edge.${index}: must be a name in DNS, for example api.example.com`),
  ],
  [
    'a host of two services',
    { hosts: { edge: ['a.example', 'b.example'], users: ['b.example'] } },
    [
      'hosts.users: speaks gRPC, which the ingress does not; move its hosts to edge',
      'hosts.users.0: leads to edge already; remove it here or there',
    ],
  ],
  [
    'services in a namespace that is somebody else’s',
    {
      namespace: 'istio-system',
      namespaces: { users: 'kube-system', edge: 'db', search: 'gateways' },
      istio: { cni: true, ingress: { namespace: 'gateways', account: 'ingress', selector: {} } },
      storage: { mongodb: { namespace: 'db' } },
    },
    [
      "namespace: istio-system is Istio's own, in which a policy holds for the whole mesh; give services a namespace",
      'namespaces.users: kube-system is for Kubernetes itself; give services a namespace of their own',
      'namespaces.edge: db is that of the database; give services a namespace of their own',
      'namespaces.search: gateways is that of the gateway from outside; give services a namespace of their own',
    ],
  ],
  [
    'telemetry that is deployed where others are, beside another Prometheus and by other names and ports',
    {
      telemetry: {
        deploy: true,
        collector: { namespace: 'db', service: 'grafana', ports: [4317] },
        prometheus: { namespace: 'monitoring', account: 'prometheus' },
      },
      storage: { mongodb: { namespace: 'db' } },
    },
    [
      'telemetry.collector.namespace: db is the namespace of the database; what deploy brings there is closed to all',
      'telemetry.collector.service: grafana is what deploy calls another program; call it collector',
      'telemetry.collector.ports: the collector that deploy brings listens on 4317 and 4318; write those',
      'telemetry.prometheus: deploy brings a Prometheus of its own; remove one of the two',
    ],
  ],
  [
    'the same, of somebody else’s',
    {
      telemetry: {
        collector: { namespace: 'db', service: 'grafana', ports: [4317] },
        prometheus: { namespace: 'monitoring', account: 'prometheus' },
      },
      storage: { mongodb: { namespace: 'db' } },
    },
    [],
  ],
  [
    'what is nothing, and what cannot be read',
    { namespaces: 1, hosts: { edge: 'a.example' }, replicas: [], istio: true, storage: null },
    [],
  ],
])('settings are held against services: %s', (_, settings, starts) => {
  expect(faultsOf(settings)).toEqual(starts.map((start) => expect.stringContaining(start) as string));
});

test('what is no settings at all names nothing', () => {
  expect(readServiceSettings('settings')).toBeUndefined();
});
