import { dump, load } from 'js-yaml';
import { createNames } from './names';
import { type Split, splitFaults, splitResource } from './split';
import { readSplit } from './split-reading';

const names = createNames({
  trustDomain: 'cluster.local',
  clusterDomain: 'cluster.local',
  namespace: 'weft',
  namespaces: { billing: 'money' },
});

const split: Split = { service: 'payment', weights: { v1: 80, v2: 20 }, lanes: ['v2'] };

describe('the resource of a split', () => {
  test('has the lanes first, then the weights, and no hosts', () => {
    const to = (subset: string) => ({ host: 'payment.weft.svc.cluster.local', subset, port: { number: 50051 } });
    expect(splitResource(split, names, 50_051)).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'payment-split', namespace: 'weft' },
      spec: {
        http: [
          {
            name: 'lane-v2',
            match: [{ headers: { 'x-weft-lane': { exact: 'v2' } } }],
            route: [{ destination: to('v2') }],
          },
          {
            name: 'weights',
            route: [
              { destination: to('v1'), weight: 80 },
              { destination: to('v2'), weight: 20 },
            ],
          },
        ],
      },
    });
  });

  test('lies where the service does', () => {
    const { metadata, spec } = splitResource({ ...split, service: 'billing' }, names, 8080);
    expect(metadata).toEqual({ name: 'billing-split', namespace: 'money' });
    expect(spec.http[0]?.route).toEqual([
      { destination: { host: 'billing.money.svc.cluster.local', subset: 'v2', port: { number: 8080 } } },
    ]);
  });

  test.each<Split>([
    split,
    { service: 'payment', weights: { v1: 100 }, lanes: [] },
    { service: 'user-info', weights: { v2: 0, v1: 100 }, lanes: ['v2', 'v1'] },
    { service: 'a-split', weights: { v1: 1, v2: 2, v3: 97 }, lanes: ['v3'] },
  ])('is read back, even from a file: %j', (value) => {
    const resource = splitResource(value, names, 50_051);
    expect(readSplit(resource)).toEqual(value);
    expect(readSplit(load(dump(resource)))).toEqual(value);
  });
});

describe('a split has no fault', () => {
  test.each([
    [split],
    [{ ...split, weights: { v1: 100 } }],
    [{ ...split, weights: { v1: 0, v2: 100 } }],
    [{ ...split, weights: { v1: 100 }, lanes: [] }],
  ])('%j', (value) => {
    expect(splitFaults(value, ['v1', 'v2'])).toEqual([]);
  });
});

describe('a split has a fault', () => {
  const whole = 'a weight is a whole number from 0 to 100';
  test.each<[Partial<Split>, string[]]>([
    [{ weights: {} }, ['the weights add up to 0; they must add up to 100']],
    [{ weights: { v1: 0, v2: 0 } }, ['the weights add up to 0; they must add up to 100']],
    [{ weights: { v1: 80, v2: 30 } }, ['the weights add up to 110; they must add up to 100']],
    [{ weights: { v1: 79, v2: 20 } }, ['the weights add up to 99; they must add up to 100']],
    [{ weights: { v1: 120, v2: -20 } }, [`v2=-20: ${whole}`]],
    [{ weights: { v1: 99.5, v2: 0.5 } }, [`v1=99.5: ${whole}`, `v2=0.5: ${whole}`]],
    [{ weights: { v1: NaN, v2: 100 } }, [`v1=NaN: ${whole}`]],
    [{ weights: { v1: Infinity, v2: 100 } }, [`v1=Infinity: ${whole}`]],
    [{ weights: { v1: 50, v3: 50 }, lanes: [] }, ['payment has no version v3; it has v1, v2']],
    [{ lanes: ['v4'] }, ['payment has no version v4; it has v1, v2']],
    [
      { weights: { v3: 1 }, lanes: ['v3'] },
      ['payment has no version v3; it has v1, v2', 'the weights add up to 1; they must add up to 100'],
    ],
  ])('%j', (different, faults) => {
    expect(splitFaults({ ...split, ...different }, ['v1', 'v2'])).toEqual(faults);
  });

  test('if nothing is released', () => {
    expect(splitFaults({ ...split, lanes: [] }, [])).toEqual([
      'payment has no version v1; it has none',
      'payment has no version v2; it has none',
    ]);
  });
});

describe('a resource from elsewhere', () => {
  const lane = (exact: unknown, subset: string, rest: object = {}) => ({
    match: [{ headers: { 'x-weft-lane': { exact } }, ...rest }],
    route: [{ destination: { host: 'payment', subset } }],
  });
  const everybody = { route: [{ destination: { host: 'payment', subset: 'v1' } }] };
  const resource = (...http: unknown[]) => ({
    kind: 'VirtualService',
    metadata: { name: 'payment-split' },
    spec: { http },
  });

  test.each([
    [[lane('v2', 'v2'), everybody], { weights: { v1: 100 }, lanes: ['v2'] }],
    [
      [{ route: [{ destination: { subset: 'v1' } }, { destination: { subset: 'v2' }, weight: 100 }] }],
      { weights: { v1: 0, v2: 100 }, lanes: [] },
    ],
  ])('is a split if it means the same: %j', (http, value) => {
    expect(readSplit(resource(...http))).toEqual({ service: 'payment', ...value });
  });

  test.each([
    ['nothing', undefined, 'a resource (no name) is not a split: a split is a VirtualService <service>-split'],
    [
      'another kind',
      { kind: 'Service', metadata: { name: 'payment-split' } },
      'Service payment-split is not a split: a split',
    ],
    [
      'another name',
      { ...resource(everybody), metadata: { name: 'payment' } },
      'VirtualService payment is not a split: a split',
    ],
    ['no routes', resource(), 'payment-split is not a split: its last route must divide all calls'],
    ['no route for all calls', resource(lane('v2', 'v2')), 'its last route must divide all calls'],
    ['a destination without a subset', resource({ route: [{ destination: { host: 'x' } }] }), 'its last route'],
    ['a subset twice', resource({ route: [...everybody.route, ...everybody.route] }), 'its last route'],
    ['a lane to another subset', resource(lane('v2', 'v1'), everybody), 'http[0] must send one x-weft-lane'],
    ['a lane with a condition', resource(lane('v2', 'v2', { uri: { exact: '/' } }), everybody), 'http[0] must'],
    ['a route for everybody before', resource(lane('v2', 'v2'), everybody, everybody), 'http[1] must send'],
  ])('is refused: %s', (_, value, message) => {
    expect(() => readSplit(value)).toThrow(message);
  });
});
