import fc from 'fast-check';
import { createRouteTable } from '../../../proto/http/route-table';
import { readHttpRules } from '../../../proto/http/rules';
import { compile } from '../../../proto/http/testing/compile';
import { services } from '../../../services';
import { gateway } from '../../../services/gateway/service';
import { type CallSpec, type Contract, defineService } from '../../../services/kit/declaration';
import { environment } from '../../testing/environment';
import { type Resource, resourcesOf } from '../../testing/manifests';
import { routeNameOf } from '../../testing/route';
import { isRepeatable } from './method-groups';
import { requestGroupsOf } from './request-groups';

const HOST = 'api.example.com';
const REFERENCE = resourcesOf('gateway', services, environment({ hosts: { gateway: [HOST] } }));

const UNSENT = 'connect-failure,refused-stream';
const ANSWERLESS = 'connect-failure,refused-stream,reset,503';

/** The group whose route takes a request, in the mesh and at the ingress. */
function groupOf(request: string): string | undefined {
  const [verb = '', path = ''] = request.split(' ');
  const inside = { host: 'gateway.weft.svc.cluster.local', port: 8080, verb, path, headers: {} };
  const names = [inside, { ...inside, host: HOST, port: 80 }].map((call) => routeNameOf(call, REFERENCE));
  expect(names[0]).toBe(names[1]);
  return names[0]?.replace(/-stable$/, '');
}

test.each([
  ['GET /v1/greetings/Ada', 'idempotent-2s'],
  ['POST /v1/payments', 'once-4s'],
  ['GET /v1/payments/p-1', 'idempotent-4s'],
  ['GET /v1/rag/docs/search?query=hooks', 'idempotent-3s'],
  ['POST /v1/rag/docs/search', 'idempotent-3s'],
  ['GET /v1/rag/docs/search:stream', 'idempotent'],
  ['GET /v1/chunks/c-1', 'idempotent-4s'],
  ['GET /v1/chunks:batchGet?rag_chunk_codes=a', 'idempotent-4s'],
  ['POST /v1/chunks:batchGet', 'idempotent-4s'],
  ['POST /v1/rag/docs/documents', 'once'],
  ['GET /v1/users', 'idempotent'],
  ['POST /v1/users', 'once-4s'],
  ['GET /v1/users/u-1001', 'idempotent-4s'],
  ['GET /v1/users:batchGet', 'idempotent-4s'],
  ['POST /v1/users:batchGet', 'idempotent-4s'],
  ['PATCH /v1/users/u-1001', 'idempotent-4s'],
  ['GET /v1/users:search', 'idempotent-4s'],
  ['GET /v1/users:stream', 'idempotent'],
])('%s is routed as %s', (request, group) => {
  expect(groupOf(request)).toBe(group);
});

test.each([
  ['a slash that is escaped', 'PATCH /v1/users/a%2Fb', 'idempotent-4s'],
  ['a slash that is not', 'PATCH /v1/users/a/b', 'once'],
  ['a query', 'PATCH /v1/users/u-1?x=/v1/payments', 'idempotent-4s'],
  ['a verb that no rule has', 'PATCH /v1/users/u-1:ban', 'idempotent-4s'],
  ['HEAD where there is GET', 'HEAD /v1/users/u-1', 'idempotent-4s'],
  ['another method at a path of the contracts', 'DELETE /v1/users/u-1', 'once'],
  ['a method that is not called', 'POST /v1/payments/p-1:refund', 'once'],
  ['a path that nobody serves', 'POST /v2/users', 'once'],
  ['a page of the gateway', 'GET /docs/static/index.css', 'idempotent'],
  ['a preflight', 'OPTIONS /v1/users', 'idempotent'],
])('%s: %s is routed as %s', (_, request, group) => {
  expect(groupOf(request)).toBe(group);
});

test('the reference application has few groups, and each has one deadline and one kind of retries', () => {
  expect(requestGroupsOf(gateway.calls).map(({ name, retries }) => [name, retries])).toEqual([
    ['idempotent-2s', { attempts: 2, retryOn: ANSWERLESS, perTryTimeout: '2s' }],
    ['idempotent-3s', { attempts: 2, retryOn: ANSWERLESS, perTryTimeout: '3s' }],
    ['idempotent-4s', { attempts: 2, retryOn: ANSWERLESS, perTryTimeout: '4s' }],
    ['once-4s', { attempts: 2, retryOn: UNSENT, perTryTimeout: '4s' }],
    ['idempotent', { attempts: 2, retryOn: ANSWERLESS }],
    ['once', { attempts: 2, retryOn: UNSENT }],
  ]);
});

test('a service that calls nobody has what HTTP calls safe, and the rest', () => {
  expect(requestGroupsOf({})).toEqual([
    {
      name: 'idempotent',
      retries: { attempts: 2, retryOn: ANSWERLESS },
      matches: [{ method: { regex: 'GET|HEAD|OPTIONS' } }],
    },
    { name: 'once', retries: { attempts: 2, retryOn: UNSENT }, matches: [] },
  ]);
});

const rule = (name: string, http: string, level = ''): string =>
  `rpc ${name}(M) returns (M) { ${level && `option idempotency_level = ${level};`} option (google.api.http) = {${http}}; }`;

const RULES = [
  rule('Get', 'get: "/v1/{id}"', 'NO_SIDE_EFFECTS'),
  rule('Count', 'get: "/v1/{id}:count"'),
  rule('Put', 'put: "/v1/{id}" body: "*"', 'IDEMPOTENT'),
  rule('Lock', 'put: "/v1/{id}:lock" body: "*"'),
  rule('Special', 'put: "/v1/special:lock" body: "*"', 'IDEMPOTENT'),
  rule('Any', 'custom: {kind: "*" path: "/v1/any/{id}"}', 'IDEMPOTENT'),
  rule('Deep', 'put: "/v1/{id=deep/**}" body: "*"'),
];

const MORE_RULES = [
  rule('All', 'put: "/v1/{id=**}" body: "*"', 'IDEMPOTENT'),
  rule('AllLock', 'put: "/v1/{id=**}:lock" body: "*"', 'IDEMPOTENT'),
  rule('Twice', 'put: "/v1/{id}:very:lock" body: "*"', 'IDEMPOTENT'),
  rule('Escaped', 'put: "/v1/a%3Alock" body: "*"', 'IDEMPOTENT'),
  rule('Deeper', 'put: "/v1/deep/{id}" body: "*"', 'IDEMPOTENT'),
  rule('DeepLock', 'put: "/v1/deep/{id}:lock" body: "*"'),
  rule('AnyPut', 'put: "/v1/any/{id}" body: "*"'),
  rule('AnyGet', 'get: "/v1/{id}/any"'),
  rule('AnyAny', 'custom: {kind: "*" path: "/{id}/any/any"}'),
  rule('Stream', 'get: "/v1/stream/{id}"', 'NO_SIDE_EFFECTS').replace('returns (', 'returns (stream '),
  rule('Tail', 'get: "/v1/stream/{id}:tail"').replace('returns (', 'returns (stream '),
];

/** A service that calls every method of a contract with these rules. */
async function callsOf(rules: readonly string[], timeouts: object = {}): Promise<Record<string, CallSpec>> {
  const registry = await compile(`message M { string id = 1; } service S { ${rules.join('\n')} }`);
  const contract = registry.getService('test.S') as unknown as Contract;
  const things = defineService({ name: 'things', serves: contract, timeouts });
  return { things: things.only(...(contract.methods.map(({ localName }) => localName) as never[])) };
}

test('a more specific rule is in a group before a less specific one', async () => {
  const groups = requestGroupsOf(await callsOf(RULES));
  expect(groups.map(({ name, matches }) => [name, matches.map((match) => JSON.stringify(match))])).toEqual([
    ['idempotent-4s-2', ['{"method":{"exact":"PUT"},"uri":{"exact":"/v1/special:lock"}}']],
    [
      'once-4s',
      [
        '{"method":{"regex":"GET|HEAD"},"uri":{"regex":"/v1/[^/]+:count"}}',
        '{"method":{"exact":"PUT"},"uri":{"regex":"/v1/[^/]+:lock"}}',
        '{"method":{"exact":"PUT"},"uri":{"regex":"/v1/deep(?:/[^/]+)*"}}',
      ],
    ],
    [
      'idempotent-4s',
      [
        '{"method":{"exact":"PUT"},"uri":{"regex":"/v1/[^/]+"}}',
        '{"method":{"regex":"GET|HEAD"},"uri":{"regex":"/v1/[^/]+"}}',
        '{"uri":{"regex":"/v1/any/[^/]+"}}',
      ],
    ],
    ['idempotent', ['{"method":{"regex":"GET|HEAD|OPTIONS"}}']],
    ['once', []],
  ]);
});

const verbs = fc.constantFrom('GET', 'PUT', 'PUT', 'POST');
const segments = fc.array(fc.constantFrom('v1', 'any', 'deep', 'stream', 'special', 'a', 'a%3Alock'), { maxLength: 3 });
const paths = fc
  .tuple(segments, fc.constantFrom('', '', ':lock', ':very:lock', ':count', ':tail'))
  .map(([parts, verb]) => `/${['v1', ...parts].join('/')}${verb}`);

test('a request is treated as the method that the gateway calls for it, whatever the rules', async () => {
  const { things } = await callsOf([...RULES, ...MORE_RULES], { lock: '1s', any: '2s' });
  const methods = fc.subarray([...(things?.methods ?? [])], { minLength: 1 });
  fc.assert(
    fc.property(methods, verbs, paths, (some, verb, path) => {
      const bindings = readHttpRules(some.map(({ method }) => method)).bindings;
      const called = createRouteTable(bindings).find(verb, path)?.route.method;
      if (!called) return;
      const timeoutMs = some.find(({ method }) => method === called)?.timeoutMs;
      const groups = requestGroupsOf({ things: { ...things, methods: some } as CallSpec });
      const spec = {
        hosts: ['h'],
        http: groups.map(({ name, matches, retries }) => ({
          name,
          retries,
          match: matches.length > 0 ? matches : undefined,
        })),
      };
      const resource = { kind: 'VirtualService', metadata: { name: 'v' }, spec } as unknown as Resource;
      const name = routeNameOf({ host: 'h', port: 80, verb, path, headers: {} }, [resource]);
      const retries = groups.find((group) => group.name === name)?.retries;
      expect(retries?.retryOn).toBe(isRepeatable(called) ? ANSWERLESS : UNSENT);
      expect(retries?.perTryTimeout).toBe(timeoutMs === undefined ? undefined : `${timeoutMs / 1000 + 1}s`);
    }),
    { numRuns: 3_000 },
  );
});
