import { type ReceivedMetric, type ReceivedSpan, unregistered } from './unregistered';

const KNOWN = {
  methods: ['weft.user.v1.UserInfoService/GetUserInfo'],
  routes: ['/v1/users/{user_id}', '/docs'],
  collections: ['chunks'],
};

const CALL: ReceivedSpan = {
  name: 'weft.user.v1.UserInfoService/GetUserInfo',
  kind: 'SERVER',
  attributes: ['rpc.system.name', 'rpc.method', 'rpc.response.status_code', 'error.type'],
  resource: ['service.name', 'service.version', 'k8s.pod.name'],
};

const DURATION: ReceivedMetric = {
  name: 'rpc.server.call.duration',
  unit: 's',
  type: 'histogram',
  attributes: ['rpc.system.name', 'rpc.method', 'rpc.response.status_code'],
  resource: ['service.name'],
};

const ofSpan = (change: Partial<ReceivedSpan>) => unregistered({ spans: [{ ...CALL, ...change }], metrics: [] }, KNOWN);
const ofMetric = (change: Partial<ReceivedMetric>) =>
  unregistered({ spans: [], metrics: [{ ...DURATION, ...change }] }, KNOWN);

describe('what is registered', () => {
  test.each<[string, ReceivedSpan['kind'], string[]]>([
    ['weft.user.v1.UserInfoService/GetUserInfo', 'SERVER', ['rpc.method']],
    ['weft.user.v1.UserInfoService/GetUserInfo', 'CLIENT', ['rpc.method']],
    ['_OTHER', 'SERVER', ['rpc.method']],
    ['grpc.health.v1.Health/Check', 'SERVER', ['rpc.method']],
    ['GET /v1/users/{user_id}', 'SERVER', ['http.route', 'http.request.method']],
    ['GET', 'SERVER', ['http.request.method']],
    ['find chunks', 'CLIENT', ['db.collection.name']],
    ['findAndModify $cmd', 'CLIENT', ['db.operation.name']],
  ])('includes the span %s (%s)', (name, kind, attributes) => {
    expect(ofSpan({ name, kind, attributes })).toEqual([]);
  });

  test('includes metrics with their unit and type', () => {
    expect(ofMetric({})).toEqual([]);
    expect(
      ofMetric({ name: 'weft.rpc.server.active_calls', unit: '{call}', type: 'upDownCounter', attributes: [] }),
    ).toEqual([]);
  });
});

describe('names of spans that are not registered', () => {
  test.each<[string, ReceivedSpan['kind']]>([
    ['weft.user.v1.UserInfoService/DropUsers', 'SERVER'],
    ['grpc.weft.user.v1.UserInfoService/GetUserInfo', 'CLIENT'],
    ['weft.user.v1.UserInfoService/GetUserInfo', 'INTERNAL'],
    ['GET /v1/users/u-1001', 'SERVER'],
    ['GET /v1/users/{user_id}?verbose=1', 'SERVER'],
    ['GET /v1/users/{user_id}', 'CLIENT'],
    ['get /v1/users/{user_id}', 'SERVER'],
    ['find u-1001', 'CLIENT'],
    ['find', 'CLIENT'],
    ['find chunks', 'SERVER'],
    ['', 'SERVER'],
    ['constructor', 'CLIENT'],
  ])('%s (%s)', (name, kind) => {
    expect(ofSpan({ name, kind, attributes: [] })).toEqual([
      expect.stringContaining(`no ${kind} span may have this name`),
    ]);
  });
});

describe('attributes', () => {
  test.each([
    ['db.query.text', 'the text of a query'],
    ['db.statement', 'the text of a query'],
    ['db.query.parameter.userId', 'the values of a query'],
    ['grpc.error_message', 'quote requests'],
    ['url.query', 'search terms'],
    ['url.full', 'fields of the request'],
    ['http.request.header.authorization', 'headers can contain tokens|secret'],
    ['http.request.header.x', 'headers can contain tokens'],
    ['rpc.grpc.request.metadata.x', 'metadata can contain tokens'],
    ['user.email', 'secret'],
    ['weft.access_token', 'secret'],
    ['process.command_args', 'arguments can contain passwords'],
  ])('%s is refused', (name, because) => {
    const faults = ofSpan({ attributes: ['rpc.method', name] });
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`${name.replaceAll('.', '[.]')} is refused: .*(${because})`)),
    ]);
    expect(ofMetric({ attributes: [name] })).toEqual([expect.stringContaining('is refused')]);
    expect(ofSpan({ resource: [name] })).toEqual([expect.stringContaining('is refused')]);
  });

  test('of events are refused too', () => {
    expect(ofSpan({ events: ['exception.message'] })).toEqual([
      'span weft.user.v1.UserInfoService/GetUserInfo (SERVER), an event: exception.message is refused: error messages quote requests and documents',
    ]);
  });

  test('of another kind of span are not registered for this one', () => {
    expect(ofSpan({ attributes: ['http.route'] })).toEqual([
      'span weft.user.v1.UserInfoService/GetUserInfo (SERVER): http.route is not in the registry',
    ]);
  });

  test('of the resource are not those of spans', () => {
    expect(ofSpan({ resource: ['rpc.method'] })).toEqual([expect.stringContaining('its resource: rpc.method is not')]);
    expect(ofMetric({ resource: ['host.name'] })).toEqual([expect.stringContaining('its resource: host.name is not')]);
  });
});

test('a status has no message', () => {
  expect(ofSpan({ statusMessage: 'E11000 dup key: { email: "a@b.c" }' })).toEqual([
    'span weft.user.v1.UserInfoService/GetUserInfo (SERVER): its status has a message; error messages quote requests and documents',
  ]);
});

describe('metrics', () => {
  test('of another unit, type or name', () => {
    expect(ofMetric({ unit: 'ms' })).toEqual([
      `metric rpc.server.call.duration: its unit is 'ms', but 's' in the registry`,
    ]);
    expect(ofMetric({ type: 'gauge' })).toEqual([
      'metric rpc.server.call.duration: it is a gauge, but a histogram in the registry',
    ]);
    expect(ofMetric({ name: 'rpc.server.duration', attributes: ['whatever'] })).toEqual([
      'metric rpc.server.duration: it is not in the registry',
    ]);
  });

  test('with an unregistered attribute', () => {
    expect(ofMetric({ attributes: ['rpc.method', 'k8s.pod.uid'] })).toEqual([
      'metric rpc.server.call.duration: k8s.pod.uid is not in the registry',
    ]);
  });
});

test('reports each fault once', () => {
  const span = { ...CALL, name: 'nobody' };
  expect(unregistered({ spans: [span, span], metrics: [] }, KNOWN)).toHaveLength(1);
});
