import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '../../services';
import type { ServiceSpec } from '../../services/kit/declaration';
import { type Environment, type EnvironmentSource, findEnvironment, readEnvironment } from './environment';
import { settings as kind } from '../environments/kind/settings';
import { settings as local } from '../environments/local/settings';
import { settings as production } from '../environments/production/settings';
import { environment } from '../testing/environment';
import { all, legacy, rates } from '../testing/services';
import type { SettingsInput } from './settings';

const ROOT = join(__dirname, '../..');
const FOLDER = 'charts/environments';

function faultsOf(source: EnvironmentSource, specs: readonly ServiceSpec[]): string[] {
  const faults: string[] = [];
  const read = readEnvironment(source, specs, faults);
  expect(read === undefined).toBe(faults.length > 0);
  return faults;
}

const inSettings = (settings: object) => faultsOf(environment(settings), all);

test.each(['local', 'kind', 'production'])('the environment %s is right for the services there are', (name) => {
  const source = findEnvironment(name, { settings: { local, kind, production }, root: ROOT, folder: FOLDER });
  const { releaseOf } = readEnvironment(source, services, []) as Environment;
  for (const service of services) expect(releaseOf(service.name)?.stable.version).toBe('v1');
});

test.each<[string, object, string]>([
  ['with those of the project', { local, production }, 'choose local, production, or write charts/environments/prod/'],
  ['with how to write the first', {}, 'does not exist; write charts/environments/prod/settings.ts and '],
])('an environment that does not exist is answered %s', (_, settings, message) => {
  expect(() => findEnvironment('prod', { settings: { ...settings }, root: ROOT, folder: FOLDER })).toThrow(message);
});

test('a folder without releases is an error that names the file', () => {
  const root = mkdtempSync(join(tmpdir(), 'weft-environment-'));
  try {
    mkdirSync(join(root, 'charts/environments/mine'), { recursive: true });
    const find = () => findEnvironment('mine', { settings: { mine: local }, root, folder: FOLDER });
    expect(find).toThrow('charts/environments/mine/releases.yaml');
    writeFileSync(join(root, 'charts/environments/mine/releases.yaml'), 'services: {}\n');
    expect(find()).toMatchObject({ folder: 'charts/environments/mine', settings: local, releases: 'services: {}\n' });
  } finally {
    rmSync(root, { recursive: true });
  }
});

describe('settings', () => {
  test('have defaults for what is nearly always the same', () => {
    const { settings } = readEnvironment(environment(), all, []) as Environment;
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
    ['a key that is missing', { istio: {} }, ['istio.cni: is missing; it must be true or false']],
    ['a policy that is none', { policy: 'on' }, ['policy: must be audit or enforce']],
    [
      'a percentage beyond all',
      { telemetry: { ...(local.telemetry as object), sampling: 101 } },
      ['telemetry.sampling: must be a percentage'],
    ],
    [
      'a database in two places',
      { storage: { mongodb: { namespace: 'a', cidr: '10.0.0.0/8' } } },
      ['storage.mongodb: must have either a namespace or a cidr'],
    ],
    [
      'a database at no address',
      { storage: { mongodb: { cidr: '10.0.0.0' } } },
      ['storage.mongodb.cidr: must be a range of addresses'],
    ],
    ['a range that is none', { replicas: { users: { min: 2, max: 1 } } }, ['replicas.users: max must be at least min']],
    [
      'hosts of nobody',
      { hosts: { users: [], edge: ['a b'] } },
      ['hosts.users: must have at least one', 'hosts.edge.0: must be the name'],
    ],
    [
      'resources that are none, or of nobody',
      {
        resources: { users: { requests: { memory: '1 GB' } }, nobody: {} },
        dns: { addresses: ['10.0.0.10'], port: 0 },
      },
      [
        'resources.users.requests.memory: must be a quantity',
        'dns.port: must be a port',
        'dns.addresses.0: must be a range of addresses',
        'resources.nobody: there is no such service',
      ],
    ],
    [
      'types that are others',
      { replicas: { users: { min: 1.5, max: 2 } }, hosts: 1, headerRouting: 'no', istio: { cni: true, namespace: 1 } },
      [
        'replicas.users.min: must be a whole number',
        'hosts: must be an object, { … }',
        'headerRouting: must be true or false',
        'istio.namespace: must be a text',
      ],
    ],
    [
      'requests beyond what may be had, also by what is usual',
      {
        resources: {
          users: { requests: { memory: '512Mi' } },
          edge: { limits: { memory: '64M' } },
          search: { requests: { cpu: '1.5' }, limits: { cpu: '1500m' } },
        },
      },
      [
        'resources.users.requests.memory: is 512Mi, more than its limit of 256Mi; raise limits.memory',
        'resources.edge.requests.memory: is 128Mi, more than its limit of 64M',
      ],
    ],
    [
      'more pods than can be counted',
      { replicas: { users: { min: 1, max: 3e9 } } },
      ['replicas.users.max: must be below 2 ** 31'],
    ],
    ...['http://ghcr.io/a', 'ghcr.io/Example', 'a//b', '/x', ''].map((registry): [string, object, string[]] => [
      `a registry that is none: "${registry}"`,
      { registry },
      ['registry: must be a registry, for example ghcr.io/example'],
    ]),
    ...['.', '-', 'a..b'].map((clusterDomain): [string, object, string[]] => [
      `a domain that is none: "${clusterDomain}"`,
      { clusterDomain },
      ['clusterDomain: must be the name of a host'],
    ]),
    [
      'a Secret that cannot be',
      { secrets: { mongoUri: { name: 'Mongo_DB', key: '../uri' } } },
      ['secrets.mongoUri.name: must be the name of a Secret', 'secrets.mongoUri.key: must be a key of a Secret'],
    ],
    [
      'a gateway that is none, or all pods',
      { istio: { cni: true, ingress: { namespace: 'a', account: 'a', selector: { 'a b': 'c', a: 'c d' } } } },
      [
        'istio.ingress.selector.a b: its name must be a label',
        'istio.ingress.selector.a: must be the value of a label',
      ],
    ],
    [
      'a gateway of all pods',
      { istio: { cni: true, ingress: { namespace: 'a', account: 'a', selector: {} } } },
      ['istio.ingress.selector: must have at least one label'],
    ],
    ['the namespace of the collector', { namespace: 'telemetry' }, ['namespace: telemetry is that of the collector']],
    [
      'a secret instead of its name',
      { secrets: { mongoUri: 'mongodb://user:password@host' } },
      ['secrets.mongoUri: must be an object, { … }'],
    ],
  ])('with %s are refused', (_, settings, starts) => {
    expect(inSettings(settings)).toEqual(
      starts.map((start) => expect.stringContaining(`charts/environments/test/settings.ts: ${start}`) as string),
    );
  });
});

test('a service outside may not be a Service of the cluster, whatever the cluster calls itself', () => {
  const host = 'users.weft.svc.mesh.example';
  const outside = { ...rates, external: { host, port: 443, tls: true, addresses: [] } };
  const callers = [{ ...legacy, calls: { rates: { ...rates.only('sayHello'), service: outside } } }];
  const read = (clusterDomain: string) => faultsOf(environment({ clusterDomain }), callers);
  expect(read('cluster.local')).toEqual([]);
  expect(read('mesh.example')).toEqual([
    expect.stringContaining(`services/rates/service.ts: host ${host} is a Service of the cluster; declare it by`),
  ]);
});

test('all faults of both files are told at once', () => {
  const settings = {
    namespace: '',
    colour: 1,
    replicas: { nobody: { min: 1, max: 1 } },
  } as unknown as Partial<SettingsInput>;
  const faults = faultsOf(environment(settings, 'services: { nobody: {} }'), all);
  expect(faults.map((fault) => fault.replace(/^.*\/(\w+\.\w+: [\w.]+):.*$/, '$1'))).toEqual([
    'settings.ts: namespace',
    'settings.ts: colour',
    'settings.ts: replicas.nobody',
    'releases.yaml: services.nobody.stable',
    'releases.yaml: services.nobody',
    ...['edge', 'search', 'users', 'legacy'].map((name) => `releases.yaml: services.${name}`),
  ]);
});
