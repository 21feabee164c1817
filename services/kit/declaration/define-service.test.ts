import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { RagSearchService } from '../../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../../proto/gen/weft/user/v1/user_pb';
import { rootCall } from '../protocol/call';
import type { Client, Clients, Handlers } from '../protocol/rpc';
import { faultLines } from '../faults/testing/fault-lines';
import {
  type CallSpec,
  collectFaults,
  defineService,
  type ExternalAddress,
  externalService,
  type ServiceSpec,
} from '.';

const users = defineService({ name: 'users', serves: { info: UserInfoService, accounts: UserService } });
const greeter = defineService({ name: 'greeter', serves: Greeter, timeouts: { sayHello: '250ms' } });

describe('a declaration', () => {
  test('has defaults for what it leaves out', () => {
    expect(greeter).toMatchObject({ http: false, calls: {}, scale: { min: 1, max: 1 }, config: {}, store: undefined });
  });

  test.each<[string, () => ServiceSpec, string[]]>([
    [
      'a name that is not a label',
      () => defineService({ name: 'My_Service', serves: Greeter }),
      ['name: "My_Service" is not a DNS label'],
    ],
    [
      'a name that ends in a dash',
      () => defineService({ name: 'a-', serves: Greeter }),
      ['name: "a-" is not a DNS label'],
    ],
    [
      'nothing to serve',
      () => defineService({ name: 'a' }),
      ['serves: is missing; name at least one contract, or write http: true'],
    ],
    [
      'both gRPC and HTTP',
      () => defineService({ name: 'a', serves: Greeter, http: true }),
      ['http: is true, but the service serves gRPC contracts'],
    ],
    [
      'examples that are not commands',
      () => defineService({ name: 'a', serves: Greeter, examples: ['date', ' ', 'date\ndate', 'a\0'] }),
      [
        'examples.1: is not a command of one line; write for example curl',
        'examples.2: is not a command of one line; write for example curl',
        'examples.3: contains the character NUL',
      ],
    ],
    [
      'a scale that is not a range',
      () => defineService({ name: 'a', serves: Greeter, scale: { min: 3, max: 2 } }),
      ['scale: 3 to 2 is not a range of pods'],
    ],
    [
      'a timeout of a method that is not there',
      () => defineService({ name: 'a', serves: Greeter, timeouts: { sayBye: '1s' } as object }),
      ['timeouts.sayBye: is not a method of the service'],
    ],
    [
      'a timeout of a stream',
      () => defineService({ name: 'a', serves: RagSearchService, timeouts: { streamSearch: '1s' } }),
      ['timeouts.streamSearch: is a stream'],
    ],
    [
      'variables that Weft sets',
      () =>
        defineService({
          name: 'a',
          serves: Greeter,
          config: { GRPC_PORT: '1', MONGO_URI: '', MONGO_URI_FILE: '', 'BAD KEY': '2' },
        }),
      [
        ...['GRPC_PORT', 'MONGO_URI', 'MONGO_URI_FILE'].map((name) => `config.${name}: Weft sets ${name} itself`),
        'config.BAD KEY: "BAD KEY" is not the name of an environment variable',
      ],
    ],
    [
      'a timeout of nothing',
      () => defineService({ name: 'a', serves: Greeter, timeouts: { sayHello: '0s' } }),
      ['timeouts.sayHello: "0s" leaves no time to answer'],
    ],
    [
      'a timeout of what every object has',
      () => defineService({ name: 'a', serves: Greeter, timeouts: { constructor: '1s' } as object }),
      ['timeouts.constructor: is not a method'],
    ],
    [
      'a name that every object has',
      () => defineService({ name: 'constructor', serves: Greeter }),
      ['name: "constructor" is a property of every object in JavaScript'],
    ],
    [
      'more pods than can be counted',
      () => defineService({ name: 'a', serves: Greeter, scale: { min: 1, max: 3e9 } }),
      ['scale: 1 to 3000000000 is not a range'],
    ],
    [
      'a callee without methods',
      () => defineService({ name: 'a', http: true, calls: { greeter: greeter as never } }),
      ["calls.greeter: names no methods; write <service>.only('<method>', …)"],
    ],
    [
      'variables that are not texts',
      () => defineService({ name: 'a', serves: Greeter, config: { FEES: 5 as never, ON: true as never } }),
      ['config.FEES: 5 is not a text; put it into quotes', 'config.ON: true is not a text'],
    ],
    ['no contract', () => defineService({ name: 'a', serves: {} }), ['serves: names no contract; name at least one']],
    ...['ghcr.io/example/a:1', 'ghcr.io/example/a@sha256:0', 'python:3', 'a b', '', 'ghcr.io/Example/a'].map(
      (image): [string, () => ServiceSpec, string[]] => [
        `an image that is not a repository: "${image}"`,
        () => defineService({ name: 'a', serves: Greeter, image }),
        [`image: "${image}" is not the name of an image repository; write it in lower case, without a tag`],
      ],
    ),
    [
      'words that are not topics',
      () => defineService({ name: 'a', serves: Greeter, publishes: ['Charged'], subscribes: ['a..b', 'fine.topic'] }),
      ['publishes: "Charged" is not a topic', 'subscribes: "a..b" is not a topic'],
    ],
    [
      'several faults, all at once',
      () =>
        defineService({
          name: 'A',
          serves: Greeter,
          timeouts: { sayHello: '1 hour' as '1h' },
          scale: { min: 0, max: 0 },
        }),
      ['name: "A"', 'scale: 0 to 0', 'timeouts.sayHello: "1 hour" is not a duration'],
    ],
  ])('is refused with %s', (_, declare, sentences) => {
    const starts = sentences.map((sentence) => expect.stringContaining(sentence) as string);
    expect(faultLines(declare().faults)).toEqual(starts);
  });
});

test('faults are collected with their files, also those of callees', () => {
  const bad = defineService({ name: 'Bad_Name', serves: Greeter, timeouts: { sayHello: 'soon' as '1s' } });
  const a = defineService({
    name: 'a',
    http: true,
    scale: { min: 0, max: 0 },
    calls: { bad: bad.only('sayHello', 'sayBye' as 'sayHello') },
  });
  expect(faultLines(collectFaults(a))).toEqual([
    expect.stringMatching(/^services\/a\/service\.ts: scale: 0 to 0/),
    'services/a/service.ts: calls.bad: Bad_Name does not serve sayBye; it serves sayHello',
    expect.stringMatching(/^the service\.ts of "Bad_Name": name: "Bad_Name" is not a DNS label/),
    expect.stringMatching(/^the service\.ts of "Bad_Name": timeouts\.sayHello: "soon" is not a duration/),
  ]);
});

test.each(['ghcr.io/example/a', 'localhost:5000/a', 'a'])('%s is an image that can be declared', (image) => {
  expect(defineService({ name: 'a', serves: Greeter, image })).toMatchObject({ image, faults: [] });
});

describe('a service that somebody else runs', () => {
  test('is found at its host, encrypted unless it says otherwise', () => {
    const rates = externalService({ name: 'rates', serves: Greeter, host: 'rates.example.com' });
    expect(rates.external).toEqual({ host: 'rates.example.com', port: 443, tls: true, addresses: [] });
    const plain = externalService({ name: 'rates', serves: Greeter, host: 'a.example', port: 80, tls: false });
    expect(plain.external).toMatchObject({ port: 80, tls: false });
  });

  test('is called like any other, with its deadlines', () => {
    const timeouts = { sayHello: '1s' } as const;
    const rates = externalService({ name: 'rates', serves: Greeter, host: 'rates.example.com', timeouts });
    expect(rates.only('sayHello').methods.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000]);
  });

  test.each<[Partial<ExternalAddress>, string]>([
    ...['https://rates', '-..-', 'rates', '10.0.0.1', 'a..example', `${'a'.repeat(64)}.example`].map(
      (host): [Partial<ExternalAddress>, string] => [{ host }, `host: "${host}" is not the name of a host`],
    ),
    ...['users.weft.svc', 'users.weft.svc.cluster.local'].map((host): [Partial<ExternalAddress>, string] => [
      { host },
      `host: ${host} is a Service of the cluster; declare it with defineService`,
    ]),
    [{ port: 0 }, 'port: port 0 is out of range; ports go from 1 to 65535'],
    ...['10.0.0.1', '10.0.0.0/33', 'ten/8', '::/129', '10.0.0.0/'].map((range): [Partial<ExternalAddress>, string] => [
      { addresses: [range] },
      `addresses: "${range}" is not a range of addresses`,
    ]),
  ])('is refused with %j', (parts, fault) => {
    const { faults } = externalService({ name: 'rates', serves: Greeter, host: 'rates.example.com', ...parts });
    expect(faultLines(faults)).toEqual([expect.stringContaining(fault)]);
  });

  test('may be a pod of the cluster, and have addresses', () => {
    const parts = { host: '1-2-3-4.ns.pod.cluster.local', addresses: ['10.0.0.0/8', '2001:db8::/32'] };
    expect(externalService({ name: 'rates', serves: Greeter, ...parts }).faults).toEqual([]);
  });
});

const caller = defineService({ name: 'caller', http: true, calls: { users: users.only('getUserInfo', 'listUsers') } });

// Types only: the compiler runs these, and a line marked as an error that compiles is an error itself.
export const compiled = {
  caller,
  undeclaredMethod: (client: Client<CallSpec> & Clients<typeof caller>) => {
    void client.users.getUserInfo({ userId: 'a' }, rootCall({}));
    // @ts-expect-error the declaration does not say that it calls this
    void client.users.updateUserInfo({ userId: 'a' }, rootCall({}));
  },
  wrongField: (clients: Clients<typeof caller>) => {
    // @ts-expect-error the contract has no such field
    void clients.users.getUserInfo({ user: 'a' }, rootCall({}));
  },
  noContext: (clients: Clients<typeof caller>) => {
    // @ts-expect-error a call that passes on no deadline would wait for ever
    void clients.users.getUserInfo({ userId: 'a' });
  },
  unknownMethod: () => {
    // @ts-expect-error the contract has no such method
    return users.only('deleteUser');
  },
  // @ts-expect-error a method has no handler
  missingHandler: {} satisfies Handlers<typeof greeter>,
  handlersByContract: (handlers: Handlers<typeof users>) => [handlers.info.getUserInfo, handlers.accounts.listUsers],
};
