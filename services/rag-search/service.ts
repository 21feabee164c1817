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
  examples: [
    'npm run ingest -- node_modules/fastify/docs --user u-1001',
    "curl 'localhost:8080/v1/rag/docs/search?query=graceful+shutdown&limit=3' -H 'x-user-id: u-1001'",
    "curl -N 'localhost:8080/v1/rag/docs/search:stream?query=hooks'",
  ],
  config: { CHUNK_CHARACTERS: '1200', GUEST_USER_ID: 'u-guest' },
});
