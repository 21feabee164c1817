import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { findProject } from './project';
import { split, type SplitOptions } from './split';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-split-'));
  mkdirSync(join(root, 'services'));
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'cdk8s.yaml'), '');
  writeFileSync(join(root, 'dist/payment.yaml'), manifests('payment', 'v1', 'v2'));
  writeFileSync(join(root, 'dist/greeter.yaml'), manifests('greeter', 'v1'));
  writeFileSync(join(root, 'dist/README.md'), 'no: [manifest');
});

afterEach(() => rmSync(root, { recursive: true }));

function manifests(service: string, ...versions: string[]): string {
  const deployments = versions.map(
    (version) => `---
kind: Deployment
metadata: {name: ${service}-${version}, namespace: shop}
spec: {template: {metadata: {labels: {app: ${service}, version: ${version}}}}}
`,
  );
  return `kind: Service
metadata: {name: ${service}, namespace: shop}
spec: {selector: {app: ${service}}, ports: [{name: metrics, port: 9090}, {name: grpc, port: 50051}]}
${deployments.join('')}`;
}

const run = (service: string, weights: string[] = [], options: Partial<SplitOptions> = {}): string =>
  split(findProject(root), { service, weights, remove: false, yaml: false, ...options });

const live = (): string => join(root, '.weft/live/payment-split.yaml');

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

describe('weft split', () => {
  test('prints the resource and writes nothing with -o yaml', () => {
    expect(run('payment', ['v1=80', 'v2=20'], { yaml: true })).toBe(RESOURCE);
    expect(existsSync(join(root, '.weft'))).toBe(false);
  });

  test('writes the resource without, and nothing beside it', () => {
    expect(run('payment', ['v1=80', 'v2=20'])).toBe(
      'wrote .weft/live/payment-split.yaml\n' +
        'calls to payment: v1 80 %, v2 20 %\nwith x-weft-lane: v2 all of them go to v2\n' +
        'npm start has no mesh yet: it spreads calls over all versions; for a cluster: -o yaml | kubectl apply -f -\n',
    );
    expect(readFileSync(live(), 'utf8')).toBe(RESOURCE);
    expect(readdirSync(join(root, '.weft/live'))).toEqual(['payment-split.yaml']);
  });

  test('replaces the one there is, shows it, and removes it', () => {
    run('payment', ['v1=80', 'v2=20']);
    run('payment', ['v2=100']);
    expect(run('payment')).toBe('calls to payment: v2 100 %\n');
    expect(run('payment', [], { yaml: true })).toBe(readFileSync(live(), 'utf8'));
    expect(run('payment', [], { remove: true })).toBe(
      'removed .weft/live/payment-split.yaml: all calls to payment go to its stable version\n',
    );
    expect(existsSync(live())).toBe(false);
    expect(run('payment')).toBe('payment has no split: all calls go to its stable version (it has v1, v2)\n');
  });

  test('gives a version with 0 a lane, so that it can be tried before anybody is sent to it', () => {
    run('payment', ['v1=100', 'v2=0']);
    expect(run('payment')).toBe('calls to payment: v1 100 %, v2 0 %\nwith x-weft-lane: v2 all of them go to v2\n');
  });

  test('removes nothing where there is nothing, also of a service that is gone', () => {
    expect(run('billing', [], { remove: true })).toBe(
      'billing has no split (there is no .weft/live/billing-split.yaml)\n',
    );
  });

  test('says so when the version of a split is gone', () => {
    run('payment', ['v1=80', 'v2=20']);
    writeFileSync(join(root, 'dist/payment.yaml'), manifests('payment', 'v1'));
    expect(run('payment')).toContain('calls are lost: payment has no version v2; it has v1\n');
  });

  test.each([
    ['payment.shop.svc.example.org', 'payment.shop.svc.example.org'],
    ['payment', 'payment'],
    ['payment.other.svc.cluster.local', 'payment.shop.svc.cluster.local'],
  ])('sends calls to the host that the subsets are of: beside %s, %s', (host, expected) => {
    const rule = `---\nkind: DestinationRule\nmetadata: {name: x}\nspec: {host: ${host}}\n`;
    writeFileSync(join(root, 'dist/rules.yaml'), rule);
    expect(run('payment', ['v1=100'], { yaml: true })).toContain(`host: ${expected}\n`);
  });

  test('takes all versions of the pods that the Service selects, and no others', () => {
    const others = manifests('other', 'v3').replaceAll('{app: other}', '{}');
    writeFileSync(join(root, 'dist/other.yaml'), others);
    writeFileSync(join(root, 'dist/twin.yaml'), manifests('payment', 'v4').replace(/^[^]*?---/, ''));
    expect(() => run('payment', ['v3=100'])).toThrow('payment has no version v3; it has v1, v2, v4');
    expect(() => run('other')).toThrow('other has no versions: no Deployment in');
  });
});

describe('weft split refuses', () => {
  test.each<[string, string, string[], Partial<SplitOptions>, string]>([
    ['a service that is none', 'paymnt', ['v1=100'], {}, 'dist has no service "paymnt"; it has greeter, payment'],
    ['to show one that is none', 'paymnt', [], {}, 'dist has no service "paymnt"; it has greeter, payment'],
    ['a path', '../../etc', [], { remove: true }, '"../../etc" is no name of a service'],
    ['a version that is none', 'payment', ['v1=80', 'v3=20'], {}, 'payment has no version v3; it has v1, v2'],
    ['a name of Object', 'payment', ['__proto__=100'], {}, 'payment has no version __proto__; it has v1, v2'],
    ['a wrong sum', 'payment', ['v1=80', 'v2=30'], {}, 'the weights add up to 110; they have to add up to 100'],
    ['no sum at all', 'payment', ['v1=0', 'v2=0'], {}, 'the weights add up to 0'],
    ['all faults but one', 'payment', ['v3=80', 'v4=30'], {}, 'v3; it has v1, v2\n  payment has no version v4'],
    ['a weight that is no number', 'payment', ['v1=most'], {}, '"v1=most" is no weight; write a version and'],
    ['a fraction', 'payment', ['v1=99.5', 'v2=0.5'], {}, '"v1=99.5" is no weight'],
    ['a negative weight', 'payment', ['v1=120', 'v2=-20'], {}, '"v2=-20" is no weight'],
    ['another base', 'payment', ['v1=0x64'], {}, '"v1=0x64" is no weight'],
    ['no weight', 'payment', ['v1=', 'v2=100'], {}, '"v1=" is no weight'],
    ['no version', 'payment', ['=100'], {}, '"=100" is no weight'],
    ['a version without a weight', 'payment', ['v2'], {}, '"v2" is no weight'],
    ['a version twice', 'payment', ['v1=50', 'v1=50'], {}, 'v1 has two weights; give it one'],
    ['weights to remove', 'payment', ['v1=100'], { remove: true }, 'either weights or --remove, not both'],
    ['to print what it removes', 'payment', [], { remove: true, yaml: true }, '--remove has nothing to print'],
    ['to print what is not there', 'payment', [], { yaml: true }, 'payment has no split to print; give weights'],
  ])('%s', (_, service, weights, options, message) => {
    expect(() => run(service, weights, options)).toThrow(message);
    expect(existsSync(live())).toBe(false);
  });

  test.each([
    ['', 'dist has no manifests; npm run synth writes them'],
    ['kind: [Service', 'broken.yaml is no YAML: '],
  ])('manifests like "%s"', (content, message) => {
    readdirSync(join(root, 'dist')).forEach((name) => rmSync(join(root, 'dist', name)));
    if (content) writeFileSync(join(root, 'dist/broken.yaml'), content);
    expect(() => run('payment', ['v1=100'])).toThrow(message);
  });

  test.each(['', 'kind: [Virtual', 'kind: VirtualService\nmetadata: {name: payment-split}\n'])(
    'to show a file that holds no split, and leaves it as it is: "%s"',
    (content) => {
      run('payment', ['v1=100']);
      writeFileSync(live(), content);
      expect(() => run('payment')).toThrow(/^\S+payment-split\.yaml: .*; mend it, or remove it with --remove$/);
      expect(readFileSync(live(), 'utf8')).toBe(content);
      run('payment', ['v1=100']);
      expect(run('payment')).toBe('calls to payment: v1 100 %\n');
    },
  );
});

test('nobody who reads the file sees half of it, whoever writes it', async () => {
  run('payment', ['v1=80', 'v2=20']);
  const reader = `const { readFileSync } = require('node:fs');
    const lengths = new Set();
    process.stdin.resume().on('end', () => { console.log([...lengths].join()); process.exit(); });
    console.log('reading');
    setInterval(() => { for (let n = 0; n < 200; n++) lengths.add(readFileSync(process.argv[1], 'utf8').length); }, 0);`;
  const child = spawn(process.execPath, ['-e', reader, live()], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  for (let n = 0; n < 300; n += 1) run('payment', n % 2 ? ['v1=80', 'v2=20'] : ['v1=100']);
  child.stdin.end();
  const seen = (await text(child.stdout))
    .split('\n')[1]
    ?.split(',')
    .map(Number)
    .sort((a, b) => a - b);
  const whole = run('payment', ['v1=100'], { yaml: true }).length;
  expect(seen).toEqual([whole, RESOURCE.length]);
});

test('the command says what is wrong, and ends with 1', async () => {
  const weft = (...args: string[]) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    const child = spawn(process.execPath, [join(__dirname, 'weft.cjs'), 'split', ...args], { cwd: root, env });
    const code = new Promise((resolve) => child.once('exit', resolve));
    return Promise.all([code, text(child.stdout), text(child.stderr)]);
  };
  expect(await weft('payment', 'v1=80', 'v2=20', '-o', 'yaml')).toEqual([0, RESOURCE, '']);
  expect(await weft('payment', 'v1=80')).toEqual([
    1,
    '',
    'weft: the weights add up to 80; they have to add up to 100\n',
  ]);
  expect(await weft('payment', '--remove')).toEqual([0, expect.stringContaining('payment has no split'), '']);
}, 30_000);
