import type { JsonValue } from '@bufbuild/protobuf';
import { descriptorSet } from '../../proto/gen/descriptors';
import { createTranscoder } from './transcode';

const codecOf = createTranscoder(descriptorSet);
const search = codecOf('weft.rag.v1.RagSearchService', 'Search').request;
const update = codecOf('weft.user.v1.UserInfoService', 'updateUserInfo').request;
const ingest = codecOf('weft.rag.v1.RagSearchService', 'ingest').request;

test('a message survives the way to bytes and back, with all its fields', () => {
  const json = { ragCode: 'docs', query: 'a', limit: 3, minScore: 0.5, filters: { type: 'md' } };
  expect(search.toJson(search.toBytes(json))).toEqual(json);
});

test('fields may have either of their names, and numbers may be text', () => {
  expect(search.toJson(search.toBytes({ rag_code: 'docs', limit: '3' }))).toMatchObject({ ragCode: 'docs', limit: 3 });
});

test('timestamps and 64-bit numbers are text', () => {
  const user = codecOf('weft.user.v1.UserInfoService', 'GetUserInfo').reply;
  const json = { user: { createdAt: '2026-01-01T09:00:00.250Z' } };
  expect(user.toJson(user.toBytes(json))).toMatchObject(json);
  const counts = codecOf('weft.rag.v1.RagSearchService', 'Ingest').reply;
  expect(counts.toJson(counts.toBytes({ bytes: '9007199254740993' }))).toMatchObject({ bytes: '9007199254740993' });
});

test.each<[string, typeof search, JsonValue, string]>([
  ['text for a number', search, { limit: 'abc' }, 'limit'],
  ['a number out of range', search, { limit: 3e9 }, 'limit'],
  ['a fraction for a whole number', search, { limit: 1.5 }, 'limit'],
  ['a number for text', search, { query: 5 }, 'query'],
  ['a list for a map', search, { filters: [1] }, 'filters'],
  ['a field that is not there', search, { foo: 1 }, 'foo'],
  ['a field twice', search, { ragCode: 'a', rag_code: 'b' }, 'rag_code'],
  ['an unknown enum value', update, { status: 'ASLEEP' }, 'status'],
  ['a number for a message', ingest, { document: 3 }, 'document'],
  ['a fault deep inside', ingest, { document: { content: 1 } }, 'content'],
  ['no object at all', search, [1], 'body'],
])('%s is refused by the name of the field', (_, codec, json, field) => {
  expect(() => codec.toBytes(json)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', metadata: { [field]: expect.any(String) as string } }),
  );
});

test('a method that is not there is named', () => {
  expect(() => codecOf('weft.rag.v1.RagSearchService', 'Sing')).toThrow('no method weft.rag.v1.RagSearchService/Sing');
});
