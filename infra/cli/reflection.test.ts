import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createGreeterHandlers } from '../../services/greeter/handlers';
import { greeter } from '../../services/greeter/service';
import { serve } from '../../services/kit/serve';
import { type ForeignServer, serveForeign } from './fixtures/foreign';
import { describeServer } from './reflection';

let foreign: ForeignServer;
let kit: { address: string; stop(): Promise<void> };

beforeAll(async () => {
  foreign = await serveForeign({ reflection: true });
  kit = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
});

afterAll(async () => {
  foreign.stop();
  await kit.stop();
});

describe('a server that is asked what it serves', () => {
  test('names its services, without those of gRPC itself', async () => {
    const services = await Promise.all([foreign, kit].map(({ address }) => describeServer(address, 5_000)));
    expect(services.map((each) => each.services)).toEqual([
      ['foreign.v1.Echo', 'foreign.v1.Shout'],
      ['weft.greeter.v1.Greeter'],
    ]);
  });

  test('gives all imports of its contracts, once, and before what imports them', async () => {
    const { descriptorSet } = await describeServer(kit.address, 5_000);
    const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet);
    const names = file.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['google/protobuf/descriptor.proto', 'google/api/annotations.proto']));
    expect(new Set(names).size).toBe(names.length);
    for (const { name, dependency } of file)
      for (const needed of dependency)
        expect([name, names.indexOf(needed) < names.indexOf(name)]).toEqual([name, true]);
  });

  test('gets JSON names for fields that it left without', async () => {
    const { descriptorSet } = await describeServer(foreign.address, 5_000);
    const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet);
    const fields = file.flatMap(({ messageType }) => messageType.flatMap(({ field }) => field));
    expect(fields.map(({ jsonName }) => jsonName)).toEqual(['text', 'howOften', 'tone', 'raw']);
  });

  test('and has no reflection is UNIMPLEMENTED', async () => {
    const mute = await serveForeign({ reflection: false });
    await expect(describeServer(mute.address, 5_000)).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
    mute.stop();
  });

  test('and never answers is given up in time', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await expect(describeServer(`127.0.0.1:${port}`, 500)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
});
