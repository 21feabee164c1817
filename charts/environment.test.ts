import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '../services';
import { findEnvironment, readEnvironment } from './environment';
import { settings as kind } from './environments/kind/settings';
import { settings as local } from './environments/local/settings';
import { settings as production } from './environments/production/settings';
import { environment } from './fixtures/environment';
import { all } from './fixtures/services';
import { versionsOf } from './releases';
import type { SettingsInput } from './settings';

const ROOT = join(__dirname, '..');

/** The lines of the error, without the first. */
function faultsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1);
  }
  return [];
}

const inSettings = (settings: object) => faultsOf(() => readEnvironment(environment(settings), all));
const inReleases = (releases: string) => faultsOf(() => readEnvironment(environment({}, releases), all));

test.each(['local', 'kind', 'production'])('the environment %s is right for the services there are', (name) => {
  const source = findEnvironment(name, { local, kind, production }, ROOT);
  const { releaseOf } = readEnvironment(source, services);
  for (const service of services) expect(releaseOf(service.name)?.stable.version).toBe('v1');
});

test('an environment that is not there is answered with those that are', () => {
  expect(() => findEnvironment('prod', { local, production }, ROOT)).toThrow(
    'there is no environment "prod" in charts/environments; there are local, production',
  );
});

test('a folder without releases is an error that names the file', () => {
  const root = mkdtempSync(join(tmpdir(), 'weft-environment-'));
  try {
    mkdirSync(join(root, 'charts/environments/mine'), { recursive: true });
    const find = () => findEnvironment('mine', { mine: local }, root);
    expect(find).toThrow('charts/environments/mine/releases.yaml');
    writeFileSync(join(root, 'charts/environments/mine/releases.yaml'), 'services: {}\n');
    expect(find()).toMatchObject({ folder: 'charts/environments/mine', settings: local, releases: 'services: {}\n' });
  } finally {
    rmSync(root, { recursive: true });
  }
});

describe('settings', () => {
  test('have defaults for what is nearly always the same', () => {
    const { settings } = readEnvironment(environment(), all);
    expect(settings).toMatchObject({
      trustDomain: 'cluster.local',
      clusterDomain: 'cluster.local',
      namespaces: {},
      storage: { mongodb: { port: 27_017 } },
      istio: { namespace: 'istio-system', ingress: { account: 'istio-ingressgateway-service-account' } },
    });
  });

  test.each<[string, object, string[]]>([
    ['a namespace that is no label', { namespace: 'My_Space' }, ['namespace: must be a DNS label']],
    ['a key that is not known', { colour: 'red' }, ['colour: is not known here']],
    ['a key further in that is not known', { istio: { cni: true, cnii: 1 } }, ['istio.cnii: is not known here']],
    ['a key that is missing', { istio: {} }, ['istio.cni: is missing; it must be boolean']],
    ['a policy that is none', { policy: 'on' }, ['policy: must be audit or enforce']],
    [
      'a percentage beyond all',
      { telemetry: { ...(local.telemetry as object), sampling: 101 } },
      ['telemetry.sampling: must be a percentage'],
    ],
    [
      'a database in two places',
      { storage: { mongodb: { namespace: 'a', cidr: '10.0.0.0/8', seedData: false } } },
      ['storage.mongodb: must have either a namespace or a cidr'],
    ],
    [
      'a database at no address',
      { storage: { mongodb: { cidr: '10.0.0.0', seedData: false } } },
      ['storage.mongodb.cidr: must be a range of addresses'],
    ],
    ['a range that is none', { replicas: { users: { min: 2, max: 1 } } }, ['replicas.users: max must be at least min']],
    [
      'hosts of nobody',
      { hosts: { users: [], edge: ['a b'] } },
      ['hosts.users: must have at least one', 'hosts.edge.0: must be the name'],
    ],
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
      'a secret instead of its name',
      { secrets: { mongoUri: 'mongodb://user:password@host' } },
      ['secrets.mongoUri: must be object'],
    ],
  ])('with %s are refused', (_, settings, starts) => {
    expect(inSettings(settings)).toEqual(
      starts.map((start) => expect.stringContaining(`charts/environments/test/settings.ts: ${start}`) as string),
    );
  });
});

describe('releases', () => {
  test('are the default for what is not named, the stable version first', () => {
    const text = `
default: { stable: { version: v1, tag: dev } }
services:
  users:
    stable: { version: v7, digest: 'sha256:${'a'.repeat(64)}' }
    canary: { version: v8, tag: 1.2.3-rc.1, env: { FEATURE: 'on' } }
`;
    const { releaseOf } = readEnvironment(environment({}, text), all);
    const versions = (service: string) => {
      const release = releaseOf(service);
      return release && versionsOf(release).map(({ version }) => version);
    };
    expect([versions('users'), versions('edge')]).toEqual([['v7', 'v8'], ['v1']]);
    expect(releaseOf('users')?.canary?.env).toEqual({ FEATURE: 'on' });
  });

  const rest = 'default: { stable: { version: v1, tag: dev } }\nservices:\n  users: ';

  test.each<[string, string, string[]]>([
    [
      'without a stable version',
      `${rest}{ canary: { version: v2, tag: a } }`,
      ['services.users.stable: is missing; it must be object'],
    ],
    [
      'of a service that is not there',
      `${rest}{ stable: { version: v1, tag: a } }\n  userz: { stable: { version: v1, tag: a } }`,
      ['services.userz: there is no such service; there are edge, search, users, legacy'],
    ],
    [
      'whose canary is the stable version',
      `${rest}{ stable: { version: v1, tag: a }, canary: { version: v1, tag: b } }`,
      ['services.users.canary.version: is the stable version already'],
    ],
    [
      'with keys that are not known',
      `${rest}{ stable: { version: v1, tag: a, image: b }, next: {} }`,
      ['services.users.stable.image: is not known here', 'services.users.next: is not known here'],
    ],
    [
      'with neither tag nor digest',
      `${rest}{ stable: { version: v1 } }`,
      ['services.users.stable: must have either a tag or a digest'],
    ],
    [
      'with a number for a tag',
      `${rest}{ stable: { version: v1, tag: 1.10 } }`,
      ['services.users.stable.tag: must be a text; put it into quotes'],
    ],
    [
      'with a version that no name could carry',
      `${rest}{ stable: { version: v1-2, tag: a } }`,
      ['services.users.stable.version: must be a letter'],
    ],
    [
      'that set what the charts set',
      `${rest}{ stable: { version: v1, tag: a, env: { GRPC_PORT: '1', OWN: 2 } } }`,
      [
        'services.users.stable.env.GRPC_PORT: its name is set by the charts; leave it out',
        'services.users.stable.env.OWN: must be a text; put it into quotes',
      ],
    ],
    [
      'of only some services, and no default',
      'services:\n  users: { stable: { version: v1, tag: a } }\n  edge: { stable: { version: v1, tag: a } }',
      [
        'services.search: has no release; add search: { stable: { version: v1, tag: … } }',
        'services.legacy: has no release; add legacy: { stable: { version: v1, tag: … } }',
      ],
    ],
    ['that are empty', '', ['the file: must be object']],
    ['that are no YAML', 'services: [', ['Flow sequence in block collection must be']],
  ])('%s are refused', (_, text, starts) => {
    expect(inReleases(text)).toEqual(
      starts.map((start) => expect.stringContaining(`charts/environments/test/releases.yaml: ${start}`) as string),
    );
  });
});

test('all faults of both files are told at once', () => {
  const settings = { namespace: '', colour: 1 } as unknown as Partial<SettingsInput>;
  const faults = faultsOf(() => readEnvironment(environment(settings, 'services: { nobody: {} }'), all));
  expect(faults.map((fault) => fault.replace(/^.*\/(\w+\.\w+: [\w.]+):.*$/, '$1'))).toEqual([
    'settings.ts: namespace',
    'settings.ts: colour',
    'releases.yaml: services.nobody.stable',
    'releases.yaml: services.nobody',
  ]);
});
