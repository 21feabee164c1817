import { buildPrograms, type Program, type Programs } from '../testing/programs/programs';
import { startProxy, type TcpProxy } from '../testing/programs/tcp-proxy';
import { until } from '../testing/programs/until';

// The store fails while a service makes indexes and seeds.

let programs: Programs;
let way: TcpProxy;
let port: number;

beforeAll(async () => {
  programs = await buildPrograms(
    'services/kit/testing/programs/preparing-server.ts',
    'infra/embedded-mongodb/main.ts',
    'services/user-info/main.ts',
    'services/rag-search/main.ts',
    'services/payment/main.ts',
  );
  port = await programs.start('embedded-mongodb', { MONGO_PORT: '0' }).port;
}, 60_000);

beforeEach(async () => {
  way = await startProxy(port);
});

afterEach(() => way.close());

afterAll(() => {
  programs.killAll();
  programs.remove();
});

const start = (name: string, environment: Record<string, string> = {}): Program =>
  programs.start(name, { GRPC_PORT: '0', MONGO_URI: `mongodb://${way.address}/${name}`, ...environment });

const steps = (program: Program): number => program.output().split('"msg":"step"').length - 1;

test('it starts over when connections break, until it has done all of it', async () => {
  way.delay(20);
  const program = start('preparing-server');
  for (let round = 1; round <= 2; round += 1) {
    const before = steps(program);
    await until('it is in the middle', () => steps(program) >= before + 3);
    way.cut();
    await until('it tries again', () => program.output().split('trying again').length > round);
  }
  way.delay(0);
  expect(await program.port).toBeGreaterThan(0);
  expect(program.child.exitCode).toBeNull();
}, 60_000);

test('an error that is not of the store ends it at once, with a sentence', async () => {
  const program = start('preparing-server', { BUG: '1' });
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('preparing cannot start: the seed file has a user without a name\n');
  expect(program.output()).not.toContain('trying again');
}, 60_000);

test.each([
  ['user-info', { SEED_DATA: 'true' }],
  ['rag-search', { CHUNK_CHARACTERS: '1200', GUEST_USER_ID: 'u-guest' }],
  ['payment', { PAYMENT_FEE_BASIS_POINTS: '0' }],
])(
  '%s starts when connections break wherever it is',
  async (name, environment) => {
    const program = start(name, environment);
    for (let cuts = 0; cuts < 3; cuts += 1) {
      const sent = way.sent;
      await until('it says something to the store', () => way.sent > sent + 200);
      way.cut();
    }
    expect(await program.port).toBeGreaterThan(0);
  },
  60_000,
);
