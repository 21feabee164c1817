import { greeter } from '../greeter/service';
import { defineService } from '../kit/spec';
import { ragSearch } from '../rag-search/service';
import { userInfo } from '../user-info/service';

export const gateway = defineService({
  name: 'gateway',
  http: true,
  calls: {
    greeter: greeter.only('sayHello'),
    rag: ragSearch.only('search', 'streamSearch', 'getChunk', 'getChunksBatch', 'ingest'),
    users: userInfo.only(
      'getUserInfo',
      'getUserInfoBatch',
      'updateUserInfo',
      'searchUsers',
      'streamUsers',
      'listUsers',
      'createUser',
    ),
  },
});
