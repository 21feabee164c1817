import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '../../services';
import type { ServiceSpec } from '../../services/kit/declaration';
import { type Environment, type EnvironmentSource, findEnvironment, readEnvironment } from './environment';
import { faultLines } from '../../services/kit/faults/testing/fault-lines';
import { settings as kind } from '../environments/kind/settings';
import { settings as local } from '../environments/local/settings';
import { settings as production } from '../environments/production/settings';
import { environment } from '../testing/environment';
import { all, legacy, rates } from '../testing/services';
import type { SettingsInput } from './settings';

const ROOT = join(__dirname, '../..');
const FOLDER = 'charts/environments';

function linesOf(source: EnvironmentSource, specs: readonly ServiceSpec[]): string[] {
  const read = readEnvironment(source, specs);
  expect(read.environment === undefined).toBe(read.faults.length > 0);
  return faultLines(read.faults);
}

const inSettings = (settings: object) => linesOf(environment(settings), all);

test.each(['local', 'kind', 'production'])('the environment %s fits the services of this repository', (name) => {
  const source = findEnvironment(name, { settings: { local, kind, production }, root: ROOT, folder: FOLDER });
  const { releaseOf } = readEnvironment(source, services).environment as Environment;
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
  test('have defaults', () => {
    const { settings } = readEnvironment(environment(), all).environment as Environment;
    expect(settings).toMatchObject({
      trustDomain: 'cluster.local',
      clusterDomain: 'cluster.local',
      namespaces: {},
      storage: { mongodb: { port: 27_017 } },
      istio: { namespace: 'istio-system', ingress: { account: 'istio-ingressgateway-service-account' } },
    });
  });

  test.each<[string, object, string[]]>([
    ['a namespace that is not a label', { namespace: 'My_Space' }, ['namespace: "My_Space" is not a DNS label']],
    ['an unknown key', { colour: 'red' }, ['colour: is not a known field; correct the spelling']],
    ['an unknown key further in', { istio: { cni: true, cnii: 1 } }, ['istio.cnii: is not a known field']],
    ['a key that is missing', { istio: {} }, ['istio.cni: is missing; write true or false']],
    ['an unknown policy', { policy: 'on' }, ['policy: "on" is not supported; write audit or enforce']],
    [
      'more than 100 percent',
      { telemetry: { ...(local.telemetry as object), sampling: 101 } },
      ['telemetry.sampling: 101 is not a percentage; write a number from 0 to 100'],
    ],
    [
      'a database in two places',
      { storage: { mongodb: { namespace: 'a', cidr: '10.0.0.0/8' } } },
      ['storage.mongodb: has a namespace and a cidr; write one of the two'],
    ],
    [
      'a database at no address',
      { storage: { mongodb: { cidr: '10.0.0.0' } } },
      ['storage.mongodb.cidr: "10.0.0.0" is not a range of addresses'],
    ],
    ['an empty range', { replicas: { users: { min: 2, max: 1 } } }, ['replicas.users: 2 to 1 is not a range of pods']],
    [
      'hosts that are not hosts',
      { hosts: { users: [], edge: ['a b'] } },
      ['hosts.users: is empty; write at least one', 'hosts.edge.0: "a b" is not the name of a host'],
    ],
    [
      'resources that are not quantities, or of unknown services',
      {
        resources: { users: { requests: { memory: '1 GB' } }, nobody: {} },
        dns: { addresses: ['10.0.0.10'], port: 0 },
      },
      [
        'resources.users.requests.memory: "1 GB" is not a quantity',
        'resources.nobody: there is no service "nobody"; the services are edge, search',
        'dns.port: port 0 is out of range; ports go from 1 to 65535',
        'dns.addresses.0: "10.0.0.10" is not a range of addresses',
      ],
    ],
    [
      'wrong types',
      { replicas: { users: { min: 1.5, max: 2 } }, hosts: 1, headerRouting: 'no', istio: { cni: true, namespace: 1 } },
      [
        'replicas.users: 1.5 to 2 is not a range of pods; write whole numbers',
        'hosts: is a number, not an object, { … }; write an object',
        'headerRouting: is a text, not true or false; write true or false',
        'istio.namespace: is a number, not a text; put it into quotes',
      ],
    ],
    [
      'requests above their limits, also the usual ones',
      {
        resources: {
          users: { requests: { memory: '512Mi' } },
          edge: { limits: { memory: '64M' } },
          search: { requests: { cpu: '1.5' }, limits: { cpu: '1500m' } },
        },
      },
      [
        'resources.users.requests.memory: 512Mi is more than the limit 256Mi; raise limits.memory',
        'resources.edge.requests.memory: 128Mi is more than the limit 64M',
      ],
    ],
    [
      'more pods than can be counted',
      { replicas: { users: { min: 1, max: 3e9 } } },
      ['replicas.users: 1 to 3000000000 is not a range of pods'],
    ],
    ...['http://ghcr.io/a', 'ghcr.io/Example', 'a//b', '/x', ''].map((registry): [string, object, string[]] => [
      `a registry that is not one: "${registry}"`,
      { registry },
      [`registry: "${registry}" is not an image registry; write for example ghcr.io/example`],
    ]),
    ...['.', '-', 'a..b'].map((clusterDomain): [string, object, string[]] => [
      `a domain that is not one: "${clusterDomain}"`,
      { clusterDomain },
      [`clusterDomain: "${clusterDomain}" is not a DNS domain`],
    ]),
    [
      'a Secret that cannot be',
      { secrets: { mongoUri: { name: 'Mongo_DB', key: '../uri' } } },
      ['secrets.mongoUri.name: "Mongo_DB" is not the name of a Secret', 'secrets.mongoUri.key: "../uri" is not a key'],
    ],
    [
      'a gateway with wrong labels',
      { istio: { cni: true, ingress: { namespace: 'a', account: 'a', selector: { 'a b': 'c', a: 'c d' } } } },
      [
        'istio.ingress.selector.a b: "a b" is not the name of a label',
        'istio.ingress.selector.a: "c d" is not the value of a label',
      ],
    ],
    [
      'a gateway of all pods',
      { istio: { cni: true, ingress: { namespace: 'a', account: 'a', selector: {} } } },
      ['istio.ingress.selector: selects all pods; write at least one label'],
    ],
    [
      'the namespace of the collector',
      { namespace: 'telemetry' },
      ['namespace: telemetry is the namespace of the collector'],
    ],
    [
      'a secret instead of its name',
      { secrets: { mongoUri: 'mongodb://user:password@host' } },
      ['secrets.mongoUri: is a text, not an object, { … }; write'],
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
  const read = (clusterDomain: string) => linesOf(environment({ clusterDomain }), callers);
  expect(read('cluster.local')).toEqual([]);
  expect(read('mesh.example')).toEqual([
    expect.stringContaining(`services/rates/service.ts: host: ${host} is a Service of the cluster; declare it with`),
  ]);
});

test('all faults of both files are reported at once', () => {
  const settings = {
    namespace: '',
    colour: 1,
    replicas: { nobody: { min: 1, max: 1 } },
  } as unknown as Partial<SettingsInput>;
  const { faults } = readEnvironment(environment(settings, 'services: { nobody: {} }'), all);
  expect(faults.map(({ file, line, path }) => [file.split('/').at(-1), line, path])).toEqual([
    ['settings.ts', undefined, 'namespace'],
    ['settings.ts', undefined, 'replicas.nobody'],
    ['settings.ts', undefined, 'colour'],
    ['releases.yaml', 1, 'services.nobody.stable'],
    ['releases.yaml', 1, 'services.nobody'],
    ...['edge', 'search', 'users', 'legacy'].map((name) => ['releases.yaml', 1, `services.${name}`]),
  ]);
});
