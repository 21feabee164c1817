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

test('a chosen port is free', async () => {
  await expect(listenOn(await createPortChooser()())).resolves.toBeUndefined();
});

test('a wanted port is chosen if it is free', async () => {
  const wanted = await createPortChooser()();
  expect(await createPortChooser()(wanted)).toBe(wanted);
});

test('a taken port gives way to the next free one', async () => {
  const port = await createPortChooser()(takenPort);
  expect(port).toBeGreaterThan(takenPort);
  await listenOn(port);
});

test('no port is chosen twice, even if it is still free', async () => {
  const choose = createPortChooser();
  const wanted = await createPortChooser()();
  const all = await Promise.all([wanted, wanted, undefined, wanted, undefined, undefined].map((each) => choose(each)));
  expect(new Set(all).size).toBe(all.length);
  expect(all).toContain(wanted);
  expect(all).not.toContain(takenPort);
});

test('without a free port above the wanted one it throws', async () => {
  const choose = createPortChooser();
  await choose(65_535).catch(() => 'somebody else has it');
  await expect(choose(65_535)).rejects.toThrow('all ports from 65535 to 65535 are taken');
});
