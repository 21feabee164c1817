import { setTimeout as sleep } from 'node:timers/promises';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { createSecretVolume, type SecretVolume } from '../testing/secret-volume';
import { createLibraryClient } from '../testing/programs/library-client';
import { callPatientEcho } from '../testing/programs/patient-echo';
import { buildPrograms, type Program, type Programs } from '../testing/programs/programs';
import { startProxy, type TcpProxy } from '../testing/programs/tcp-proxy';
import { until } from '../testing/programs/until';

// A service's connection string changes while it is called, and then what it named before goes away.

let programs: Programs;
let ways: [TcpProxy, TcpProxy];
let volume: SecretVolume;
let service: Program;

beforeAll(async () => {
  programs = await buildPrograms('services/kit/testing/programs/store-server.ts', 'infra/embedded-mongodb/main.ts');
  const port = await programs.start('embedded-mongodb', { MONGO_PORT: '0' }).port;
  ways = [await startProxy(port), await startProxy(port)];
  volume = createSecretVolume(`mongodb://${ways[0].address}\n`);
  service = programs.start('store-server', { GRPC_PORT: '0', MONGO_URI_FILE: volume.file });
});

afterAll(() => {
  programs.killAll();
  programs.remove();
  for (const way of ways) way.close();
  volume.remove();
});

test('no call fails by it, no stream breaks off, and the service is ready all the time', async () => {
  const address = `127.0.0.1:${await service.port}`;
  const { client, close } = connect(callPatientEcho, address);
  const probe = createLibraryClient(address);
  const watch = probe.watch();
  const say = () => client.say({ text: 'hi', count: 1 }, rootCall({ timeout: '1m' }));
  for (let count = 0; count < 100; count += 1) await say();
  let over = false;
  const callers = Array.from({ length: 4 }, async () => {
    let calls = 0;
    for (; !over; calls += 1) await say();
    return calls;
  });
  // Some seconds long, with a cursor behind it.
  const stream = (async () => {
    let rows = 0;
    for await (const _ of client.expand({}, rootCall({ timeout: '1m' }))) if ((rows += 1) === 100) break;
    return rows;
  })();
  const all = Promise.all([stream, ...callers]);
  all.catch(() => (over = true));
  await until('it calls', () => ways[0].open > 2);
  volume.write(`mongodb://${ways[1].address}\n`);
  await until('it is followed', () => over || service.output().includes('the connection string has changed'));
  expect(await stream).toBe(100);
  // Its handler hears of the end at the next row, and closes the cursor.
  await sleep(500);
  ways[0].close();
  // As long as an outage takes to be noticed.
  await sleep(1_500);
  over = true;
  expect(Math.min(...(await all))).toBeGreaterThan(20);
  expect(ways[1].open).toBeGreaterThan(0);
  expect(watch.seen).toEqual(['SERVING']);
  const lines = service.output().split('\n');
  expect(lines.filter((line) => /cannot be reached|"level":[56]0/.test(line))).toEqual([]);
  close();
  probe.close();
});
