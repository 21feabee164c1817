import { serveFailing } from '../testing/failing-echo';
import { failedSay } from '../testing/raw-call';
import { StatusError } from './status-error';

const many = (value: string) => Array.from({ length: 20 }, (_, n) => ({ field: `f[${n}]`, description: value }));
test.each<[string, StatusError]>([
  ['20 long violations', new StatusError('INVALID_ARGUMENT', 'x', {}, { violations: many('x'.repeat(200)) })],
  ['20 violations in Chinese', new StatusError('INVALID_ARGUMENT', 'x', {}, { violations: many('名'.repeat(100)) })],
  ['a long value in Chinese', new StatusError('INVALID_ARGUMENT', 'x', { a: '名'.repeat(1_000) })],
  ['a domain of 100 kB', new StatusError('INVALID_ARGUMENT', 'x', {}, { domain: 'x'.repeat(100_000) })],
  ['a request id of 100 kB', new StatusError('INVALID_ARGUMENT', 'x', {}, { requestId: 'x'.repeat(100_000) })],
])('trailers of %s fit in 8 KiB', async (_, fault) => {
  const { address, stop } = await serveFailing(() => fault);
  const { code, details, metadata } = await failedSay(address);
  await stop();
  expect(code).toBe(3);
  const headers = { ...metadata.toHttp2Headers(), 'grpc-message': encodeURIComponent(details) };
  expect(JSON.stringify(headers).length).toBeLessThanOrEqual(8_192);
});
