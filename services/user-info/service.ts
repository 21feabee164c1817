import { UserInfoService } from '../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../proto/gen/weft/user/v1/user_pb';
import { defineService } from '../kit/spec';

export const userInfo = defineService({
  name: 'user-info',
  serves: { info: UserInfoService, accounts: UserService },
  store: 'mongodb',
});
