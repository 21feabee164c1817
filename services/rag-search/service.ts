import { RagSearchService } from '../../proto/gen/weft/rag/v1/rag_search_pb';
import { defineService } from '../kit/declaration';
import { userInfo } from '../user-info/service';

export const ragSearch = defineService({
  name: 'rag-search',
  serves: RagSearchService,
  calls: { users: userInfo.only('getUserInfo') },
  timeouts: { search: '2s' },
  store: 'mongodb',
  slo: { availability: '99.5%', latency: { p95: '500ms' } },
  config: { CHUNK_CHARACTERS: '1200', GUEST_USER_ID: 'u-guest' },
});
