import { RagSearchService } from '../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../proto/gen/weft/user/v1/user_info_pb';
import { defineService } from '../../services/kit/declaration';

// Fixed services, independent of the reference application.

export const users = defineService({
  name: 'users',
  serves: UserInfoService,
  slo: {
    availability: '99.9%',
    latency: { p99: '300ms' },
    methods: { getUserInfo: { availability: '99.95%', latency: { p95: '1s' } } },
  },
});

export const search = defineService({ name: 'search', serves: RagSearchService });

export const edge = defineService({
  name: 'edge',
  http: true,
  calls: { search: search.only('search', 'streamSearch'), users: users.only('getUserInfo') },
  slo: { availability: '99.5%', latency: { p50: '750ms' } },
});
