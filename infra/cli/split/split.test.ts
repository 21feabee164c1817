import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { YAML_READERS } from '../../mesh/testing/yaml-readers';
import type { SplitRoute } from '../../mesh/split';
import { HERE, LIVE, manifests, type SplitProject, splitProject } from '../testing/split-project';

let project: SplitProject;

beforeEach(() => {
  project = splitProject();
});

afterEach(() => project.remove());

const run: SplitProject['run'] = (...args) => project.run(...args);

const COMMENT = '# Made by weft split from dist/payment.yaml\n';

const NO_MESH = 'npm start has no mesh yet: it spreads calls over all versions\n';

/** Ends each output about this machine. */
const notAsked = `this does not read a cluster; to do that: kubectl -n <namespace> get virtualservice payment-split -o yaml\n`;
const notChanged = (command: string): string => `this does not change a cluster; to do that: ${command}\n`;

const RESOURCE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: payment-split
  namespace: shop
spec:
  http:
    - name: lane-v2
      match:
        - headers:
            x-weft-lane:
              exact: v2
      route:
        - destination:
            host: payment.shop.svc.cluster.local
            subset: v2
            port:
              number: 50051
    - name: weights
      route:
        - destination:
            host: payment.shop.svc.cluster.local
            subset: v1
            port:
              number: 50051
          weight: 80
        - destination:
            host: payment.shop.svc.cluster.local
            subset: v2
            port:
              number: 50051
          weight: 20
`;

describe('weft split -o yaml, for a cluster,', () => {
  test('prints the resource and writes nothing', () => {
    rmSync(project.path('.weft'), { recursive: true });
    expect(run('payment', ['v1=80', 'v2=20'], { yaml: true })).toBe(COMMENT + RESOURCE);
    expect(existsSync(project.path('.weft'))).toBe(false);
  });

  test('says which environment the manifests were made for', () => {
    const made = '# Made by Weft from services/payment/service.ts and charts/environments/kind\n';
    project.write('dist/payment.yaml', made + manifests('payment', 'v1', 'v2'));
    expect(run('payment', ['v1=80', 'v2=20'], { yaml: true })).toBe(
      `# Made by weft split from dist/payment.yaml of charts/environments/kind\n${RESOURCE}`,
    );
  });

  test.each(YAML_READERS)('prints versions that %s reads as they are', (_, read) => {
    const versions = ['on', 'y', 'e1', '1e3', '017', '2026-1-1'];
    const quoted = versions.map((version) => `"${version}"`);
    project.write('dist/payment.yaml', manifests('payment', ...quoted).replaceAll('payment-"', '"payment-'));
    const weights = versions.map((version, index) => `${version}=${index === 0 ? 100 : 0}`);
    const printed = read(run('payment', weights, { yaml: true })) as { spec: { http: SplitRoute[] } };
    const routes = printed.spec.http.at(-1)?.route;
    expect(routes?.map(({ destination }) => destination.subset)).toEqual(versions);
  });

  test('says which environment also where its folder has a space', () => {
    const made =
      '# Made by Weft from services/payment/service.ts, the calls of gateway and charts/environments/my place\n';
    project.write('dist/payment.yaml', made + manifests('payment', 'v1', 'v2'));
    expect(run('payment', ['v1=100'], { yaml: true })).toContain('payment.yaml of charts/environments/my place\n');
  });

  test('takes versions, namespace and host from dist/, not from npm start', () => {
    const released = manifests('payment', 'v2', 'v3').replaceAll('shop', 'money');
    project.write('dist/payment.yaml', released);
    const printed = run('payment', ['v2=80', 'v3=20'], { yaml: true });
    expect(printed).toContain('namespace: money\n');
    expect(printed).toContain('host: payment.money.svc.cluster.local\n');
    expect(() => run('payment', ['v1=100'], { yaml: true })).toThrow('payment has no version v1; it has v2, v3');
    expect(() => run('payment', ['v3=100'])).toThrow('payment has no version v3; it has v1, v2');
  });
});

describe('weft split -o yaml, after a canary was replaced in releases.yaml,', () => {
  const made = '# Made by Weft from services/payment/service.ts and charts/environments/kind\n';

  beforeEach(() => project.write('dist/payment.yaml', made + manifests('payment', 'v1', 'v3')));

  test('gives all calls to the version that stays', () => {
    const printed = run('payment', ['v1=100'], { yaml: true });
    expect(printed).toContain('subset: v1\n');
    expect(printed).not.toContain('v2');
  });

  test('says how to go back to the one before', () => {
    expect(() => run('payment', ['v1=0', 'v2=100'], { yaml: true })).toThrow(
      new Error(
        'payment has no version v2; it has v1, v3\n  ' +
          'to send calls to v2, add it to charts/environments/kind/releases.yaml and run npx weft synth',
      ),
    );
    expect(() => run('payment', ['v1=90'], { yaml: true })).toThrow(
      new Error('the weights add up to 90; they must add up to 100'),
    );
  });
});

describe('weft split', () => {
  test('writes the resource for this machine, and nothing beside it', () => {
    rmSync(project.path('dist'), { recursive: true });
    expect(run('payment', ['v1=80', 'v2=20'])).toBe(
      'wrote .weft/live/payment-split.yaml\n' +
        'calls to payment on this machine: v1 80 %, v2 20 %\ncalls with x-weft-lane: v2 all go to v2\n' +
        NO_MESH +
        notChanged('npx weft split payment v1=80 v2=20 -o yaml | kubectl apply -f -'),
    );
    expect(readFileSync(project.path(LIVE), 'utf8')).toBe(RESOURCE);
    expect(readdirSync(project.path('.weft/live'))).toEqual(['payment-split.yaml']);
  });

  test('replaces the one there is, shows it, and removes it', () => {
    run('payment', ['v1=80', 'v2=20']);
    run('payment', ['v2=100']);
    expect(run('payment')).toBe(`calls to payment on this machine: v2 100 %\n${NO_MESH}${notAsked}`);
    expect(run('payment', [], { remove: true })).toBe(
      `removed .weft/live/payment-split.yaml\n${notChanged('kubectl -n <namespace> delete virtualservice payment-split')}`,
    );
    expect(existsSync(project.path(LIVE))).toBe(false);
  });

  test('without a split says so, and how to look at a cluster', () => {
    expect(run('payment')).toBe(
      `payment has no split on this machine (its versions are v1, v2)\n${NO_MESH}${notAsked}`,
    );
  });

  test('gives a version with weight 0 a lane, to try it before it gets calls', () => {
    run('payment', ['v1=100', 'v2=0']);
    expect(run('payment')).toContain('v1 100 %, v2 0 %\ncalls with x-weft-lane: v2 all go to v2\n');
  });

  test('removes nothing without a split, even for a service that is gone', () => {
    expect(run('billing', [], { remove: true })).toBe(
      'billing has no split on this machine (there is no .weft/live/billing-split.yaml)\n' +
        notChanged('kubectl -n <namespace> delete virtualservice billing-split'),
    );
  });

  test('says so when the version of a split is gone', () => {
    run('payment', ['v1=80', 'v2=20']);
    project.write(`${HERE}/payment.yaml`, manifests('payment', 'v1'));
    expect(run('payment')).toContain('calls would be lost: payment has no version v2; it has v1\n');
  });

  test.each([
    ['payment.shop.svc.example.org', 'payment.shop.svc.example.org'],
    ['payment', 'payment'],
    ['payment.other.svc.cluster.local', 'payment.shop.svc.cluster.local'],
  ])('sends calls to the host that has the subsets: for %s it is %s', (host, expected) => {
    const rule = `---\nkind: DestinationRule\nmetadata: {name: x}\nspec: {host: ${host}}\n`;
    project.write('dist/rules.yaml', rule);
    expect(run('payment', ['v1=100'], { yaml: true })).toContain(`host: ${expected}\n`);
  });

  test('knows only the versions of pods that the Service selects', () => {
    const others = manifests('other', 'v3').replaceAll('{app: other}', '{}');
    project.write(`${HERE}/other.yaml`, others);
    project.write(`${HERE}/twin.yaml`, manifests('payment', 'v4').replace(/^[^]*?---/, ''));
    expect(() => run('payment', ['v3=100'])).toThrow('payment has no version v3; it has v1, v2, v4');
    expect(() => run('other')).toThrow('other has no versions: no Deployment in');
  });
});

test('a reader of the file never sees half of it', async () => {
  run('payment', ['v1=80', 'v2=20']);
  const reader = `const { readFileSync } = require('node:fs');
    const lengths = new Set();
    process.stdin.resume().on('end', () => { console.log([...lengths].join()); process.exit(); });
    console.log('reading');
    setInterval(() => { for (let n = 0; n < 200; n++) lengths.add(readFileSync(process.argv[1], 'utf8').length); }, 0);`;
  const child = spawn(process.execPath, ['-e', reader, project.path(LIVE)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  for (let n = 0; n < 300; n += 1) run('payment', n % 2 ? ['v1=80', 'v2=20'] : ['v1=100']);
  child.stdin.end();
  const seen = (await text(child.stdout))
    .split('\n')[1]
    ?.split(',')
    .map(Number)
    .sort((a, b) => a - b);
  const whole = run('payment', ['v1=100'], { yaml: true }).length - COMMENT.length;
  expect(seen).toEqual([whole, RESOURCE.length]);
});

test('the command says what is wrong, and ends with 1', async () => {
  const weft = (...args: string[]) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    const child = spawn(process.execPath, [join(__dirname, '../weft.cjs'), 'split', ...args], {
      cwd: project.path('.'),
      env,
    });
    const code = new Promise((resolve) => child.once('exit', resolve));
    return Promise.all([code, text(child.stdout), text(child.stderr)]);
  };
  expect(await weft('payment', 'v1=80', 'v2=20', '-o', 'yaml')).toEqual([0, COMMENT + RESOURCE, '']);
  expect(await weft('payment', 'v1=80')).toEqual([1, '', 'weft: the weights add up to 80; they must add up to 100\n']);
  expect(await weft('payment', '--remove')).toEqual([
    0,
    expect.stringContaining('payment has no split on this machine'),
    '',
  ]);
});
