import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '../services';
import { findEnvironment, readEnvironment } from './environment';
import { settings as kind } from './environments/kind/settings';
import { settings as local } from './environments/local/settings';
import { settings as production } from './environments/production/settings';
import { environment } from './fixtures/environment';
import { all, legacy, rates } from './fixtures/services';
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
    ['a key that is missing', { istio: {} }, ['istio.cni: is missing; it must be true or false']],
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
  const read = (clusterDomain: string) => faultsOf(() => readEnvironment(environment({ clusterDomain }), callers));
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
  const faults = faultsOf(() => readEnvironment(environment(settings, 'services: { nobody: {} }'), all));
  expect(faults.map((fault) => fault.replace(/^.*\/(\w+\.\w+: [\w.]+):.*$/, '$1'))).toEqual([
    'settings.ts: namespace',
    'settings.ts: colour',
    'settings.ts: replicas.nobody',
    'releases.yaml: services.nobody.stable',
    'releases.yaml: services.nobody',
    ...['edge', 'search', 'users', 'legacy'].map((name) => `releases.yaml: services.${name}`),
  ]);
});
