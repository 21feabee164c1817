import { HERE, LIVE, manifests, type SplitProject, splitProject } from '../testing/split-project';
import { findProject } from '../build/project';
import { strandedSplits } from './stranded-splits';

let project: SplitProject;

beforeEach(() => {
  project = splitProject();
});

afterEach(() => project.remove());

const stranded = (): string[] => strandedSplits(findProject(project.path('.')));

test('a split that names a version which has been replaced is told, with what to do', () => {
  project.run('payment', ['v1=80', 'v2=20']);
  expect(stranded()).toEqual([]);
  project.write(`${HERE}/payment.yaml`, manifests('payment', 'v1', 'v3'));
  expect(stranded()).toEqual([
    `${LIVE}: payment has no version v2; it has v1, v3; calls to it would be lost: ` +
      'npx weft split payment v1=100, or npx weft split payment --remove',
  ]);
  project.run('payment', ['v1=100']);
  expect(stranded()).toEqual([]);
});

test('a version that only a lane leads to counts as well, and one service says nothing of another', () => {
  project.run('payment', ['v1=100', 'v2=0']);
  project.run('greeter', ['v1=100']);
  project.write(`${HERE}/payment.yaml`, manifests('payment', 'v1'));
  expect(stranded()).toEqual([expect.stringContaining('payment has no version v2; it has v1;')]);
});

test('a machine without splits has none', () => {
  expect(stranded()).toEqual([]);
});
