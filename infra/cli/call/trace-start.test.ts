import { Metadata } from '@grpc/grpc-js';
import { StatusError } from '../../../services/kit/errors/status-error';
import { startTrace, withTrace } from './trace-start';

test('a call without a trace starts one that is sampled', () => {
  const [one, two] = [new Metadata(), new Metadata()];
  const ids = [startTrace(one), startTrace(two)];
  expect(one.get('traceparent')).toEqual([expect.stringMatching(`^00-${ids[0]}-[0-9a-f]{16}-01$`)]);
  expect(ids[0]).toMatch(/^[\da-f]{32}$/);
  expect(ids[0]).not.toBe(ids[1]);
});

test.each([
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', '4bf92f3577b34da6a3ce929d0e0e4736'],
  ['nonsense', undefined],
])('a traceparent that was given stays: %s', (traceparent, id) => {
  const metadata = new Metadata();
  metadata.set('traceparent', traceparent);
  expect(startTrace(metadata)).toBe(id);
  expect(metadata.get('traceparent')).toEqual([traceparent]);
});

test('only statuses have a trace: what kept a call from being sent has none', () => {
  const status = new StatusError('NOT_FOUND', 'user.not-found');
  expect(withTrace(status, 'abc')).toMatchObject({
    message: expect.stringMatching(/^NOT_FOUND: .*\n {2}trace: abc {2}npx weft trace abc$/) as string,
    cause: status,
  });
  const other = new Error('the message is not JSON');
  expect([withTrace(other, 'abc'), withTrace(status, undefined)]).toEqual([other, status]);
});
