import { canaryOf, environment } from '../../testing/environment';
import { onlyOf, resourcesOf } from '../../testing/manifests';
import { all, search, users } from '../../testing/services';
import type { HttpRoute } from '../istio';
import { methodGroupsOf } from './method-groups';

const ONCE = { attempts: 2, retryOn: 'connect-failure,refused-stream' };
const AGAIN = { attempts: 2, retryOn: 'connect-failure,refused-stream,unavailable,reset' };

function routesOf(service: string, source = environment()): HttpRoute[] {
  return onlyOf('VirtualService', resourcesOf(service, all, source)).spec['http'] as HttpRoute[];
}

describe('methods are grouped', () => {
  test.each([
    [
      'by deadline, by whether they may be called twice, and streams apart',
      users,
      [
        ['idempotent-250ms', '250ms', AGAIN, ['/weft.user.v1.UserInfoService/GetUserInfo']],
        [
          'idempotent-3s',
          '3s',
          AGAIN,
          [
            '/weft.user.v1.UserInfoService/GetUserInfoBatch',
            '/weft.user.v1.UserInfoService/SearchUsers',
            '/weft.user.v1.UserInfoService/UpdateUserInfo',
            '/weft.user.v1.UserService/GetUser',
          ],
        ],
        [
          'idempotent-stream',
          undefined,
          AGAIN,
          ['/weft.user.v1.UserInfoService/StreamUsers', '/weft.user.v1.UserService/ListUsers'],
        ],
        ['once-3s', '3s', ONCE, ['/weft.user.v1.UserService/CreateUser']],
      ],
    ],
    [
      'and a stream of requests is never sent twice, though its contract says idempotent',
      search,
      [
        [
          'idempotent-3s',
          '3s',
          AGAIN,
          [
            '/weft.rag.v1.RagSearchService/GetChunk',
            '/weft.rag.v1.RagSearchService/GetChunksBatch',
            '/weft.rag.v1.RagSearchService/Search',
          ],
        ],
        ['idempotent-stream', undefined, AGAIN, ['/weft.rag.v1.RagSearchService/StreamSearch']],
        ['once-stream', undefined, ONCE, ['/weft.rag.v1.RagSearchService/Ingest']],
      ],
    ],
  ])('%s', (_, spec, expected) => {
    const groups = methodGroupsOf(spec).map(({ name, timeout, retries, matches }) => [name, timeout, retries, matches]);
    const withMatches = expected.map(([name, timeout, retries, paths]) => [
      name,
      timeout,
      retries,
      (paths as string[]).map((exact) => ({ uri: { exact } })),
    ]);
    expect(groups).toEqual(withMatches);
  });
});

describe('the routes of a service', () => {
  test('are a pair a group: the split, then the stable version behind it', () => {
    const [split, stable] = routesOf('users');
    const exact = '/weft.user.v1.UserInfoService/GetUserInfo';
    const base = { timeout: '250ms', retries: AGAIN };
    expect(split).toEqual({
      name: 'idempotent-250ms',
      match: [{ uri: { exact }, port: 50_051 }],
      ...base,
      delegate: { name: 'users-split' },
    });
    expect(stable).toEqual({
      name: 'idempotent-250ms-stable',
      match: [{ uri: { exact } }],
      ...base,
      route: [{ destination: { host: 'users.weft.svc.cluster.local', subset: 'v1', port: { number: 50_051 } } }],
    });
  });

  test.each(['users', 'search'])('of %s say what is tried again, and never have delegate and route', (name) => {
    const routes = routesOf(name);
    expect(routes.length).toBeGreaterThan(1);
    for (const { retries, delegate, route } of routes) {
      expect([ONCE, AGAIN]).toContainEqual(retries);
      expect(delegate === undefined).not.toBe(route === undefined);
    }
    expect(new Set(routes.map((each) => each.name)).size).toBe(routes.length);
  });

  test.each(['users', 'search'])('of %s have a deadline exactly where calls are unary', (name) => {
    for (const route of routesOf(name)) expect(route.timeout === undefined).toBe(/-stream(-stable)?$/.test(route.name));
  });

  test('lead to the stable version also while another is on its way', () => {
    const text = 'default: { stable: { version: v8, tag: a }, canary: { version: v9, tag: b } }';
    const subsets = routesOf('users', environment({}, text)).flatMap(({ route = [] }) =>
      route.map(({ destination }) => destination.subset),
    );
    expect(new Set(subsets)).toEqual(new Set(['v8']));
  });

  test('of an HTTP service are pairs as well, of requests by verb and path', () => {
    const destination = { host: 'edge.weft.svc.cluster.local', subset: 'v1', port: { number: 8080 } };
    const routes = routesOf('edge');
    const retries = { attempts: 2, retryOn: 'connect-failure,refused-stream,reset,503', perTryTimeout: '1250ms' };
    const match = { method: { regex: 'GET|HEAD' }, uri: { regex: '/v1/users/[^/]+' } };
    expect(routes.filter(({ name }) => name.startsWith('idempotent-1250ms'))).toEqual([
      { name: 'idempotent-1250ms', match: [{ ...match, port: 8080 }], retries, delegate: { name: 'edge-split' } },
      { name: 'idempotent-1250ms-stable', match: [match], retries, route: [{ destination }] },
    ]);
    expect(routes.slice(-2)).toEqual([
      { name: 'once', match: [{ port: 8080 }], retries: ONCE, delegate: { name: 'edge-split' } },
      { name: 'once-stable', retries: ONCE, route: [{ destination }] },
    ]);
  });
});

test.each([
  ['one version', environment(), ['v1']],
  ['two', environment({}, canaryOf('users')), ['v1', 'v2']],
])('a service with %s has as many subsets', (_, source, versions) => {
  const { spec } = onlyOf('DestinationRule', resourcesOf('users', all, source));
  expect(spec).toMatchObject({
    host: 'users.weft.svc.cluster.local',
    subsets: versions.map((version) => ({ name: version, labels: { version } })),
    trafficPolicy: { loadBalancer: { simple: 'LEAST_REQUEST', warmup: { duration: '30s' } }, outlierDetection: {} },
  });
});

test('while policies are only tried, methods that no contract has go on to the stable version', () => {
  const audited = (service: string) => routesOf(service, environment({ policy: 'audit' }));
  const destination = { host: 'users.weft.svc.cluster.local', subset: 'v1', port: { number: 50051 } };
  expect(audited('users').at(-1)).toEqual({ name: 'unknown-methods', retries: ONCE, route: [{ destination }] });
  expect(routesOf('users').map(({ name }) => name)).not.toContain('unknown-methods');
  expect(audited('edge')).toEqual(routesOf('edge'));
});
