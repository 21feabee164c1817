import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EnvironmentSource, findEnvironment } from '../../charts/environment/environment';
import { settings as kind } from '../../charts/environments/kind/settings';
import { settings as production } from '../../charts/environments/production/settings';
import { canaryOf, environment } from '../../charts/testing/environment';
import { all } from '../../charts/testing/services';
import type { SettingsInput } from '../../charts/environment/settings';
import { type Manifests, synthesize } from '../../charts/synth';
import { writeManifests } from '../../charts/write';
import { services } from '../../services';
import type { ServiceSpec } from '../../services/kit/declaration';
import { apply, describeOnCluster, istioctl, makeNamespaces, removeNamespaces } from './testing/test-cluster';

// Checks the manifests with a real API server (CRD schemas, CEL rules) and a real istiod (webhook, analyzer). It is a dry
// run that only needs the namespaces to exist.

const ROOT = join(__dirname, '../..');

/** As it is, but in a namespace of this test. */
function ours(name: string, settings: SettingsInput): EnvironmentSource {
  const collector = { ...settings.telemetry.collector, namespace: 'weft-accept-telemetry' };
  const changed = { ...settings, namespace: 'weft-accept', telemetry: { ...settings.telemetry, collector } };
  return {
    ...findEnvironment(name, { settings: { [name]: settings }, root: ROOT, folder: 'charts/environments' }),
    settings: changed,
  };
}

const HOSTS = { gateway: ['api.example.com', 'www.example.com'] };
const OWN = { users: 'weft-accept-people', legacy: 'weft-accept-old' };

const CASES: [string, readonly ServiceSpec[], EnvironmentSource][] = [
  ['kind', services, ours('kind', kind)],
  ['kind, while policies are only tried', services, ours('kind', { ...kind, policy: 'audit' })],
  ['production', services, ours('production', production)],
  ['production with hosts', services, ours('production', { ...production, hosts: HOSTS })],
  [
    'any services, in namespaces of their own, with images and what is outside',
    all,
    environment({ namespace: 'weft-accept', namespaces: OWN, hosts: { edge: ['a.example'] } }, canaryOf('users')),
  ],
];

function manifestsOf(specs: readonly ServiceSpec[], source: EnvironmentSource): string {
  return [...synthesize(specs, source).values()].join('---\n');
}

/** The analyzer's findings in files, in all their namespaces; without that flag it only looks at `default`. */
async function findingsIn(manifests: Manifests): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-accept-'));
  try {
    writeManifests(manifests, folder);
    const threshold = ['--failure-threshold', 'Error', '--output-threshold', 'Info'];
    const { stdout } = await istioctl(['analyze', '--use-kube=false', '-A', ...threshold, '-o', 'json', folder]);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeOnCluster('a real Kubernetes and Istio', () => {
  jest.setTimeout(120_000);
  const namespaces = ['weft-accept', 'weft-accept-telemetry', ...Object.values(OWN)];

  beforeAll(async () => {
    await removeNamespaces(...namespaces);
    await makeNamespaces(namespaces);
  });

  afterAll(() => removeNamespaces(...namespaces));

  test.each(CASES)('accept every resource of %s, and warn of nothing', async (_, specs, source) => {
    expect(await apply(manifestsOf(specs, source), '--dry-run=server')).toBe('');
  });

  test.each(CASES)('find nothing in the analysis of %s', async (_, specs, source) => {
    expect(JSON.parse(await findingsIn(synthesize(specs, source)))).toEqual([]);
  });

  // That they would say so if there were something.
  test.each([
    ['a field that there is not, by its schema', 'PeerAuthentication', { mtls: { mod: 'STRICT' } }, 'unknown field'],
    ['a mode that there is not, by its schema', 'PeerAuthentication', { mtls: { mode: 'LOOSE' } }, 'Unsupported value'],
    [
      'two contradictory targets, by a CEL rule',
      'AuthorizationPolicy',
      {
        selector: { matchLabels: { app: 'a' } },
        targetRefs: [{ kind: 'Service', group: '', name: 'a' }],
      },
      'only one of',
    ],
    [
      'a delegate beside a route, by the webhook',
      'VirtualService',
      { hosts: ['a.b'], http: [{ delegate: { name: 'a' }, route: [{ destination: { host: 'a.b' } }] }] },
      'must not specify route',
    ],
  ])('refuse %s', async (_, of, spec, message) => {
    const group = of === 'VirtualService' ? 'networking' : 'security';
    const metadata = { name: 'wrong', namespace: 'weft-accept' };
    const wrong = { apiVersion: `${group}.istio.io/v1`, kind: of, metadata, spec };
    await expect(apply(JSON.stringify(wrong), '--dry-run=server')).rejects.toThrow(message);
  });

  test('find a subset that no DestinationRule has', async () => {
    const text = synthesize(services, ours('kind', kind)).get('payment.yaml') ?? '';
    const wrong = new Map([['payment.yaml', text.replaceAll('subset: v1', 'subset: v9')]]);
    expect(await findingsIn(wrong)).toContain('payment.weft-accept.svc.cluster.local+v9');
  });
});
