import { HERE, LIVE, manifests, type SplitProject, splitProject } from '../testing/split-project';
import { findProject } from '../build/project';
import { strandedSplits } from './stranded-splits';

let project: SplitProject;

beforeEach(() => {
  project = splitProject();
});

afterEach(() => project.remove());

const stranded = (): string[] => strandedSplits(findProject(project.path('.')));

test('a split that names a replaced version is reported, with what to do', () => {
  project.run('payment', ['v1=80', 'v2=20']);
  expect(stranded()).toEqual([]);
  project.write(`${HERE}/payment.yaml`, manifests('payment', 'v1', 'v3'));
  expect(stranded()).toEqual([
    `${LIVE}: payment has no version v2; it has v1, v3; calls to it would be lost; run ` +
      'npx weft split payment v1=100 or npx weft split payment --remove',
  ]);
  project.run('payment', ['v1=100']);
  expect(stranded()).toEqual([]);
});

test('a version with only a lane counts, and each service is checked by itself', () => {
  project.run('payment', ['v1=100', 'v2=0']);
  project.run('greeter', ['v1=100']);
  project.write(`${HERE}/payment.yaml`, manifests('payment', 'v1'));
  expect(stranded()).toEqual([expect.stringContaining('payment has no version v2; it has v1;')]);
});

test('a machine without splits has none', () => {
  expect(stranded()).toEqual([]);
});
