import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { createLibraryClient } from '../testing/programs/library-client';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, type Program, type Programs } from '../testing/programs/programs';
import { startProxy, type TcpProxy } from '../testing/programs/tcp-proxy';
import { until } from '../testing/programs/until';

// Two replicas of a service with one database, each by a way of its own, which is slow or breaks.

let programs: Programs;
let ways: TcpProxy[];
const closing: (() => void)[] = [];

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/store-server.ts', 'infra/embedded-mongodb/main.ts');
}, 60_000);

beforeEach(async () => {
  const port = await programs.start('embedded-mongodb', { MONGO_PORT: '0' }).port;
  ways = [await startProxy(port), await startProxy(port)];
}, 30_000);

afterEach(() => {
  for (const close of closing.splice(0)) close();
  programs.killAll();
  for (const way of ways) way.close();
});

afterAll(() => programs.remove());

function start(way: number, environment: Record<string, string> = {}): Program {
  const MONGO_URI = `mongodb://${ways[way]?.address}`;
  return programs.start('store-server', { GRPC_PORT: '0', MONGO_URI, ...environment });
}

async function clientOf(service: Program) {
  const address = `127.0.0.1:${await service.port}`;
  const { client, close } = connect(callPatientEcho, address);
  const probe = createLibraryClient(address);
  closing.push(close, probe.close);
  return { probe, say: () => client.say({ text: 'hi', count: 1 }, rootCall({ timeout: '1m' })) };
}

test('a database that takes 2 s to answer is slow and not gone: it starts, no call fails, and it stays ready', async () => {
  for (const way of ways) way.delay(2_000);
  const service = start(0);
  const { probe, say } = await clientOf(service);
  const watch = probe.watch();
  await until('the watch says so', () => watch.seen[0] === 'SERVING');
  // Some heartbeats long, and calls at any moment between them.
  for (let round = 0; round < 3; round += 1)
    expect(await Promise.all([say(), say(), say()])).toMatchObject(Array(3).fill({ text: 'hi' }));
  expect(watch.seen).toEqual(['SERVING']);
  expect(service.output()).not.toContain('cannot be reached');
}, 120_000);

test('of two replicas the one whose own connection is cut leaves, and the other does not', async () => {
  const replicas = [start(0, { STORE_GRACE_MS: '500' }), start(1, { STORE_GRACE_MS: '500' })];
  const [cut, other] = [await clientOf(replicas[0] as Program), await clientOf(replicas[1] as Program)];
  expect([await cut.say(), await other.say()]).toMatchObject([{ text: 'hi' }, { text: 'hi' }]);
  ways[0]?.close();
  await expect(cut.say()).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'store.unavailable' });
  await until('it has left', async () => (await cut.probe.check()) === 'NOT_SERVING');
  expect(await cut.probe.check('liveness')).toBe('SERVING');
  expect(await other.probe.check()).toBe('SERVING');
  expect(await other.say()).toMatchObject({ text: 'hi' });
}, 60_000);
