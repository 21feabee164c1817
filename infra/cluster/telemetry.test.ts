import { randomBytes } from 'node:crypto';
import { settings as kind } from '../../charts/environments/kind/settings';
import type { SettingsInput } from '../../charts/environment/settings';
import { synthesize } from '../../charts/synth';
import { services } from '../../services';
import { accessLogOf } from './testing/access-log';
import { call } from './testing/calls';
import { countByOperation, OPERATIONS } from './testing/operations';
import { mongoSecret, surroundings } from './testing/outside';
import {
  type Container,
  GATEWAY,
  HOST,
  INGRESS,
  NAMES,
  NAMESPACE,
  NAMESPACES,
  NOBODY,
  OUTSIDE,
  STRANGER,
  STRANGERS,
} from './testing/places';
import {
  type Answered,
  ask,
  askJson,
  CERTIFICATES,
  certified,
  CERTIFIED,
  gatherers,
  PROMETHEUS,
  TELEMETRY,
} from './testing/telemetry';
import { lineOf, missUser, traceOf } from './testing/traces';
import {
  addressOf,
  apply,
  describeOnCluster,
  eventually,
  kubectl,
  makeNamespaces,
  removeNamespaces,
  removeSplitPolicies,
  waitForPods,
} from './testing/test-cluster';

// The telemetry of the mesh and the reference application, collected by the programs that synth deploys.

const METHOD = 'weft.user.v1.UserInfoService/GetUserInfo';

interface Operations {
  data: { result: { metric: { request_operation: string } }[] };
}

/** The spans of a request from outside to user-info: of three proxies and two services. */
const SPANS = 8;

const COLLECTOR = `http://collector.${TELEMETRY}.svc.cluster.local`;

const SETTINGS: SettingsInput = {
  ...kind,
  namespace: NAMESPACE,
  hosts: { gateway: [HOST] },
  storage: { mongodb: { namespace: OUTSIDE } },
  telemetry: {
    ...kind.telemetry,
    images: {
      collector: 'localhost/weft/collector:dev',
      jaeger: 'localhost/weft/jaeger:dev',
      prometheus: 'localhost/weft/prometheus:dev',
    },
  },
};

const RELEASES = `default: { stable: { version: v1, tag: dev } }
services:
  user-info: { stable: { version: v1, tag: dev, env: { SEED_DATA: 'true' } } }
`;

describeOnCluster('telemetry on a cluster', () => {
  jest.setTimeout(300_000);
  const files = synthesize(services, { folder: 'charts/environments/kind', settings: SETTINGS, releases: RELEASES });

  beforeAll(async () => {
    await removeNamespaces(...NAMESPACES, TELEMETRY);
    await makeNamespaces([OUTSIDE]);
    await makeNamespaces([STRANGERS], { 'istio-injection': 'enabled' });
    await apply(surroundings());
    await apply(certified());
    const { '01-telemetry.yaml': telemetry = '', ...others } = Object.fromEntries(files);
    await apply(Object.values(others).join('---\n'));
    await apply(mongoSecret(NAMESPACE));
    for (const service of ['gateway', 'user-info'])
      await apply(countByOperation(service, files.get(`${service}.yaml`) ?? ''));
    await waitForPods(OUTSIDE, NAMESPACE, STRANGERS);
    await apply(await gatherers(telemetry));
    await waitForPods(TELEMETRY);
  });

  afterAll(async () => {
    await removeSplitPolicies(NAMESPACE);
    await kubectl([
      'delete',
      'telemetry,role,rolebinding',
      '-n',
      'istio-system',
      '-l',
      'app.kubernetes.io/part-of=weft',
    ]);
    await removeNamespaces(...NAMESPACES, TELEMETRY);
  });

  test('one request is one trace from the ingress gateway on, and every parent is in it', async () => {
    const { trace, span: client } = await missUser();
    const { spans, processes } = await traceOf(trace, SPANS);
    const ids = new Set(spans.map(({ spanID }) => spanID));
    const roots = spans.filter(({ references }) => !ids.has(references[0]?.spanID ?? ''));
    expect(roots.map(({ references }) => references[0]?.spanID)).toEqual([client]);
    const services = new Set(Object.values(processes).map(({ serviceName }) => serviceName));
    const proxies = ['istio-ingressgateway.istio-system', `gateway.${NAMESPACE}`, `user-info.${NAMESPACE}`];
    expect([...services]).toEqual(expect.arrayContaining([...proxies, 'gateway', 'user-info']));
    expect(lineOf(spans, processes)).toEqual(expect.arrayContaining(proxies));
  });

  test('spans are named after methods and route templates', async () => {
    const { spans } = await traceOf((await missUser()).trace, SPANS);
    const names = spans.map(({ operationName }) => operationName);
    expect(names.filter((name) => name.endsWith(`/${METHOD}`) || name === METHOD).length).toBeGreaterThanOrEqual(2);
    expect(names).toEqual(expect.arrayContaining(['GET', 'GET /v1/users/{user_id}']));
    expect(names.join(' ')).not.toContain('u-9999');
  });

  test('the access log of a call has its status, method, trace and caller', async () => {
    const { trace } = await missUser();
    const line = await eventually(
      () => accessLogOf('user-info', trace),
      (found) => found !== undefined,
    );
    expect(line).toMatchObject({
      trace_id: trace,
      path: `/${METHOD}`,
      status: 200,
      grpc_status: 'NOT_FOUND',
      grpc_status_number: 5,
      caller: `spiffe://${NAMES.principalOf('gateway')}`,
      server: `spiffe://${NAMES.principalOf('user-info')}`,
      flags: '-',
      request_id: expect.any(String) as string,
      duration_ms: expect.any(Number) as number,
    });
  });

  test('search terms are neither in access logs nor in spans', async () => {
    const trace = randomBytes(16).toString('hex');
    const headers = { host: HOST, traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-01` };
    await ask(NOBODY, `${INGRESS}/v1/rag/docs/search?query=secret-words`, { headers });
    const line = await eventually(
      () => accessLogOf('gateway', trace, 'inbound|8080||'),
      (found) => found !== undefined,
    );
    expect(line).toMatchObject({ path: '/v1/rag/docs/search', method: 'GET' });
    const { spans } = await traceOf(trace, 5);
    expect(JSON.stringify(spans)).toContain('/v1/rag/docs/search');
    expect(JSON.stringify([line, spans])).not.toContain('secret-words');
  });

  test('Prometheus gets the metrics of proxies, of the gateway and of the programs', async () => {
    interface Targets {
      data: { activeTargets: { labels: { job: string }; health: string; lastError: string }[] };
    }
    const targets = () => askJson<Targets>(PROMETHEUS, 'http://127.0.0.1:9090/api/v1/targets');
    const { data } = await eventually(targets, (answer) =>
      answer.data.activeTargets.every(({ health }) => health === 'up'),
    );
    expect(data.activeTargets.filter(({ health }) => health !== 'up')).toEqual([]);
    const jobs = new Set(data.activeTargets.map(({ labels }) => labels.job));
    expect([...jobs].sort()).toEqual([
      'collector',
      'collector-internal',
      'gateways',
      'jaeger',
      'prometheus',
      'proxies',
    ]);
    expect(data.activeTargets.filter(({ labels }) => labels.job === 'proxies').length).toBeGreaterThanOrEqual(5);
  });

  test('Prometheus can list only the pods that it scrapes', async () => {
    const may = async (namespace: string): Promise<string> => {
      const who = `--as=system:serviceaccount:${TELEMETRY}:prometheus`;
      const { stdout } = await kubectl(['auth', 'can-i', 'list', 'pods', '-n', namespace, who, '--quiet=false']).catch(
        () => ({ stdout: 'no' }),
      );
      return stdout.trim();
    };
    expect(await may(NAMESPACE)).toBe('yes');
    expect(await may('istio-system')).toBe('yes');
    expect(await may(OUTSIDE)).toBe('no');
  });

  test.each<[string, Container, string, object, Answered]>([
    ['in plaintext from outside the mesh', NOBODY, 'http://POD:15094', {}, { failure: 'ECONNRESET' }],
    ['from the agent', NOBODY, 'http://POD:15020', {}, { status: 403 }],
    ['from Envoy', NOBODY, 'http://POD:15090', {}, { failure: 'ECONNREFUSED' }],
    [
      'with a certificate of another',
      CERTIFIED,
      'https://POD:15094',
      { certificates: CERTIFICATES },
      { failure: 'ECONNRESET' },
    ],
  ])('nobody else gets the metrics of a proxy: %s', async (_, from, url, options, answer) => {
    const address = await addressOf('payment', NAMESPACE);
    expect(await ask(from, `${url.replace('POD', address)}/stats/prometheus`, options)).toMatchObject(answer);
  });

  const EXPORT = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"resourceSpans":[]}' };

  test('a service sends its telemetry to the collector', async () => {
    expect(await ask(GATEWAY, `${COLLECTOR}:4318/v1/traces`, EXPORT)).toMatchObject({ status: 200 });
  });

  test.each([
    ['who has no sidecar', NOBODY],
    ['who is in the mesh', STRANGER],
  ])('nobody else does: %s', async (_, from) => {
    for (const path of [':4318/v1/traces', ':8889/metrics', ':8888/metrics']) {
      const { status = 403 } = await ask(from, `${COLLECTOR}${path}`, path.endsWith('traces') ? EXPORT : {});
      expect([403, 503]).toContain(status);
    }
  });

  test('requests are counted by method, unknown ones under one name, even if they never reach the service', async () => {
    await missUser();
    await call(GATEWAY, NAMES.hostOf('user-info'), '/weft.user.v1.UserInfoService/NoSuchMethod');
    const query = encodeURIComponent(`sum by (request_operation) (${OPERATIONS})`);
    const search = () => askJson<Operations>(PROMETHEUS, `http://127.0.0.1:9090/api/v1/query?query=${query}`);
    const operationsIn = ({ data }: Operations) => data.result.map(({ metric }) => metric.request_operation);
    const found = operationsIn(await eventually(search, (answer) => operationsIn(answer).includes('other')));
    expect(found).toEqual(expect.arrayContaining(['other', METHOD]));
    expect(found.join(' ')).not.toContain('NoSuchMethod');
  });
});
