import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createGreeterHandlers } from '../../../services/greeter/handlers';
import { greeter } from '../../../services/greeter/service';
import { serve } from '../../../services/kit/testing/serve';
import { type ForeignServer, serveForeign } from '../testing/foreign';
import { filesAnswer, NOT_FOUND, scriptReflection } from '../testing/scripted-reflection';
import { describeServer } from './reflection';

let foreign: ForeignServer;
let kit: { address: string; stop(): Promise<void> };

beforeAll(async () => {
  foreign = await serveForeign({ reflection: 'all' });
  kit = await serve(greeter, createGreeterHandlers(), greeter.only('sayHello'));
});

afterAll(async () => {
  foreign.stop();
  await kit.stop();
});

describe('describing a server', () => {
  test('names its services, without those of gRPC', async () => {
    const services = await Promise.all([foreign, kit].map(({ address }) => describeServer(address, 5_000)));
    expect(services.map((each) => each.services)).toEqual([
      ['foreign.v1.Echo', 'foreign.v1.Shout'],
      ['weft.greeter.v1.Greeter'],
    ]);
  });

  test('gives each import of its contracts once, before the files that need it', async () => {
    const { registry } = await describeServer(kit.address, 5_000);
    const file = [...registry.files].map(({ proto }) => proto);
    const names = file.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['google/protobuf/descriptor.proto', 'google/api/annotations.proto']));
    expect(new Set(names).size).toBe(names.length);
    for (const { name, dependency } of file)
      for (const needed of dependency)
        expect([name, names.indexOf(needed) < names.indexOf(name)]).toEqual([name, true]);
  });

  test('adds JSON names that the server left out', async () => {
    const { registry } = await describeServer(foreign.address, 5_000);
    const fields = [...registry.files].flatMap(({ messages }) => messages.flatMap((message) => message.fields));
    expect(fields.map(({ jsonName }) => jsonName)).toEqual(['text', 'howOften', 'tone', 'raw']);
  });

  test('without reflection is UNIMPLEMENTED', async () => {
    const mute = await serveForeign({ reflection: 'none' });
    await expect(describeServer(mute.address, 5_000)).rejects.toMatchObject({
      code: 'UNIMPLEMENTED',
      message: `${mute.address} does not support gRPC reflection (v1 or v1alpha), so its methods are unknown; enable it in that server`,
    });
    mute.stop();
  });

  test('with v1alpha only uses v1alpha', async () => {
    const old = await serveForeign({ reflection: 'v1alpha' });
    const { services } = await describeServer(old.address, 5_000);
    old.stop();
    expect(services).toEqual(['foreign.v1.Echo', 'foreign.v1.Shout']);
  });

  test('that never answers times out', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await expect(describeServer(`127.0.0.1:${port}`, 500)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
});

describe('a server whose reflection', () => {
  const word = { name: 'Word', field: [{ name: 'for_whom', number: 1, type: 9, label: 1 }] };
  const types = { name: 'types.proto', package: 'odd.v1', messageType: [word] };
  const service = {
    name: 'Odd',
    method: [{ name: 'Say', inputType: '.odd.v1.Word', outputType: '.odd.v1.Word' }],
  };
  const api = { name: 'api.proto', package: 'odd.v1', dependency: ['types.proto'], service: [service] };
  const known = 'google/protobuf/descriptor.proto';

  type Answers = Record<string, ReturnType<typeof filesAnswer>>;

  async function describe(answers: Answers, services = ['odd.v1.Odd']) {
    const list = { case: 'listServicesResponse' as const, value: { service: services.map((name) => ({ name })) } };
    const server = await scriptReflection(
      (question) => ({ 'listServices *': list, ...answers })[question] ?? NOT_FOUND,
    );
    const described = describeServer(server.address, 5_000).finally(() => server.stop());
    return { ...(await described), asked: server.asked };
  }

  test.each<[string, Answers, string[]]>([
    ['sends imports last', { 'fileContainingSymbol odd.v1.Odd': filesAnswer(api, types) }, []],
    ['sends files twice', { 'fileContainingSymbol odd.v1.Odd': filesAnswer(types, api, types, api) }, []],
    [
      'sends imports when asked for',
      {
        'fileContainingSymbol odd.v1.Odd': filesAnswer(api),
        'fileByFilename types.proto': filesAnswer(types),
      },
      ['fileByFilename types.proto'],
    ],
    [
      'does not have a file that comes with every protobuf',
      {
        'fileContainingSymbol odd.v1.Odd': filesAnswer({ ...types, dependency: [known] }, api),
      },
      [`fileByFilename ${known}`],
    ],
    [
      'does not have a file that only options need',
      {
        'fileContainingSymbol odd.v1.Odd': filesAnswer(types, { ...api, dependency: ['types.proto', 'options.proto'] }),
      },
      ['fileByFilename options.proto'],
    ],
  ])('%s is understood', async (_, answers, asked) => {
    const { registry, asked: questions } = await describe(answers);
    expect(questions.slice(2)).toEqual(asked);
    const { input } = registry.getService('odd.v1.Odd')?.methods[0] ?? {};
    expect(input?.fields.map(({ jsonName }) => jsonName)).toEqual(['forWhom']);
  });

  test('lacks a file that messages need is an error', async () => {
    await expect(describe({ 'fileContainingSymbol odd.v1.Odd': filesAnswer(api) })).rejects.toThrow(
      /^the descriptors of the server are incomplete: .*\.odd\.v1\.Word/,
    );
  });

  test('lacks a service that it lists is an error', async () => {
    await expect(describe({})).rejects.toThrow('reflection: odd.v1.Odd: not found');
  });

  test('lists other services of gRPC shows them', async () => {
    const grpc = { ...api, package: 'grpc.testing' };
    const names = ['grpc.testing.Odd', 'grpc.health.v1.Health', 'grpc.reflection.v1alpha.ServerReflection'];
    const { services } = await describe({ 'fileContainingSymbol grpc.testing.Odd': filesAnswer(types, grpc) }, names);
    expect(services).toEqual(['grpc.testing.Odd']);
  });
});
