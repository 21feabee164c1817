import { Greeter } from '../../proto/gen/weft/greeter/v1/greeter_pb';
import { RagSearchService } from '../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../proto/gen/weft/user/v1/user_pb';
import { defineService, externalService } from '../../services/kit/declaration';

// These do not change with the reference application.

export const users = defineService({
  name: 'users',
  serves: { info: UserInfoService, accounts: UserService },
  timeouts: { getUserInfo: '250ms' },
  store: 'mongodb',
});

export const search = defineService({
  name: 'search',
  serves: RagSearchService,
  calls: { users: users.only('getUserInfo') },
  scale: { min: 2, max: 10 },
  config: { LIMIT: '10' },
});

export const rates = externalService({
  name: 'rates',
  serves: Greeter,
  host: 'rates.example.com',
  timeouts: { sayHello: '1s' },
});

export const legacy = defineService({
  name: 'legacy',
  serves: Greeter,
  image: 'ghcr.io/example/legacy',
  calls: { rates: rates.only('sayHello') },
});

export const edge = defineService({
  name: 'edge',
  http: true,
  calls: {
    search: search.only('streamSearch', 'search'),
    info: users.only('getUserInfo'),
    accounts: users.only('createUser', 'getUser'),
  },
});

export const all = [edge, search, users, legacy];
