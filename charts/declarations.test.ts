import { Greeter } from '../proto/gen/contracts';
import { services } from '../services';
import { defineService, type ServiceSpec } from '../services/kit/spec';
import { checkDeclarations } from './declarations';
import { all, edge, legacy, rates, search, users } from './fixtures/services';

const spec = (name: string, parts: Partial<ServiceSpec> = {}): ServiceSpec => ({
  ...defineService({ name, serves: Greeter }),
  ...parts,
});

test('the declarations there are fit together', () => {
  expect(() => checkDeclarations(services)).not.toThrow();
  expect(() => checkDeclarations(all)).not.toThrow();
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
    ['services/a-split/service.ts: "a-split" is what the split of a is called; give the service another name'],
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
  expect(() => checkDeclarations(declared)).toThrow(
    new Error(`the declarations do not fit together:\n  ${faults.join('\n  ')}`),
  );
});

test('who is allowed may call', () => {
  expect(() => checkDeclarations([search, { ...users, allowedCallers: ['search'] }])).not.toThrow();
});
