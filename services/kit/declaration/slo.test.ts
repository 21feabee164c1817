import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { RagSearchService } from '../../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../../proto/gen/weft/user/v1/user_pb';
import { faultLines } from '../faults/testing/fault-lines';
import { defineService, type ServiceSpec } from '.';
import { durationBoundsOf } from '../telemetry/duration-bounds';
import { DURATION_BOUNDS } from '../telemetry/names';

const USER_INFO = 'weft.user.v1.UserInfoService';

const users = defineService({
  name: 'users',
  serves: UserInfoService,
  slo: {
    availability: '99.9%',
    latency: { p99: '300ms', 'p99.9': '1s' },
    methods: { getUserInfo: { availability: '99.95%', latency: { p99: '120ms' } } },
  },
});

describe('objectives', () => {
  test('are ratios and seconds in the spec', () => {
    expect(users.faults).toEqual([]);
    expect(users.slo).toEqual({
      availability: 0.999,
      latency: [
        { quantile: 0.99, seconds: 0.3 },
        { quantile: 0.999, seconds: 1 },
      ],
      methods: [
        {
          ref: 'getUserInfo',
          rpcMethods: [`${USER_INFO}/GetUserInfo`],
          availability: 0.9995,
          latency: [{ quantile: 0.99, seconds: 0.12 }],
        },
      ],
    });
  });

  test('are none where a declaration states none', () => {
    expect(defineService({ name: 'greeter', serves: Greeter }).slo).toBeUndefined();
  });

  test('hold for an HTTP service', () => {
    const edge = defineService({ name: 'edge', http: true, slo: { availability: '99.5%', latency: { p95: '1s' } } });
    expect(edge.faults).toEqual([]);
    expect(edge.slo).toEqual({ availability: 0.995, latency: [{ quantile: 0.95, seconds: 1 }], methods: [] });
  });

  test('name methods as timeouts do, where several contracts are served', () => {
    const serves = { info: UserInfoService, accounts: UserService };
    const both = defineService({
      name: 'both',
      serves,
      slo: { methods: { 'info.getUserInfo': { availability: '99%' }, getUser: { availability: '98%' } } },
    });
    expect(both.faults).toEqual([]);
    expect(both.slo?.methods.map(({ rpcMethods }) => rpcMethods)).toEqual([
      [`${USER_INFO}/GetUserInfo`],
      ['weft.user.v1.UserService/GetUser'],
    ]);
  });

  test('of methods that are not there do not compile', () => {
    // @ts-expect-error Greeter has no such method
    const wrong = defineService({ name: 'a', serves: Greeter, slo: { methods: { sayBye: { availability: '99%' } } } });
    // @ts-expect-error a share is written in percent
    defineService({ name: 'a', serves: Greeter, slo: { availability: 0.999 } });
    // @ts-expect-error a quantile begins with p
    defineService({ name: 'a', serves: Greeter, slo: { latency: { q99: '1s' } } });
    expect(faultLines(wrong.faults)).toEqual([
      'slo.methods.sayBye: is not a method of the service; correct the name or remove it',
    ]);
    expect(wrong.slo?.methods).toEqual([]);
  });
});

describe('a declaration is refused with', () => {
  const withSlo = (slo: object): ServiceSpec => defineService({ name: 'a', serves: UserInfoService, slo });
  test.each<[string, object, string[]]>([
    ['no objective', {}, ['slo: states no objective; write availability or latency, or remove it']],
    ['no objective for a method', { methods: { getUserInfo: {} } }, ['slo.methods.getUserInfo: states no objective']],
    [
      'all of it',
      { availability: '100%' },
      [`slo.availability: "100%" is not a share of calls; write a percentage above 0 and below 100`],
    ],
    ['none of it', { availability: '0%' }, ['slo.availability: "0%" is not a share']],
    ['a number', { availability: 0.999 }, ['slo.availability: "0.999" is not a share']],
    ['a share of nothing', { availability: 'NaN%' }, ['slo.availability: "NaN%" is not a share']],
    ['a low quantile', { latency: { p5: '1s' } }, ['slo.latency.p5: is not a quantile; write p50 to p99.9']],
    ['a quantile written twice', { latency: { 'p99.0': '1s' } }, ['slo.latency.p99.0: is not a quantile']],
    ['all calls', { latency: { p100: '1s' } }, ['slo.latency.p100: is not a quantile']],
    ['a limit without a unit', { latency: { p99: '300' } }, ['slo.latency.p99: "300" is not a duration']],
    ['a limit of nothing', { latency: { p99: '0ms' } }, ['slo.latency.p99: "0ms" is out of range']],
    ['no limit', { latency: { p99: undefined } }, ['slo.latency.p99: "undefined" is not a duration']],
    [
      'a limit above the deadline',
      { methods: { getUserInfo: { latency: { p99: '5s' } } } },
      ['slo.methods.getUserInfo.latency.p99: 5s is above the deadline; write at most 3000ms'],
    ],
    [
      'a method that every object has',
      { methods: { constructor: { availability: '99%' } } },
      ['slo.methods.constructor: is not a method'],
    ],
  ])('%s', (_, slo, faults) => {
    expect(faultLines(withSlo(slo).faults)).toEqual(faults.map((fault): unknown => expect.stringContaining(fault)));
  });

  test('a latency of streams', () => {
    const slo = { methods: { streamSearch: { latency: { p99: '1s' } } } } as const;
    expect(faultLines(defineService({ name: 'a', serves: RagSearchService, slo }).faults)).toEqual([
      'slo.methods.streamSearch.latency: a stream has no latency; state availability only',
    ]);
  });

  test('methods of an HTTP service', () => {
    const slo = { methods: { search: { availability: '99%' } } } as object;
    expect(faultLines(defineService({ name: 'a', http: true, slo }).faults)).toEqual([
      'slo.methods.search: an HTTP service has no methods; state the objectives for the whole service',
    ]);
  });

  test('an hour and more', () => {
    expect(faultLines(defineService({ name: 'a', http: true, slo: { latency: { p99: '2h' } } }).faults)).toEqual([
      'slo.latency.p99: "2h" is out of range; write more than 0 and at most 1h',
    ]);
  });
});

describe('the bounds of duration histograms', () => {
  test('are those of the conventions where there are no objectives', () => {
    expect(durationBoundsOf({})).toEqual(DURATION_BOUNDS);
  });

  test('have every limit of the service exactly once, in order', () => {
    const bounds = durationBoundsOf(users);
    expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b));
    expect(bounds).toEqual(expect.arrayContaining([...DURATION_BOUNDS, 0.3, 0.12]));
    expect(bounds).toHaveLength(DURATION_BOUNDS.length + 2);
  });
});
