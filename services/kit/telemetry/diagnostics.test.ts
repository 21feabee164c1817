import { createDiagnostics } from './diagnostics';

let now: number;
let lines: Record<string, unknown>[];

beforeEach(() => {
  lines = [];
});

/** Of a process that has been running for ten seconds. */
function diagnostics() {
  now = -10_000;
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const created = createDiagnostics('greeter', write, () => now);
  now = 0;
  return created;
}

test('a collector that starts together with the service causes no line', () => {
  const { error } = diagnostics();
  for (now = -10_000; now < 0; now += 1_000) error('connect ECONNREFUSED');
  expect(lines).toEqual([]);
});

test('there is a line a minute at most, and it says how many were left out', () => {
  const { error } = diagnostics();
  for (now = 0; now < 130_000; now += 1_000) error('connect ECONNREFUSED');
  expect(lines.map(({ time, skipped }) => [time, skipped])).toEqual([
    ['1970-01-01T00:00:00.000Z', undefined],
    ['1970-01-01T00:01:00.000Z', 59],
    ['1970-01-01T00:02:00.000Z', 59],
  ]);
});

test('a line looks like those of the service', () => {
  diagnostics().warn('the collector is away');
  expect(lines).toEqual([
    {
      level: 40,
      time: '1970-01-01T00:00:00.000Z',
      service: 'greeter',
      reason: 'the collector is away',
      msg: 'telemetry',
    },
  ]);
});

test.each([
  [
    'a flattened error',
    JSON.stringify({ name: 'Error', message: 'away', stack: 'Error: away\n    at x', code: '503' }),
    'Error: 503: away',
  ],
  ['an error without a message', JSON.stringify({ stack: 'only a stack' }), '{"stack":"only a stack"}'],
  ['text that begins like JSON', '{"not":', '{"not":'],
  ['a long text', 'x'.repeat(5_000), 'x'.repeat(300)],
])('%s becomes a short reason', (_, said, reason) => {
  diagnostics().error(said);
  expect(lines).toMatchObject([{ reason }]);
});

test('an error is logged by its message', () => {
  diagnostics().error('the export failed', new Error('socket hang up'));
  expect(lines).toMatchObject([{ reason: 'the export failed socket hang up' }]);
});

test('only warnings and errors are logged', () => {
  const { info, debug, verbose } = diagnostics();
  for (const tell of [info, debug, verbose]) tell('all is well');
  expect(lines).toEqual([]);
});
