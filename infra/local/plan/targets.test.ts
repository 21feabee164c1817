import { externalTargets } from './targets';

test('addresses come from non-empty variables of the shell with that name', () => {
  expect(
    externalTargets({
      USER_INFO_GRPC_URL: 'localhost:9000',
      RATES_GRPC_URL: '',
      MY_GRPC_URLS: 'a:1',
      _GRPC_URL: 'b:1',
      PATH: '/bin',
      GONE_GRPC_URL: undefined,
    }),
  ).toEqual({ USER_INFO_GRPC_URL: 'localhost:9000' });
});
