import type { ServiceError } from '@grpc/grpc-js';
import { rootCall } from '../protocol/call';
import type { callEcho } from '../testing/echo';
import { serveFailing } from '../testing/failing-echo';
import { failedSay } from '../testing/raw-call';
import type { Served } from '../testing/serve';
import { StatusError } from './status-error';

let served: Served<typeof callEcho>;
let fault: () => unknown;

beforeAll(async () => {
  served = await serveFailing(() => fault());
});

afterAll(() => served.stop());

/** What the error takes in trailers, as HTTP/2 counts it. @see https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1 */
function trailerBytes({ details, metadata }: ServiceError): number {
  const headers = { ...metadata.toHttp2Headers(), 'grpc-status': '16', 'grpc-message': encodeURIComponent(details) };
  return Object.entries(headers)
    .flatMap(([name, values]) => [values].flat().map((value) => name.length + String(value).length + 32))
    .reduce((sum, size) => sum + size, 0);
}

const long = 'x'.repeat(100_000);
const invalid = (count: number, field: string, description: string) =>
  new StatusError(
    'INVALID_ARGUMENT',
    'request.invalid',
    {},
    { violations: Array.from({ length: count }, (_, n) => ({ field: `${field}[${n}]`, description })) },
  );
const values = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value]));

test.each<[string, () => StatusError]>([
  ['hundreds of violations', () => invalid(500, 'user_ids', 'must not be empty')],
  ['hundreds of values', () => new StatusError('INVALID_ARGUMENT', 'x', values(500, 'value'))],
  ['a violation of 100 kB', () => invalid(1, 'name', long)],
  ['a field of 100 kB', () => invalid(1, long, 'must not be empty')],
  ['a value of 100 kB', () => new StatusError('INVALID_ARGUMENT', 'x', { name: long })],
  ['the name of a value of 100 kB', () => new StatusError('INVALID_ARGUMENT', 'x', { [long]: 'name' })],
  ['a reason of 100 kB', () => new StatusError('INVALID_ARGUMENT', long)],
  [
    'a text for people of 100 kB',
    () => new StatusError('INVALID_ARGUMENT', 'x', {}, { localized: { locale: 'en', text: long } }),
  ],
])('%s leave an error that fits in the 8 KiB of trailers that every peer takes', async (_, make) => {
  fault = make;
  const error = await failedSay(served.address);
  expect(error.code).toBe(3);
  expect(trailerBytes(error)).toBeLessThanOrEqual(8_192);
});

/** The error as a client of the kit has it. */
async function received(make: () => StatusError): Promise<StatusError> {
  fault = make;
  const error: unknown = await served.client.say({}, rootCall({ timeout: '1m' })).catch((each: unknown) => each);
  if (error instanceof StatusError) return error;
  throw new Error(`the call ended with ${String(error)}`);
}

test('of too many violations and values the first are told', async () => {
  const many = invalid(21, 'user_ids', 'must not be empty');
  const { violations = [] } = many.details;
  const error = await received(() => new StatusError(many.code, 'x', values(21, 'v'), { violations }));
  expect(error.details.violations).toEqual(violations.slice(0, 20));
  expect(error.metadata).toEqual(values(20, 'v'));
});

test.each([
  ['is whole', 'x'.repeat(200), 'x'.repeat(200)],
  ['is cut, and says so', 'x'.repeat(201), `${'x'.repeat(200)}…`],
  ['is cut within a character', `${'x'.repeat(199)}😀`, `${'x'.repeat(199)}…`],
  ['begins with half a character', '\ude00 smile', '\ufffd smile'],
  ['ends with half a character', 'smile \ud83d', 'smile \ufffd'],
  ['has both halves the wrong way round', '\ude00\ud83d', '\ufffd\ufffd'],
])('a text that %s arrives', async (_, text, told) => {
  const violations = [{ field: text, description: text }];
  const error = await received(() => new StatusError('ABORTED', text, { [text]: text }, { violations }));
  expect(error).toMatchObject({ code: 'ABORTED', reason: told, metadata: { [told]: told } });
  expect(error.details.violations).toEqual([{ field: told, description: told }]);
});

test.each<[string, unknown, string]>([
  ['a number', 5, '5'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['an object', { a: 1 }, '[object Object]'],
  ['a list', [1, 2], '1,2'],
  ['a bigint', 5n, '5'],
])('metadata that is %s at run time is text on the wire', async (_, value, told) => {
  const error = await received(() => new StatusError('ABORTED', 'x', { value } as never));
  expect(error).toMatchObject({ code: 'ABORTED', metadata: { value: told } });
});

test.each<[string, unknown]>([
  ['a symbol', Symbol('s')],
  ['an object that cannot be text', Object.create(null)],
])('metadata that is %s is a fault of the service', async (_, value) => {
  const error = await received(() => new StatusError('ABORTED', 'x', { value } as never));
  expect(error).toMatchObject({ code: 'INTERNAL', reason: 'internal' });
});
