import { Greeter } from '../proto/gen/weft/greeter/v1/greeter_pb';
import { services } from '../services';
import { defineService, externalService, type ServiceSpec } from '../services/kit/declaration';
import { declarationFaults } from './declarations';
import { all, edge, legacy, rates, search, users } from './testing/services';

const spec = (name: string, parts: Partial<ServiceSpec> = {}): ServiceSpec => ({
  ...defineService({ name, serves: Greeter }),
  ...parts,
});

const external = (name: string, host: string, parts: { port?: number } = {}) =>
  externalService({ name, serves: Greeter, host, ...parts });

const caller = (...callees: Pick<typeof rates, 'only'>[]) =>
  defineService({
    name: 'caller',
    http: true,
    calls: Object.fromEntries(callees.map((callee, index) => [`to${index}`, callee.only('sayHello')])),
  });

test('the declarations there are fit together', () => {
  expect(
    declarationFaults(
      services,
      services.map(({ name }) => name),
    ),
  ).toEqual([]);
  expect(declarationFaults(all)).toEqual([]);
});

test.each<[string, ServiceSpec[], string[]]>([
  [
    'a callee that is not there',
    [edge, users],
    ['services/edge/service.ts: calls.search: there is no service search; add it to services/index.ts'],
  ],
  [
    'a method that the callee serves no more',
    [search, { ...users, serves: users.serves.slice(1) }],
    [
      'services/search/service.ts: calls.users: users serves no weft.user.v1.UserInfoService/getUserInfo; ' +
        'it serves getUser, listUsers, createUser',
    ],
  ],
  [
    'two services with one name',
    [spec('a'), spec('a')],
    ['services/a/service.ts: "a" is declared twice; give one of the two another name'],
  ],
  [
    'a service that is called like the split of another',
    [spec('a'), spec('a-split')],
    ['services/a-split/service.ts: "a-split" is the name of the split of a; give the service another name'],
  ],
  [
    'a service that is called like the way to another from outside',
    [spec('a'), caller(external('a-ingress', 'a.example'))],
    [
      'services/a-ingress/service.ts: "a-ingress" is the name of the ingress route of a; ' +
        'give the service another name',
    ],
  ],
  [
    'a service with a name that others have already',
    [spec('default'), spec('ingress'), spec('a-from-b'), spec('deny-by-default')],
    [
      'services/default/service.ts: "default" is the name of the defaults of a namespace; ' +
        'give the service another name',
      'services/ingress/service.ts: "ingress" is the name of the ingress gateway in policies; ' +
        'give the service another name',
      'services/a-from-b/service.ts: "a-from-b" contains "-from-", which separates callee and caller in policy names; ' +
        'give the service another name',
      'services/deny-by-default/service.ts: "deny-by-default" is the name of the policy that denies other calls; ' +
        'give the service another name',
    ],
  ],
  [
    'a service that is listed twice',
    [search, users, search],
    ['services/search/service.ts: is in services/index.ts more than once; remove all lines but one'],
  ],
  [
    'a service outside with the name of one that is deployed',
    [spec('a'), caller(external('a', 'a.example'))],
    ['services/a/service.ts: "a" is declared twice, outside as a.example; give one of the two another name'],
  ],
  [
    'two services outside with one name',
    [caller(external('a', 'a.example'), external('a', 'b.example'))],
    [
      'services/a/service.ts: "a" is declared twice, outside as a.example and b.example; ' +
        'give one of the two another name',
    ],
  ],
  [
    'two services outside at one host',
    [caller(external('a', 'a.example'), external('b', 'a.example', { port: 8443 }))],
    ['services/a/service.ts: host a.example is that of b as well; declare it once, with all it serves by name'],
  ],
  [
    'a callee of which it calls nothing',
    [defineService({ name: 'a', http: true, calls: { users: users.only() } }), users],
    ['services/a/service.ts: calls.users: names no method of users; name those that it calls, or remove it'],
  ],
  [
    'what is wrong with single declarations, and with those outside,',
    [
      defineService({
        name: 'a',
        http: true,
        scale: { min: 0, max: 1 },
        calls: {
          users: users.only('getCat' as 'getUser'),
          rates: external('rates', 'rates.example', { port: 0 }).only('sayHello'),
        },
      }),
      defineService({ name: 'B', serves: Greeter, allowedCallers: ['nobody'] }),
      users,
    ],
    [
      'services/a/service.ts: scale 0 to 1 is no range; min is at least 1 and at most max, below 2 ** 31',
      'services/a/service.ts: calls.users: users serves no method "getCat"; ' +
        `it serves ${users.serves.flatMap(({ contract }) => Object.keys(contract.method)).join(', ')}`,
      'services/rates/service.ts: port 0 is none; ports go from 1 to 65535',
      'the service.ts that declares "B": name is no DNS label; ' +
        'use lower-case letters, digits and dashes, at most 63, a letter first',
      'the service.ts that declares "B": allowedCallers: there is no service nobody; correct or remove it',
    ],
  ],
  [
    'a caller that the callee does not want',
    [search, { ...users, allowedCallers: ['legacy'] }, legacy],
    ["services/search/service.ts: calls.users: users does not let it; add 'search' to its allowedCallers"],
  ],
  [
    'a caller that is allowed and not there',
    [spec('a', { allowedCallers: ['nobody'] })],
    ['services/a/service.ts: allowedCallers: there is no service nobody; correct or remove it'],
  ],
  [
    'topics that only one side knows',
    [spec('a', { publishes: ['a.done', 'b.done'] }), spec('b', { subscribes: ['b.done', 'c.done'] })],
    [
      'services/a/service.ts: publishes a.done, to which nobody subscribes; add a subscriber or remove it',
      'services/b/service.ts: subscribes to c.done, which nobody publishes; add a publisher or remove it',
    ],
  ],
  [
    'a service in the list that somebody else runs',
    [legacy, rates],
    [
      'services/rates/service.ts: runs outside (rates.example.com); ' +
        'remove it from services/index.ts, its callers suffice',
    ],
  ],
  [
    'everything at once',
    [edge, spec('b', { allowedCallers: ['nobody'], subscribes: ['c.done'] })],
    [
      'services/edge/service.ts: calls.search: there is no service search; add it to services/index.ts',
      'services/edge/service.ts: calls.info: there is no service users; add it to services/index.ts',
      'services/edge/service.ts: calls.accounts: there is no service users; add it to services/index.ts',
      'services/b/service.ts: allowedCallers: there is no service nobody; correct or remove it',
      'services/b/service.ts: subscribes to c.done, which nobody publishes; add a publisher or remove it',
    ],
  ],
])('%s is refused, with the file and what to do', (_, declared, faults) => {
  expect(declarationFaults(declared)).toEqual(faults);
});

test('several may call one service outside', () => {
  const callers = [caller(rates), { ...caller(rates), name: 'other' }];
  expect(declarationFaults(callers)).toEqual([]);
});

test('who is allowed may call', () => {
  expect(declarationFaults([search, { ...users, allowedCallers: ['search'] }])).toEqual([]);
});

describe('folders', () => {
  const caller = defineService({ name: 'caller', http: true, calls: { rates: rates.only('sayHello') } });

  test('are called like the services in them; what is outside may lie anywhere', () => {
    expect(declarationFaults([caller], ['caller'])).toEqual([]);
    expect(declarationFaults([caller], ['caller', 'rates'])).toEqual([]);
    expect(declarationFaults([caller], [])).toEqual([
      'services/caller/service.ts: there is no such file; a service is called like its folder, ' +
        'and "caller" is that of none',
    ]);
  });

  test('that nobody names are told of', () => {
    expect(declarationFaults([caller], ['caller', 'billing'])).toEqual([
      'services/billing/service.ts: declares no "billing" that services/index.ts or a caller names; ' +
        'name it there, or remove the folder',
    ]);
  });
});
