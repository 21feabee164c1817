import { greeter } from '../greeter/service';
import { defineService } from '../kit/declaration';
import { payment } from '../payment/service';
import { ragSearch } from '../rag-search/service';
import { userInfo } from '../user-info/service';

export const gateway = defineService({
  name: 'gateway',
  http: true,
  slo: { availability: '99.5%', latency: { p99: '1s' } },
  calls: {
    greeter: greeter.only('sayHello'),
    // No refunds over HTTP: a customer must not refund themselves.
    payments: payment.only('charge', 'getPayment'),
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
