import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { createLibraryClient, type LibraryClient } from '../testing/programs/library-client';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, freePort, type Program, type Programs } from '../testing/programs/programs';
import { until } from '../testing/programs/until';
import type { StatusError } from '../errors/status-error';

// The database goes away under a service, in the ways that databases do, and comes back.

/** How long callers may take to hear of it, in ms: it is 1,000 where it dies, and 2,500 where it hangs. */
const SOON = 4_000;

/** A database that hangs is noticed sooner than by default. */
const OPTIONS = '?connectTimeoutMS=1000&heartbeatFrequencyMS=500';

let programs: Programs;
let mongo: Program;
let service: Program;
let probe: LibraryClient;
let connection: ReturnType<typeof connect<typeof callPatientEcho>>;

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/store-server.ts', 'infra/embedded-mongodb/main.ts');
});

beforeEach(async () => {
  mongo = await startMongo(await freePort());
  await startService();
}, 30_000);

async function startService(environment: Record<string, string> = {}): Promise<void> {
  const uri = `mongodb://127.0.0.1:${await mongo.port}/${OPTIONS}`;
  service = programs.start('store-server', { GRPC_PORT: '0', MONGO_URI: uri, ...environment });
  const address = `127.0.0.1:${await service.port}`;
  probe = createLibraryClient(address);
  connection = connect(callPatientEcho, address);
  expect(await say(1)).toMatchObject({ text: 'hi' });
  expect(await probe.check()).toBe('SERVING');
}

afterEach(() => {
  connection.close();
  probe.close();
  programs.killAll();
});

afterAll(() => programs.remove());

async function startMongo(port: number): Promise<Program> {
  const program = programs.start('embedded-mongodb', { MONGO_PORT: String(port) });
  await program.port;
  return program;
}

const say = (count = 0) => connection.client.say({ text: 'hi', count }, rootCall({ timeout: '1m' }));

/** Calls, and expects to hear in time that the database is gone. @returns how long it took, in ms */
async function refused(started: number, call: Promise<unknown>): Promise<number> {
  const error = await call.then(
    () => undefined,
    (thrown: StatusError) => thrown,
  );
  expect(error).toMatchObject({
    code: 'UNAVAILABLE',
    reason: 'store.unavailable',
    details: { retryAfterMs: expect.any(Number) },
  });
  return Date.now() - started;
}

interface Outage {
  begin(): Promise<void>;
  end(): Promise<unknown>;
}

const OUTAGES: Record<string, Outage> = {
  'that is killed': {
    begin: async () => {
      mongo.child.kill('SIGKILL');
      await mongo.exit;
    },
    end: async () => (mongo = await startMongo(await mongo.port)),
  },
  'that hangs': {
    begin: async () => void mongo.child.kill('SIGSTOP'),
    end: async () => mongo.child.kill('SIGCONT'),
  },
};

describe.each(Object.entries(OUTAGES))('a database %s', (_, { begin, end }) => {
  /** @returns how long callers took to hear of it, in ms */
  async function outage(): Promise<number> {
    const watch = probe.watch();
    await until('the watch says so', () => watch.seen[0] === 'SERVING');
    const started = Date.now();
    await begin();
    const took = await Promise.all(Array.from({ length: 20 }, (_, index) => refused(started, say(index % 2))));
    const tookLater = await refused(Date.now(), say());
    await end();
    await until('calls are answered again', () => answers(say(1)));
    expect(watch.seen).toEqual(['SERVING']);
    expect(service.child.exitCode).toBeNull();
    return Math.max(...took, tookLater);
  }

  test('for a short time is UNAVAILABLE for callers soon, and takes no pod out of service', async () => {
    expect(await fastest(outage)).toBeLessThan(SOON);
  });
});

test('a database that is gone for longer than the grace takes the pod out of service, until it is back', async () => {
  await startService({ STORE_GRACE_MS: '500' });
  const watch = probe.watch();
  await until('the watch says so', () => watch.seen[0] === 'SERVING');
  mongo.child.kill('SIGKILL');
  await mongo.exit;
  await until('it is not ready', async () => (await probe.check()) === 'NOT_SERVING');
  expect(await probe.check('liveness')).toBe('SERVING');
  await refused(Date.now(), say());
  mongo = await startMongo(await mongo.port);
  await until('it is ready again', async () => (await probe.check()) === 'SERVING');
  expect(await say(1)).toMatchObject({ text: 'hi' });
  expect(watch.seen).toEqual(['SERVING', 'NOT_SERVING', 'SERVING']);
}, 60_000);

const answers = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

/** The fastest of three: what the machine does besides makes things slower, and never faster. */
async function fastest(measure: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let tries = 0; tries < 3 && best >= SOON; tries += 1) best = Math.min(best, await measure());
  return best;
}

/** Reads until nothing more comes. */
async function readOn(replies: AsyncIterator<unknown>): Promise<void> {
  while (!(await replies.next()).done);
}

test('a call that is under way while the database dies is UNAVAILABLE as well', async () => {
  for (let count = 0; count < 9; count += 1) await say(1);
  const reading = connection.client.expand({}, rootCall({ timeout: '1m' }))[Symbol.asyncIterator]();
  await reading.next();
  mongo.child.kill('SIGSTOP');
  const calls = [say(), say(1), readOn(reading)];
  calls.forEach((call) => void call.catch(() => undefined));
  await until('they wait for the database', async () => (await service.ask<number>('underWay')) === 2);
  const started = Date.now();
  mongo.child.kill('SIGKILL');
  expect(Math.max(...(await Promise.all(calls.map((call) => refused(started, call)))))).toBeLessThan(2 * SOON);
});
