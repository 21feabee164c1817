import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createPortChooser } from './ports';

let taken: Server;
let takenPort: number;

beforeAll(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  takenPort = (taken.address() as AddressInfo).port;
});

afterAll(() => taken.close());

async function listenOn(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
}

test('a port that is chosen can be listened on', async () => {
  await expect(listenOn(await createPortChooser()())).resolves.toBeUndefined();
});

test('a port that is wanted and free is chosen', async () => {
  const wanted = await createPortChooser()();
  expect(await createPortChooser()(wanted)).toBe(wanted);
});

test('a wanted port that is taken gives way to the next that is free', async () => {
  const port = await createPortChooser()(takenPort);
  expect(port).toBeGreaterThan(takenPort);
  await listenOn(port);
});

test('no port is chosen twice, though nobody listens on it yet', async () => {
  const choose = createPortChooser();
  const wanted = await createPortChooser()();
  const all = await Promise.all([wanted, wanted, undefined, wanted, undefined, undefined].map((each) => choose(each)));
  expect(new Set(all).size).toBe(all.length);
  expect(all).toContain(wanted);
  expect(all).not.toContain(takenPort);
});

test('when no port is left above the wanted one, that is an error', async () => {
  const choose = createPortChooser();
  await choose(65_535).catch(() => 'somebody else has it');
  await expect(choose(65_535)).rejects.toThrow('no port from 65535 on is free');
});
