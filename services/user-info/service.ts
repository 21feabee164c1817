import { UserInfoService } from '../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../proto/gen/weft/user/v1/user_pb';
import { defineService } from '../kit/declaration';

export const userInfo = defineService({
  name: 'user-info',
  serves: { info: UserInfoService, accounts: UserService },
  store: 'mongodb',
  examples: ['curl localhost:8080/v1/users/u-1001'],
  slo: {
    availability: '99.9%',
    latency: { p99: '300ms' },
    methods: { 'info.getUserInfo': { latency: { p99: '100ms' } } },
  },
});
