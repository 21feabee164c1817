import { faultLines } from '../../services/kit/faults/testing/fault-lines';
import { environment } from '../testing/environment';
import { all } from '../testing/services';
import { validateSettings } from './validate-settings';

const BASE = environment().settings as { telemetry: object };

test.each<[string, object, string[]]>([
  [
    'unknown services',
    { namespaces: { nobody: 'a' }, hosts: { nobody: ['a.example'] }, replicas: { nobody: { min: 1, max: 1 } } },
    ['namespaces.nobody: there is no service "nobody"; the services are edge', 'replicas.nobody: ', 'hosts.nobody: '],
  ],
  [
    'hosts of a service that speaks gRPC',
    { hosts: { users: ['users.example'] } },
    ['hosts.users: users speaks gRPC, and the ingress speaks HTTP; move its hosts to edge'],
  ],
  [
    'hosts that are not hosts',
    { hosts: { edge: ['-..-', 'edge', '10.0.0.1'] } },
    ['-..-', 'edge', '10.0.0.1'].map(
      (host, index) => `hosts.edge.${index}: "${host}" is not the name of a host; write for example api.example.com`,
    ),
  ],
  [
    'a host of two services',
    { hosts: { edge: ['a.example', 'b.example'], users: ['b.example'] } },
    [
      'hosts.users: users speaks gRPC, and the ingress speaks HTTP; move its hosts to edge',
      'hosts.users.0: b.example already leads to edge; remove one of the two',
    ],
  ],
  [
    'services in a namespace of others, beside faults elsewhere',
    {
      namespace: 'istio-system',
      namespaces: { users: 'kube-system', edge: 'db', search: 'gateways' },
      istio: { cni: true, ingress: { namespace: 'gateways', account: 'ingress', selector: {} }, cnii: true },
      storage: { mongodb: { namespace: 'db' } },
    },
    [
      'istio.ingress.selector: selects all pods; write at least one label',
      'istio.cnii: is not a known field',
      'namespace: istio-system is the namespace of Istio, where a policy holds for the whole mesh; give services a name',
      'namespaces.users: kube-system is the namespace of Kubernetes; give services a namespace of their own',
      'namespaces.edge: db is the namespace of the database; give services a namespace of their own',
      'namespaces.search: gateways is the namespace of the ingress gateway; give services a namespace of their own',
    ],
  ],
  [
    'telemetry that is deployed in a namespace of others, with another Prometheus, names and ports',
    {
      telemetry: {
        ...BASE.telemetry,
        deploy: true,
        collector: { namespace: 'db', service: 'grafana', ports: [4317] },
        prometheus: { namespace: 'monitoring', account: 'prometheus' },
      },
      storage: { mongodb: { namespace: 'db' } },
    },
    [
      'telemetry.collector.service: deploy gives another program the name grafana; write collector',
      'telemetry.collector.ports: the collector of deploy has other ports; write [4317, 4318]',
      'telemetry.prometheus: deploy has its own Prometheus; remove prometheus, or set deploy: false',
      'telemetry.collector.namespace: db is the namespace of the database; give telemetry a namespace of its own',
    ],
  ],
  [
    'the same of telemetry that is not deployed',
    {
      telemetry: {
        ...BASE.telemetry,
        collector: { namespace: 'db', service: 'grafana', ports: [4317] },
        prometheus: { namespace: 'monitoring', account: 'prometheus' },
      },
      storage: { mongodb: { namespace: 'db' } },
    },
    [],
  ],
])('settings are checked against each other and against services: %s', (_, settings, starts) => {
  const { faults } = validateSettings({ ...BASE, ...settings }, all);
  expect(faultLines(faults)).toEqual(starts.map((start) => expect.stringContaining(start) as string));
});

test.each([
  [{ namespaces: 1, hosts: { edge: 'a.example' }, replicas: [], istio: true, storage: null }],
  ['settings'],
  [{}],
])('fields that cannot be read have one fault each: %j', (settings) => {
  const { faults } = validateSettings(settings, all);
  expect(faults.length).toBeGreaterThan(0);
  expect(new Set(faults.map(({ path }) => path)).size).toBe(faults.length);
});
