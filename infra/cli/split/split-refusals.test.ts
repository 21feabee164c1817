import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { HERE, LIVE, type SplitProject, splitProject } from '../testing/split-project';
import type { SplitOptions } from './split';

let project: SplitProject;

beforeEach(() => {
  project = splitProject();
});

afterEach(() => project.remove());

const run: SplitProject['run'] = (...args) => project.run(...args);

describe('weft split refuses', () => {
  test.each<[string, string, string[], Partial<SplitOptions>, string | RegExp]>([
    ['an unknown service', 'paymnt', ['v1=100'], {}, 'manifests has no service "paymnt"; it has greeter, payment'],
    ['to show an unknown service', 'paymnt', [], {}, 'manifests has no service "paymnt"; it has greeter, payment'],
    [
      'a service that is not in dist',
      'paymnt',
      ['v1=1'],
      { yaml: true },
      'dist has no service "paymnt"; it has greeter',
    ],
    ['a path', '../../etc', [], { remove: true }, '"../../etc" is not a service name'],
    ['an unknown version', 'payment', ['v1=80', 'v3=20'], {}, 'payment has no version v3; it has v1, v2'],
    ['a name of Object', 'payment', ['__proto__=100'], {}, 'payment has no version __proto__; it has v1, v2'],
    ['a wrong sum', 'payment', ['v1=80', 'v2=30'], {}, 'the weights add up to 110; they must add up to 100'],
    ['no sum at all', 'payment', ['v1=0', 'v2=0'], {}, 'the weights add up to 0'],
    ['all faults but one', 'payment', ['v3=80', 'v4=30'], {}, 'v3; it has v1, v2\n  payment has no version v4'],
    ['a weight that is not a number', 'payment', ['v1=most'], {}, '"v1=most" is not a weight; write a version and'],
    ['a fraction', 'payment', ['v1=99.5', 'v2=0.5'], {}, '"v1=99.5" is not a weight'],
    ['a negative weight', 'payment', ['v1=120', 'v2=-20'], {}, '"v2=-20" is not a weight'],
    ['another base', 'payment', ['v1=0x64'], {}, '"v1=0x64" is not a weight'],
    ['no weight', 'payment', ['v1=', 'v2=100'], {}, '"v1=" is not a weight'],
    ['no version', 'payment', ['=100'], {}, '"=100" is not a weight'],
    ['a version without a weight', 'payment', ['v2'], {}, '"v2" is not a weight'],
    [
      'all malformed weights',
      'payment',
      ['v1=', 'v2', 'v3=1'],
      {},
      /"v1=" is not a weight; .*\n {2}"v2" is not a weight; .*0$/,
    ],
    ['a version twice', 'payment', ['v1=50', 'v1=50'], {}, 'v1 has more than one weight; give one'],
    ['weights to remove', 'payment', ['v1=100'], { remove: true }, 'give weights or --remove, not both'],
    ['to print what it removes', 'payment', [], { remove: true, yaml: true }, '--remove does not take -o yaml'],
    [
      'to print no weights',
      'payment',
      [],
      { yaml: true },
      '-o yaml needs weights, for example v1=80 v2=20; to see the split',
    ],
  ])('%s', (_, service, weights, options, message) => {
    expect(() => run(service, weights, options)).toThrow(message);
    expect(existsSync(project.path(LIVE))).toBe(false);
  });

  test.each([
    ['', false, 'manifests has no manifests; run npm start first, or for a cluster add weights and -o yaml'],
    ['', true, 'dist has no manifests; npm run synth writes them'],
    ['kind: [Service', false, 'broken.yaml is not valid YAML: '],
  ])('manifests like "%s", with -o yaml: %s', (content, yaml, message) => {
    for (const folder of [HERE, 'dist']) {
      rmSync(project.path(folder), { recursive: true });
      mkdirSync(project.path(folder));
      if (content) project.write(`${folder}/broken.yaml`, content);
    }
    expect(() => run('payment', ['v1=100'], { yaml })).toThrow(message);
  });

  test.each(['', 'kind: [Virtual', 'kind: VirtualService\nmetadata: {name: payment-split}\n'])(
    'to show a file that is not a split, and keeps it: "%s"',
    (content) => {
      run('payment', ['v1=100']);
      project.write(LIVE, content);
      expect(() => run('payment')).toThrow(/^\S+payment-split\.yaml: .*; fix it, or remove it with --remove$/);
      expect(readFileSync(project.path(LIVE), 'utf8')).toBe(content);
      run('payment', ['v1=100']);
      expect(run('payment')).toContain('calls to payment on this machine: v1 100 %\n');
    },
  );
});
