import { elsewhere } from './targets';

test('a shell says where services are by variables that are set and named like it', () => {
  expect(
    elsewhere({
      USER_INFO_GRPC_URL: 'localhost:9000',
      RATES_GRPC_URL: '',
      MY_GRPC_URLS: 'a:1',
      _GRPC_URL: 'b:1',
      PATH: '/bin',
      GONE_GRPC_URL: undefined,
    }),
  ).toEqual({ USER_INFO_GRPC_URL: 'localhost:9000' });
});
