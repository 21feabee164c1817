import { setTimeout as sleep } from 'node:timers/promises';
import { settings as kind } from '../../charts/environments/kind/settings';
import type { SettingsInput } from '../../charts/environment/settings';
import { synthesize } from '../../charts/synth';
import { services } from '../../services';
import { gateway } from '../../services/gateway/service';
import { protoContract } from '../../services/kit/testing/proto-contract';
import { defineService, externalService, type ServiceSpec } from '../../services/kit/declaration';
import { type Answer, call, charged, charging, greet, type Outcomes } from './testing/calls';
import { type Running, runInPod } from './testing/in-pod';
import { mongoSecret, surroundings } from './testing/outside';
import {
  BOTH,
  MOST,
  ready,
  retire,
  type Shares,
  SOME,
  split,
  unexpectedIn,
  unsplit,
  V1,
  V2,
  type Version,
  VERSIONS,
} from './testing/payment-versions';
import {
  type Container,
  GATEWAY,
  HOST,
  NAMES,
  NAMESPACE,
  NAMESPACES,
  NOBODY,
  OUTSIDE,
  RAG_SEARCH,
  STRANGER,
  STRANGERS,
} from './testing/places';
import {
  addressOf,
  apply,
  describeOnCluster,
  eventually,
  istioctl,
  kubectl,
  makeNamespaces,
  removeNamespaces,
  removeSplitPolicies,
  waitForPods,
} from './testing/test-cluster';

// The reference application on a real cluster, only from the output of synth, with a service in Python. It needs the
// images of all services and of `mongodb`, built and loaded as docs/cluster.md says, and that of echo-python.

const SETTINGS: SettingsInput = {
  ...kind,
  namespace: NAMESPACE,
  hosts: { gateway: [HOST] },
  storage: { mongodb: { namespace: OUTSIDE } },
  telemetry: {
    ...kind.telemetry,
    deploy: false,
    collector: { namespace: OUTSIDE, service: 'collector', ports: [4317, 4318] },
  },
};

/** Like `kubectl apply -f dist/`, with the versions of payment in releases.yaml. */
async function release(specs: readonly ServiceSpec[], stable: Version, canary?: Version): Promise<void> {
  const payment = `stable: ${VERSIONS[stable]}${canary ? `, canary: ${VERSIONS[canary]}` : ''}`;
  const users = "stable: { version: v1, tag: dev, env: { SEED_DATA: 'true' } }";
  const releases = `default: { stable: ${VERSIONS.v1} }\nservices: { payment: { ${payment} }, user-info: { ${users} } }\n`;
  const source = { folder: 'charts/environments/kind', settings: SETTINGS, releases };
  const prune = ['-l', 'app.kubernetes.io/part-of=weft', '--prune'];
  const policies = '--prune-allowlist=security.istio.io/v1/AuthorizationPolicy';
  await apply([...synthesize(specs, source).values()].join('---\n'), ...prune, policies);
}

/** The API server's objection to a step; a refused step changes nothing for calls. */
async function refused(step: Promise<void>): Promise<void> {
  await expect(step).rejects.toThrow(/the split payment-split still names v3, .*: its calls would be lost/);
}

const PAYMENT = NAMES.hostOf('payment');
const PAYMENTS = '/weft.payment.v1.PaymentService';
const USERS = '/weft.user.v1';

describeOnCluster('the application on a cluster', () => {
  jest.setTimeout(300_000);

  let all: readonly ServiceSpec[];
  let host: string;

  beforeAll(async () => {
    await removeNamespaces(...NAMESPACES);
    await makeNamespaces([OUTSIDE]);
    await makeNamespaces([STRANGERS], { 'istio-injection': 'enabled' });
    await apply(surroundings());
    const contract = await protoContract('message Message { string text = 1; }');
    const echo = defineService({ name: 'echo-python', serves: contract, image: 'localhost/weft/echo-python' });
    await waitForPods(OUTSIDE);
    const address = await addressOf('python', OUTSIDE);
    // A pod has a name in DNS that is not that of a Service, as any host outside.
    host = `${address.replaceAll('.', '-')}.${OUTSIDE}.pod.cluster.local`;
    const addresses = [`${address}/32`];
    const outside = externalService({ name: 'outside', serves: contract, host, port: 50_051, tls: false, addresses });
    const caller = { ...gateway, calls: { ...gateway.calls, echo: echo.only('try'), outside: outside.only('try') } };
    all = [caller, ...services.filter((spec) => spec !== gateway), echo];
    await release(all, 'v1', 'v2');
    await apply(mongoSecret(NAMESPACE));
    await waitForPods(NAMESPACE, STRANGERS);
  });

  afterAll(async () => {
    await removeSplitPolicies(NAMESPACE);
    await removeNamespaces(...NAMESPACES);
  });

  test('runs with sidecars, and the analyzer finds nothing', async () => {
    const columns = '-o=jsonpath={range .items[*]}{.metadata.labels.app} {..name}{"\\n"}{end}';
    const { stdout: pods } = await kubectl(['get', 'pods', '-n', NAMESPACE, columns]);
    const lines = pods.trim().split('\n');
    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(new Set(all.map(({ name }) => name)));
    for (const line of lines) expect(line).toContain('istio-proxy');
    const { stdout } = await istioctl(['analyze', '-n', NAMESPACE, '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([]);
  });

  // An empty request, so that the service itself refuses it.
  test.each<[string, Container, string, string, Answer['code']]>([
    ['passes', GATEWAY, 'greeter', '/weft.greeter.v1.Greeter/SayHello', 'INVALID_ARGUMENT'],
    ['passes, from another', RAG_SEARCH, 'user-info', `${USERS}.UserInfoService/GetUserInfo`, 'INVALID_ARGUMENT'],
    ['is refused with another method', GATEWAY, 'payment', `${PAYMENTS}/Refund`, 'PERMISSION_DENIED'],
    ['is refused, from another', RAG_SEARCH, 'user-info', `${USERS}.UserService/CreateUser`, 'PERMISSION_DENIED'],
    ['to another callee finds nobody', RAG_SEARCH, 'payment', `${PAYMENTS}/GetPayment`, 'UNAVAILABLE'],
    ['without a sidecar finds nobody', NOBODY, 'payment', `${PAYMENTS}/GetPayment`, 'UNAVAILABLE'],
  ])('a declared call %s', async (_, from, callee, path, code) => {
    expect((await call(from, NAMES.hostOf(callee), path)).code).toBe(code);
  });

  test('an undeclared caller in the mesh is refused, by the policy or at the first packet', async () => {
    const { code } = await call(STRANGER, PAYMENT, `${PAYMENTS}/GetPayment`);
    expect(['PERMISSION_DENIED', 'UNAVAILABLE']).toContain(code);
  });

  test('only declared callers reach a service in Python', async () => {
    expect(await greet(GATEWAY, NAMES.hostOf('echo-python'))).toBe('OK python says hello');
    expect(await greet(RAG_SEARCH, NAMES.hostOf('echo-python'))).toBe('UNAVAILABLE');
  });

  test('only declared callers reach a service outside the mesh', async () => {
    expect(await greet(GATEWAY, host)).toBe('OK python says hello');
    expect(await greet(RAG_SEARCH, host)).toBe('UNAVAILABLE');
  });

  test('metrics can be scraped without a sidecar', async () => {
    const address = await addressOf('payment', NAMESPACE);
    const { printed } = runInPod(NOBODY, 'scrape.cjs', `http://${address}:15020/stats/prometheus`);
    expect(await printed).toMatchObject({ status: 200, has: true });
  });

  test('a call that is no longer declared is refused, and allowed once it is declared again', async () => {
    const { payments: _, ...others } = gateway.calls;
    const without = all.map((spec) => (spec.name === 'gateway' ? { ...spec, calls: others } : spec));
    await release(without, 'v1', 'v2');
    const refused = await eventually(
      () => call(GATEWAY, PAYMENT, `${PAYMENTS}/GetPayment`),
      ({ code }) => code !== 'INVALID_ARGUMENT',
    );
    expect(refused.code).toBe('UNAVAILABLE');
    await release(all, 'v1', 'v2');
    const again = await eventually(
      () => call(GATEWAY, PAYMENT, `${PAYMENTS}/GetPayment`),
      ({ code }) => code === 'INVALID_ARGUMENT',
    );
    expect(again.code).toBe('INVALID_ARGUMENT');
  });

  test('a lane leads to its version, regardless of weights', async () => {
    await split({ v1: 100, v2: 0 });
    await sleep(2_000);
    expect(await charged(20, { 'x-weft-lane': 'v2' })).toEqual({ v2: 20 });
    await unsplit();
  });

  describe('a new version, step by step, while calls go on,', () => {
    let load: Running;

    beforeAll(async () => {
      await eventually(
        () => charged(8),
        ({ v1 }) => v1 === 8,
      );
      load = charging(100_000);
    });

    test.each<[string, () => Promise<void>, Shares]>([
      ['release: v1', () => release(all, 'v1', 'v2'), V1],
      ['try: v1', () => split({ v1: 100, v2: 0 }), V1],
      ['some: both', () => split({ v1: 80, v2: 20 }), BOTH],
      ['applied again, the split stays', () => release(all, 'v1', 'v2'), BOTH],
      ['all: v2', () => split({ v1: 0, v2: 100 }), V2],
      ['stable: v2', () => release(all, 'v2', 'v1'), V2],
      ['unsplit: v2', unsplit, V2],
      ['back, an abort: v1', () => split({ v1: 100, v2: 0 }), V1],
      ['unstable: v1', () => release(all, 'v1', 'v2'), V1],
      ['unsplit: v1', unsplit, V1],
      ['all again: v2', () => split({ v1: 0, v2: 100 }), V2],
      ['stable again: v2', () => release(all, 'v2', 'v1'), V2],
      ['unsplit again: v2', unsplit, V2],
      ['retire: v2', () => release(all, 'v2').then(() => retire('v1')), V2],
      ['the next: v2', () => release(all, 'v2', 'v3').then(() => ready('v3')), V2],
      ['some of it: both', () => split({ v2: 80, v3: 20 }), { v2: MOST, v3: SOME }],
      ['replaced, which is refused: both', () => refused(release(all, 'v2', 'v1')), { v2: MOST, v3: SOME }],
      [
        'dropped, which is refused: both',
        () => refused(release(all, 'v2')).then(() => refused(retire('v3'))),
        { v2: MOST, v3: SOME },
      ],
      ['out of the split: v2', () => split({ v2: 100 }), V2],
      ['replaced: v2', () => release(all, 'v2', 'v1').then(() => retire('v3')), V2],
      [
        'some of what replaced it: both',
        () => ready('v1').then(() => split({ v2: 80, v1: 20 })),
        { v2: MOST, v1: SOME },
      ],
      ['unsplit at last: v2', unsplit, V2],
      ['dropped: v2', () => release(all, 'v2').then(() => retire('v1')), V2],
    ])('%s', async (_, step, shares) => {
      await step();
      await sleep(2_000);
      expect(unexpectedIn(await charged(200), shares)).toEqual({});
    });

    test('no call was lost', async () => {
      load.end();
      const { v1 = 0, v2 = 0, v3 = 0, ...lost } = (await load.printed) as Outcomes;
      process.stdout.write(`calls to payment while its versions changed: ${v1} to v1, ${v2} to v2, ${v3} to v3\n`);
      expect(lost).toEqual({});
      expect(Math.min(v1, v2)).toBeGreaterThan(100);
      expect(v3).toBeGreaterThan(10);
    });
  });
});
