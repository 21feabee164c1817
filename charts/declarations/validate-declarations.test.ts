import { Greeter } from '../../proto/gen/weft/greeter/v1/greeter_pb';
import { services } from '../../services';
import { defineService, externalService, type ServiceSpec } from '../../services/kit/declaration';
import { faultLines } from '../../services/kit/faults/testing/fault-lines';
import { validateDeclarations } from './validate-declarations';
import { all, edge, legacy, rates, search, users } from '../testing/services';

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

test('the declarations of this repository fit together', () => {
  expect(
    validateDeclarations(
      services,
      services.map(({ name }) => name),
    ),
  ).toEqual([]);
  expect(validateDeclarations(all)).toEqual([]);
});

test.each<[string, ServiceSpec[], string[]]>([
  [
    'a callee that is not listed',
    [edge, users],
    [
      'services/edge/service.ts: calls.search: the service search is not in services/index.ts; add it to the list there',
    ],
  ],
  [
    'a method that the callee no longer serves',
    [search, { ...users, serves: users.serves.slice(1) }],
    [
      'services/search/service.ts: calls.users: users does not serve weft.user.v1.UserInfoService/getUserInfo; ' +
        'it serves getUser, listUsers, createUser',
    ],
  ],
  [
    'two services with one name',
    [spec('a'), spec('a')],
    ['services/a/service.ts: name: "a" is declared twice; give one of the two another name'],
  ],
  [
    'a service with the name of another’s split',
    [spec('a'), spec('a-split')],
    ['services/a-split/service.ts: name: "a-split" is the name of the split of a; give the service another name'],
  ],
  [
    'a service with the name of another’s route from outside',
    [spec('a'), caller(external('a-ingress', 'a.example'))],
    [
      'services/a-ingress/service.ts: name: "a-ingress" is the name of the ingress route of a; ' +
        'give the service another name',
    ],
  ],
  [
    'a service with a name that others have already',
    [spec('default'), spec('ingress'), spec('a-from-b'), spec('deny-by-default')],
    [
      'services/default/service.ts: name: "default" is the name of the defaults of a namespace; ' +
        'give the service another name',
      'services/ingress/service.ts: name: "ingress" is the name of the ingress gateway in policies; ' +
        'give the service another name',
      'services/a-from-b/service.ts: name: "a-from-b" contains "-from-", which separates callee and caller in policy names; ' +
        'give the service another name',
      'services/deny-by-default/service.ts: name: "deny-by-default" is the name of the policy that denies other calls; ' +
        'give the service another name',
    ],
  ],
  [
    'a service that is listed twice',
    [search, users, search],
    ['services/index.ts: search: is listed more than once; remove all lines but one'],
  ],
  [
    'a service outside with the name of one that is deployed',
    [spec('a'), caller(external('a', 'a.example'))],
    ['services/a/service.ts: name: "a" is declared twice, outside at a.example; give one of the two another name'],
  ],
  [
    'two services outside with one name',
    [caller(external('a', 'a.example'), external('a', 'b.example'))],
    [
      'services/a/service.ts: name: "a" is declared twice, outside at a.example and b.example; ' +
        'give one of the two another name',
    ],
  ],
  [
    'two services outside at one host',
    [caller(external('a', 'a.example'), external('b', 'a.example', { port: 8443 }))],
    [
      'services/a/service.ts: host: a.example is also the host of b; declare the host once, with all its contracts in serves',
    ],
  ],
  [
    'a callee without methods',
    [defineService({ name: 'a', http: true, calls: { users: users.only() } }), users],
    ['services/a/service.ts: calls.users: names no method of users; name the methods, or remove the call'],
  ],
  [
    'faults of single declarations, also of those outside,',
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
      'services/a/service.ts: scale: 0 to 1 is not a range of pods; ' +
        'write whole numbers from 1 to 2147483647, and min no larger than max',
      'services/a/service.ts: calls.users: users does not serve getCat; ' +
        `it serves ${users.serves.flatMap(({ contract }) => Object.keys(contract.method)).join(', ')}`,
      'services/rates/service.ts: port: port 0 is out of range; ports go from 1 to 65535',
      'the service.ts of "B": name: "B" is not a DNS label; ' +
        'use lower-case letters, digits and dashes, at most 63; start with a letter and do not end with a dash',
      'the service.ts of "B": allowedCallers: there is no service nobody; correct the name or remove it',
    ],
  ],
  [
    'a caller that the callee does not allow',
    [search, { ...users, allowedCallers: ['legacy'] }, legacy],
    ["services/search/service.ts: calls.users: users does not allow this caller; add 'search' to its allowedCallers"],
  ],
  [
    'an allowed caller that does not exist',
    [spec('a', { allowedCallers: ['nobody'] })],
    ['services/a/service.ts: allowedCallers: there is no service nobody; correct the name or remove it'],
  ],
  [
    'topics that only one side knows',
    [spec('a', { publishes: ['a.done', 'b.done'] }), spec('b', { subscribes: ['b.done', 'c.done'] })],
    [
      'services/a/service.ts: publishes: no service subscribes to a.done; add a subscriber or remove the topic',
      'services/b/service.ts: subscribes: no service publishes c.done; add a publisher or remove the topic',
    ],
  ],
  [
    'a service outside in the list',
    [legacy, rates],
    ['services/index.ts: rates: runs outside (rates.example.com); remove it: only its callers name it'],
  ],
  [
    'everything at once',
    [edge, spec('b', { allowedCallers: ['nobody'], subscribes: ['c.done'] })],
    [
      'services/edge/service.ts: calls.search: the service search is not in services/index.ts; add it to the list there',
      'services/edge/service.ts: calls.info: the service users is not in services/index.ts; add it to the list there',
      'services/edge/service.ts: calls.accounts: the service users is not in services/index.ts; add it to the list there',
      'services/b/service.ts: allowedCallers: there is no service nobody; correct the name or remove it',
      'services/b/service.ts: subscribes: no service publishes c.done; add a publisher or remove the topic',
    ],
  ],
])('%s is refused, with the file and what to do', (_, declared, faults) => {
  expect(faultLines(validateDeclarations(declared))).toEqual(faults);
});

test('several may call one service outside', () => {
  const callers = [caller(rates), { ...caller(rates), name: 'other' }];
  expect(validateDeclarations(callers)).toEqual([]);
});

test('who is allowed may call', () => {
  expect(validateDeclarations([search, { ...users, allowedCallers: ['search'] }])).toEqual([]);
});

describe('folders', () => {
  const caller = defineService({ name: 'caller', http: true, calls: { rates: rates.only('sayHello') } });

  test('have the names of their services; a service outside may be declared anywhere', () => {
    expect(validateDeclarations([caller], ['caller'])).toEqual([]);
    expect(validateDeclarations([caller], ['caller', 'rates'])).toEqual([]);
    expect(faultLines(validateDeclarations([caller], []))).toEqual([
      'services/caller/service.ts: this file does not exist; ' +
        'give the service the name of its folder, or rename that to services/caller',
    ]);
  });

  test('that nothing names are refused', () => {
    expect(faultLines(validateDeclarations([caller], ['caller', 'billing']))).toEqual([
      'services/billing/service.ts: neither services/index.ts nor a caller names a service "billing"; ' +
        'add it to services/index.ts, or remove the folder',
    ]);
  });
});
