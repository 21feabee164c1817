import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../../proto/gen/weft/user/v1/user_pb';
import { connect } from '../client/client';
import { defineService } from '.';

const users = defineService({ name: 'users', serves: { info: UserInfoService, accounts: UserService } });
const greeter = defineService({ name: 'greeter', serves: Greeter, timeouts: { sayHello: '250ms' } });

describe('only', () => {
  test('resolves methods to the contract that has them', () => {
    const { methods } = users.only('getUserInfo', 'accounts.getUser');
    expect(methods.map(({ method }) => [method.localName, method.parent.typeName])).toEqual([
      ['getUserInfo', 'weft.user.v1.UserInfoService'],
      ['getUser', 'weft.user.v1.UserService'],
    ]);
  });

  test('carries each method’s deadline', () => {
    expect(greeter.only('sayHello').methods[0]?.timeoutMs).toBe(250);
    const times = users.only('getUserInfo', 'streamUsers').methods.map(({ timeoutMs }) => timeoutMs);
    expect(times).toEqual([3_000, undefined]);
  });

  test('refuses a method that is not served, lists those that are, and keeps the others', () => {
    const { methods, faults } = users.only('getUserInfo', 'getCat' as 'getUser', 'getDog' as 'getUser');
    expect(methods.map(({ method }) => method.localName)).toEqual(['getUserInfo']);
    expect(faults).toEqual([
      {
        message: 'users does not serve getCat',
        fix: expect.stringMatching(/^it serves getUserInfo, .*, createUser$/) as string,
      },
      expect.objectContaining({ message: 'users does not serve getDog' }),
    ]);
  });

  test('wants the contract named where a method is served twice', () => {
    const twice = defineService({ name: 'twice', serves: { v1: Greeter, v2: Greeter } });
    expect(twice.only('sayHello').faults).toEqual([
      { message: 'twice serves sayHello in several contracts', fix: "write 'v1.sayHello' or 'v2.sayHello'" },
    ]);
    expect(twice.only('v2.sayHello').methods.map(({ method }) => method.localName)).toEqual(['sayHello']);
    expect(twice.only('v1.sayHello', 'v2.sayHello').faults).toEqual([
      {
        message: "twice.only('v1.sayHello', 'v2.sayHello') names sayHello twice",
        fix: 'a client has one method of a name, so make two entries in calls',
      },
    ]);
  });

  test('with a method that is not served makes no client', () => {
    expect(() => connect(greeter.only('sayBye' as 'sayHello'), '127.0.0.1:1')).toThrow(
      'greeter does not serve sayBye; it serves sayHello',
    );
  });
});
