import { UserInfoService, UserService } from '../../proto/gen/contracts';
import { defineService } from '../kit/spec';

export const userInfo = defineService({
  name: 'user-info',
  serves: { info: UserInfoService, accounts: UserService },
  store: 'mongodb',
});
