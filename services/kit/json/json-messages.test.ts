import type { DescMessage, JsonValue, Message } from '@bufbuild/protobuf';
import { PaymentService } from '../../../proto/gen/weft/payment/v1/payment_pb';
import { RagSearchService } from '../../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import type { FieldViolation, StatusError } from '../errors/status-error';
import { messageFromJson, messageToJson } from './json';
import type { Json } from './json-numbers';

type MessageCodec = ReturnType<typeof createMessageCodec>;

const createMessageCodec = (descriptor: DescMessage) => ({
  fromJson: (json: JsonValue): Message => messageFromJson(descriptor, json as Json),
  toJson: (message: Message) => messageToJson(descriptor, message),
});

const search = createMessageCodec(RagSearchService.method.search.input);
const update = createMessageCodec(UserInfoService.method.updateUserInfo.input);
const batch = createMessageCodec(UserInfoService.method.getUserInfoBatch.input);
const user = createMessageCodec(UserInfoService.method.getUserInfo.output);
const charge = createMessageCodec(PaymentService.method.charge.input);
const ingest = createMessageCodec(RagSearchService.method.ingest.input);

function violationsOf(codec: MessageCodec, json: JsonValue): readonly FieldViolation[] {
  try {
    codec.fromJson(json);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'request.invalid' });
    return (error as StatusError).details.violations ?? [];
  }
  throw new Error('it was taken');
}

test('a message survives the way to bytes and back, with all its fields', () => {
  const json = { ragCode: 'docs', query: 'a', limit: 3, minScore: 0.5, filters: { type: 'md' } };
  expect(search.toJson(search.fromJson(json))).toEqual(json);
});

test('fields may have either of their names, and numbers may be text', () => {
  expect(search.toJson(search.fromJson({ rag_code: 'docs', limit: '3' }))).toMatchObject({ ragCode: 'docs', limit: 3 });
});

test('timestamps and 64-bit numbers are text', () => {
  const json = { user: { createdAt: '2026-01-01T09:00:00.250Z' } };
  expect(user.toJson(user.fromJson(json))).toMatchObject(json);
  const counts = createMessageCodec(RagSearchService.method.ingest.output);
  expect(counts.toJson(counts.fromJson({ bytes: '9007199254740993' }))).toMatchObject({ bytes: '9007199254740993' });
});

test.each(['3', '-3', '3.0', '3e2', 3, 3e2])('%j is a whole number', (limit) => {
  expect(search.toJson(search.fromJson({ limit }))).toMatchObject({ limit: Number(limit) });
});

test.each<[string, typeof search, JsonValue, string, string]>([
  ...['0x10', '0b1', '0o7', '+5', ' 5', '5 ', ''].map((text): [string, typeof search, JsonValue, string, string] => [
    `"${text}" for a whole number`,
    charge,
    { amount: { minor_units: text } },
    'amount.minor_units',
    `must be a whole number of 64 bits, not "${text}"`,
  ]),
  ['what JavaScript reads as a number', search, { limit: '0x10' }, 'limit', 'must be a whole number of 32 bits'],
  ['text for a number', search, { limit: 'abc' }, 'limit', 'must be a whole number of 32 bits, not "abc"'],
  ['a number out of range', search, { limit: 3e9 }, 'limit', 'must be a whole number of 32 bits, not 3000000000'],
  ['a fraction for a whole number', search, { limit: 1.5 }, 'limit', 'must be a whole number of 32 bits, not 1.5'],
  ['a number for text', search, { query: 5 }, 'query', 'must be a text, not 5'],
  ['half a character', search, { query: '\ud800' }, 'query', 'must be a text, not "\\ud800"'],
  ['a list for a map', search, { filters: [1] }, 'filters', 'must be an object, not a list'],
  ['a value in a map', search, { filters: { a: 'b', c: 1 } }, 'filters["c"]', 'must be a text, not 1'],
  ['a text for a list', batch, { userIds: 'a' }, 'user_ids', 'must be a list, not "a"'],
  ['an item of a list', batch, { userIds: ['a', null] }, 'user_ids[1]', 'must be a text, not null'],
  ['text for truth', batch, { include_roles: 'yes' }, 'include_roles', 'must be true or false, not "yes"'],
  ['an unknown field', search, { foo: 1 }, 'foo', 'is not a field of the request'],
  ['a field twice', search, { ragCode: 'a', rag_code: 'b' }, 'rag_code', 'must be given once'],
  ['an unknown enum value', update, { status: 'ASLEEP' }, 'status', 'must be one of USER_STATUS_UNSPECIFIED, '],
  ['a number for a message', ingest, { document: 3 }, 'document', 'must be an object, not 3'],
  ['a fault deep inside', ingest, { document: { content: 1 } }, 'document.content', 'must be a text, not 1'],
  ['an unknown field deep inside', ingest, { document: { x: 1 } }, 'document.x', 'is not a field of the request'],
  ['an invalid time', user, { user: { createdAt: 'now' } }, 'user.created_at', 'must be a time such as 2026-'],
  ['no object at all', search, [1], 'body', 'must be an object, not a list'],
  ['a text that is long', search, { limit: 'x'.repeat(99) }, 'limit', `not "${'x'.repeat(49)}…`],
])('%s is refused by the path of the field', (_, codec, json, field, description) => {
  expect(violationsOf(codec, json)).toEqual([{ field, description: expect.stringContaining(description) as string }]);
});

test('everything that is wrong is told at once, in order', () => {
  const json = { query: 1, limit: 'a', filters: { a: 2, b: 'right', c: 3 }, min_score: 1, foo: null };
  const fields = violationsOf(search, json).map(({ field }) => field);
  expect(fields).toEqual(['query', 'limit', 'filters["a"]', 'filters["c"]', 'foo']);
});

test('of a great many faults the first are told', () => {
  const fields = violationsOf(batch, { userIds: Array.from({ length: 1_000 }, () => 1) }).map(({ field }) => field);
  expect(fields).toEqual(Array.from({ length: 20 }, (_, index) => `user_ids[${index}]`));
});
