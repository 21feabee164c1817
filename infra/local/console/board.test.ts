import { stripVTControlCharacters } from 'node:util';
import { formatBoard } from './board';
import type { LocalService } from '../plan/local-service';
import type { LocalPod } from '../plan/plan';

const pod = (deployment: string): LocalPod => ({
  name: `${deployment}-0`,
  command: ['node'],
  folder: '/app',
  env: {},
  files: [],
  graceSeconds: 1,
  probes: {},
});

const GATEWAY: LocalService = { name: 'gateway', port: 'http', addresses: ['127.0.0.1:8080'], pods: ['gateway-v1-0'] };
const GREETER: LocalService = {
  name: 'greeter',
  port: 'grpc',
  addresses: ['127.0.0.1:40001', '127.0.0.1:40002'],
  pods: ['greeter-v1-0', 'greeter-v2-0'],
};

function board(services: LocalService[], database?: string, images: string[] = []): string {
  const pods = [pod('gateway-v1'), pod('greeter-v1'), pod('greeter-v2')];
  const pids = new Map<string, number | undefined>([
    ['gateway-v1-0', 11],
    ['greeter-v1-0', 12],
    ['greeter-v2-0', undefined],
    ['mongodb', 99],
  ]);
  return stripVTControlCharacters(
    formatBoard({ plan: { pods, services, images }, pids, database, startedInMs: 1_449 }),
  );
}

test('shows the services, their addresses and their processes', () => {
  expect(board([GATEWAY, GREETER], '127.0.0.1:27100 (embedded)').split('\n').slice(0, 6)).toEqual([
    '  Weft runs 3 processes, ready in 1.4 s',
    '',
    '  service  port  address                          process',
    '  gateway  http  http://127.0.0.1:8080            11',
    '  greeter  grpc  127.0.0.1:40001 127.0.0.1:40002  12 -',
    '  mongodb        127.0.0.1:27100 (embedded)       99',
  ]);
});

test('names what does not run here, and what to do', () => {
  const [away, lines] = [{ ...GREETER, addresses: [], pods: [] }, board([GATEWAY], undefined, ['py-greeter-v1'])];
  expect(board([away]).split('\n')).toContain('  greeter  grpc  not running here');
  expect(lines).toContain(
    'Not running here, since their images need a container runtime: py-greeter-v1.\n  To use one that runs elsewhere, set <SERVICE>_GRPC_URL in this shell.',
  );
  expect(board([GATEWAY])).not.toContain('Images');
});

test('has no row for a database that is not needed', () => {
  expect(board([GATEWAY])).not.toContain('mongodb');
});

test('shows one process as one', () => {
  const plan = { pods: [pod('greeter-v1')], services: [GREETER], images: [] };
  const shown = formatBoard({ plan, pids: new Map(), database: undefined, startedInMs: 1_000 });
  expect(stripVTControlCharacters(shown)).toContain('runs 1 process, ready');
});

test.each<[string, LocalService[], string | undefined, string[]]>([
  [
    'examples',
    [{ ...GREETER, examples: ['npx weft call greeter SayHello {}'] }],
    undefined,
    ['npx weft call greeter SayHello {}'],
  ],
  [
    'examples, and the trace that they leave',
    [GATEWAY, { ...GREETER, examples: ['curl localhost:8080/hello'] }],
    'http://127.0.0.1:16686',
    ['curl 127.0.0.1:8080/hello', 'npx weft trace --last'],
  ],
  ['nothing where there are no examples', [GATEWAY], 'http://127.0.0.1:16686', []],
])('suggests %s', (_, services, telemetry, lines) => {
  const plan = { pods: [pod('greeter-v1')], services, images: [] };
  const shown = formatBoard({ plan, pids: new Map(), database: undefined, telemetry, startedInMs: 1_000 });
  const text = stripVTControlCharacters(shown).split('\n');
  const [from, to] = [text.indexOf('  try'), text.indexOf('  Ctrl-C stops everything.')];
  const tried = from === -1 ? [] : text.slice(from + 1, to).filter((line) => line !== '');
  expect(tried.map((line) => line.trim())).toEqual(lines);
});
