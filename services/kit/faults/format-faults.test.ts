import { below, distinct, type Fault, inFile } from './fault';
import { formatFaults, refuseFaults } from './format-faults';

const fault: Fault = {
  file: 'charts/environments/kind/releases.yaml',
  line: 7,
  path: 'services.payment.stable',
  message: 'is missing',
  fix: 'write an object, { … }',
};

test('a fault is a block: the place, what is wrong, and what to write', () => {
  expect(formatFaults([fault])).toBe(
    'charts/environments/kind/releases.yaml:7  services.payment.stable: is missing\n  write an object, { … }',
  );
});

test('a line that is not known and a path that is empty are left out', () => {
  expect(formatFaults([{ ...fault, file: 'services/a/service.ts', line: undefined, path: '' }])).toBe(
    'services/a/service.ts  is missing\n  write an object, { … }',
  );
});

test('a fault that is found twice is one', () => {
  const other = { ...fault, line: 9 };
  expect(distinct([fault, other, { ...fault }])).toEqual([fault, other]);
});

test('faults are refused below a heading; without faults nothing is refused', () => {
  expect(() => refuseFaults('no manifests were written', [fault])).toThrow(
    new Error(`no manifests were written\n\n${formatFaults([fault])}`),
  );
  refuseFaults('no manifests were written', []);
});

test('faults are moved into a file and below a field', () => {
  const faults = below('replicas.users', [
    { path: 'min', message: 'is missing', fix: 'write a whole number' },
    { path: '', message: 'is missing', fix: 'write an object, { … }' },
  ]);
  expect(inFile('settings.ts', faults).map(({ file, path }) => [file, path])).toEqual([
    ['settings.ts', 'replicas.users.min'],
    ['settings.ts', 'replicas.users'],
  ]);
});
