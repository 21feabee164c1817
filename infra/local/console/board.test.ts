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
const service = (name: string): LocalService => ({ name, port: 'grpc', addresses: ['127.0.0.1:40009'], pods: [] });

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

test.each<[string, LocalService[], string[]]>([
  ['a greeter', [GREETER], [`npx weft call greeter SayHello '{"name":"Ada"}' -H 'accept-language: zh-CN'`]],
  ['users behind a gateway', [GATEWAY, service('user-info')], ['curl http://127.0.0.1:8080/v1/users/u-1001']],
  ['users alone', [service('user-info')], []],
  ['a search alone', [service('rag-search')], ['npx weft ingest node_modules/fastify/docs --user u-1001']],
  ['a service that runs nowhere', [{ ...GREETER, addresses: [] }], []],
])('suggests only commands that work: %s', (_, services, lines) => {
  const shown = board(services).split('\n');
  const [from, to] = [shown.indexOf('  try'), shown.indexOf('  Ctrl-C stops everything.')];
  expect(to).toBeGreaterThan(0);
  const tried = from === -1 ? [] : shown.slice(from + 1, to).filter((line) => line !== '');
  expect(tried.map((line) => line.trim())).toEqual(lines);
});

test('suggests searching through the gateway', () => {
  const shown = board([GATEWAY, service('rag-search')]);
  expect(shown).toContain("curl 'http://127.0.0.1:8080/v1/rag/docs/search?query=");
  expect(shown).toContain("curl -N 'http://127.0.0.1:8080/v1/rag/docs/search:stream?query=");
});
