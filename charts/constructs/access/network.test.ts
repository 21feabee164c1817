import { settings as local } from '../../environments/local/settings';
import { environment } from '../../testing/environment';
import { onlyOf, resourcesOf } from '../../testing/manifests';
import { all } from '../../testing/services';
import type { SettingsInput } from '../../environment/settings';

interface Peer {
  namespaceSelector?: { matchLabels: Record<string, string> };
  podSelector?: { matchLabels: Record<string, string> };
  ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports: { port: number; protocol: string }[];
}

/** A rule as one line: `weft app=edge: 50051`. */
function formatRule({ from, to, ports }: Rule): string {
  const peers = (from ?? to ?? []).map(({ namespaceSelector, podSelector, ipBlock }) => {
    const labels = Object.entries(podSelector?.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
    const block = ipBlock && [ipBlock.cidr, ...(ipBlock.except ?? []).map((range) => `-${range}`)].join(' ');
    return [block ?? namespaceSelector?.matchLabels['kubernetes.io/metadata.name'], ...labels].join(' ');
  });
  return `${peers.join(', ')}: ${ports.map(({ port, protocol }) => (protocol === 'TCP' ? port : `${port}/${protocol}`)).join(' ')}`;
}

function packetsOf(service: string, settings: Partial<SettingsInput>): { in: string[]; out: string[] } {
  const { spec } = onlyOf('NetworkPolicy', resourcesOf(service, all, environment(settings)));
  expect(spec).toMatchObject({ podSelector: { matchLabels: { app: service } }, policyTypes: ['Ingress', 'Egress'] });
  const { ingress, egress } = spec as unknown as Record<'ingress' | 'egress', Rule[]>;
  return { in: ingress.map(formatRule), out: egress.map(formatRule) };
}

const METRICS = 'telemetry: 15020 15090';
const ALWAYS = ['kube-system: 53/UDP 53', 'istio-system app=istiod: 15012', 'telemetry: 4317 4318'];

test.each<[string, string, Partial<SettingsInput>, { in: string[]; out: string[] }]>([
  [
    'callers come in, and the database is reached',
    'users',
    {},
    { in: ['weft app=edge, weft app=search: 50051', METRICS], out: ['mongodb: 27017', ...ALWAYS] },
  ],
  [
    'callers come in from their namespaces, and a database outside is reached by its addresses',
    'users',
    {
      namespaces: { edge: 'front' },
      storage: { mongodb: { cidr: '10.1.0.0/16', port: 27_018 } },
    },
    { in: ['front app=edge, weft app=search: 50051', METRICS], out: ['10.1.0.0/16: 27018', ...ALWAYS] },
  ],
  [
    'nobody comes in where nobody calls, and callees are reached',
    'edge',
    {},
    { in: [METRICS], out: ['weft app=search: 50051', 'weft app=users: 50051', ...ALWAYS] },
  ],
  [
    'the ingress gateway comes in where there are hosts',
    'edge',
    { hosts: { edge: ['a.example'] } },
    {
      in: ['istio-system istio=ingressgateway: 8080', METRICS],
      out: ['weft app=search: 50051', 'weft app=users: 50051', ...ALWAYS],
    },
  ],
  [
    'what is outside is reached at its port, wherever that is outside of private networks',
    'legacy',
    {},
    {
      in: [METRICS],
      out: [
        '0.0.0.0/0 -10.0.0.0/8 -100.64.0.0/10 -169.254.0.0/16 -172.16.0.0/12 -192.168.0.0/16, ' +
          '::/0 -fc00::/7 -fe80::/10: 443',
        ...ALWAYS,
      ],
    },
  ],
  [
    'metrics are reached by the Prometheus that settings name',
    'edge',
    { telemetry: { ...local.telemetry, prometheus: { namespace: 'monitoring', account: 'k8s' } } },
    { in: ['monitoring: 15094'], out: ['weft app=search: 50051', 'weft app=users: 50051', ...ALWAYS] },
  ],
  [
    'metrics are reached by the Prometheus that is deployed',
    'edge',
    { telemetry: { ...local.telemetry, deploy: true } },
    { in: ['telemetry app=prometheus: 15094'], out: ['weft app=search: 50051', 'weft app=users: 50051', ...ALWAYS] },
  ],
  [
    'names are resolved where the settings say',
    'edge',
    { dns: { namespace: 'openshift-dns', port: 5353, addresses: ['169.254.20.10/32'] } },
    {
      in: [METRICS],
      out: [
        'weft app=search: 50051',
        'weft app=users: 50051',
        'openshift-dns, 169.254.20.10/32: 5353/UDP 5353',
        ...ALWAYS.slice(1),
      ],
    },
  ],
])('%s, and no other packets', (_, service, settings, packets) => {
  expect(packetsOf(service, settings)).toEqual(packets);
});

test('there is no NetworkPolicy in audit, since it has no dry run', () => {
  const kinds = (policy: 'audit' | 'enforce') =>
    resourcesOf('users', all, environment({ policy })).map(({ kind }) => kind);
  expect(kinds('audit')).not.toContain('NetworkPolicy');
  expect(kinds('enforce')).toContain('NetworkPolicy');
});
