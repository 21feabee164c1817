import { setTimeout as sleep } from 'node:timers/promises';
import type { SettingsInput } from '../../charts/environment/settings';
import { settings as kind } from '../../charts/environments/kind/settings';
import { synthesize } from '../../charts/synth';
import { services } from '../../services';
import type { Outcomes } from './testing/calls';
import { type Running, runInPod } from './testing/in-pod';
import { surroundings } from './testing/outside';
import { HOST, INGRESS, NAMESPACE, NAMESPACES, NOBODY, OUTSIDE, STRANGERS } from './testing/places';
import {
  apply,
  describeOnCluster,
  eventually,
  kubectl,
  makeNamespaces,
  removeNamespaces,
  removeSplitPolicies,
  waitForPods,
} from './testing/test-cluster';

// A gateway pod that is killed takes the requests with it that it has. The ingress repeats those that the contract calls
// idempotent. Needs the images of gateway, greeter and mongodb.

const PODS = 2;

const SETTINGS: SettingsInput = {
  ...kind,
  namespace: NAMESPACE,
  hosts: { gateway: [HOST] },
  replicas: { gateway: { min: PODS, max: PODS } },
  storage: { mongodb: { namespace: OUTSIDE } },
  telemetry: { ...kind.telemetry, deploy: false },
};

const RELEASES = 'default: { stable: { version: v1, tag: dev } }\n';

const KILLS = 4;
const GATEWAY_PODS = ['-n', NAMESPACE, '-l', 'app=gateway'];

function getting(): Running {
  return runInPod(NOBODY, 'get.cjs', INGRESS, HOST, '/v1/greetings/Ada');
}

async function podNames(): Promise<string[]> {
  const names = '-o=jsonpath={.items[*].metadata.name}';
  const { stdout } = await kubectl(['get', 'pods', ...GATEWAY_PODS, names]);
  return stdout.split(' ');
}

/** Even a forced deletion leaves a pod a second to finish its requests; this ends every connection at once. */
const KILL_PROXY = 'for p in /proc/[0-9]*; do [ "$(cat $p/comm)" != envoy ] || kill -9 ${p#/proc/}; done';

/** Kills a pod of the gateway, and waits until another has taken its place and gets its share of the requests. */
async function killGateway(): Promise<void> {
  const [pod = ''] = await podNames();
  await kubectl(['exec', '-n', NAMESPACE, pod, '-c', 'istio-proxy', '--', 'bash', '-c', KILL_PROXY]);
  await kubectl(['delete', 'pod', '-n', NAMESPACE, pod, '--force', '--grace-period=0']);
  await eventually(podNames, (names) => names.length === PODS && !names.includes(pod));
  await kubectl(['wait', 'pod', ...GATEWAY_PODS, '--for=condition=Ready', '--timeout=180s']);
  await sleep(5_000);
}

describeOnCluster('a gateway pod that is killed', () => {
  jest.setTimeout(600_000);

  beforeAll(async () => {
    await removeNamespaces(...NAMESPACES);
    await makeNamespaces([OUTSIDE]);
    await makeNamespaces([STRANGERS], { 'istio-injection': 'enabled' });
    await apply(surroundings());
    const files = synthesize(services, {
      folder: 'charts/environments/kind',
      settings: SETTINGS,
      releases: RELEASES,
    });
    await apply(['00-platform', 'gateway', 'greeter'].map((name) => files.get(`${name}.yaml`)).join('---\n'));
    await waitForPods(OUTSIDE, NAMESPACE);
    await sleep(5_000);
  });

  afterAll(async () => {
    await removeSplitPolicies(NAMESPACE);
    await removeNamespaces(...NAMESPACES);
  });

  test('loses no request that the contract calls idempotent', async () => {
    const load = getting();
    await sleep(2_000);
    for (let kill = 0; kill < KILLS; kill++) await killGateway();
    load.end();
    // Where the machine is short of CPU, a deadline passes; that is not for want of a pod.
    const { 200: answered = 0, '504 callee.too-late': _, ...lost } = (await load.printed) as Outcomes;
    process.stdout.write(`GETs while ${KILLS} pods of the gateway were killed: ${answered} answered\n`);
    expect(lost).toEqual({});
    expect(answered).toBeGreaterThan(100);
  });
});
