import { type DescMethod, type JsonValue, toJson } from '@bufbuild/protobuf';
import { RagSearchService } from '../../../proto/gen/weft/rag/v1/rag_search_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import { UserService } from '../../../proto/gen/weft/user/v1/user_pb';
import type { Json } from '../../kit/json/json-numbers';
import type { Binding } from '../routing/bindings';
import { requestMessage } from './request-message';

const REQUESTS = {
  search: RagSearchService.method.search,
  ingest: RagSearchService.method.ingest,
  batch: UserInfoService.method.getUserInfoBatch,
  update: UserInfoService.method.updateUserInfo,
  create: UserService.method.createUser,
};

interface Part {
  params?: Record<string, string>;
  query?: Record<string, string | string[]>;
  body?: Json | undefined;
}

/** The message that the parts make, as JSON; a body in the binding is only there when the test says so. */
function json(request: keyof typeof REQUESTS, parts: Part): JsonValue {
  return made(REQUESTS[request], 'body' in parts ? '*' : undefined, parts);
}

function withBodyField(field: string, parts: Part): JsonValue {
  return made(REQUESTS.ingest, field, parts);
}

function made(method: DescMethod, body: string | undefined, { params = {}, query = {}, ...rest }: Part): JsonValue {
  const pathFields = Object.keys(params);
  const message = requestMessage({ method, body, pathFields } as Binding, {
    path: Object.entries(params).map(([fieldPath, value]) => ({ fieldPath, value })),
    query: Object.entries(query).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const)),
    body: rest.body,
  });
  return toJson(method.input, message, { useProtoFieldName: true });
}

test.each<[string, keyof typeof REQUESTS, Part, JsonValue]>([
  ['nothing', 'batch', {}, {}],
  ['the path', 'search', { params: { rag_code: 'docs' } }, { rag_code: 'docs' }],
  ['a parameter', 'search', { query: { query: 'mesh' } }, { query: 'mesh' }],
  ['a number', 'search', { query: { limit: '3', min_score: '0.5' } }, { limit: 3, min_score: 0.5 }],
  ['truth', 'batch', { query: { include_roles: 'true' } }, { include_roles: true }],
  ['one', 'batch', { query: { include_roles: '1' } }, { include_roles: true }],
  ['untruth', 'batch', { query: { include_roles: 'false' } }, {}],
  ['a name in lowerCamelCase', 'search', { query: { minScore: '0.5' } }, { min_score: 0.5 }],
  ['an enum', 'update', { query: { status: 'USER_STATUS_ACTIVE' } }, { status: 'USER_STATUS_ACTIVE' }],
  ['a list of one', 'batch', { query: { user_ids: 'a' } }, { user_ids: ['a'] }],
  ['a list', 'batch', { query: { user_ids: ['a', 'b', 'a'] } }, { user_ids: ['a', 'b', 'a'] }],
  [
    'a list under both its names',
    'batch',
    { query: { userIds: 'a', user_ids: ['b', 'c'] } },
    { user_ids: ['a', 'b', 'c'] },
  ],
  [
    'a map',
    'search',
    { query: { 'filters.lang': 'en', 'filters.a.b': 'c', 'filters.': 'd' } },
    { filters: { lang: 'en', 'a.b': 'c', '': 'd' } },
  ],
  [
    'a message',
    'ingest',
    { query: { 'document.content': 'x', 'document.materialCode': 'a', 'document.metadata.lang': 'en' } },
    { document: { content: 'x', material_code: 'a', metadata: { lang: 'en' } } },
  ],
  ['the whole body', 'create', { body: { username: 'ada', realName: 'Ada' } }, { username: 'ada', real_name: 'Ada' }],
  ['no body where there could be one', 'create', { body: undefined }, {}],
  ['a body of null', 'create', { body: null }, {}],
  ['path and body', 'update', { params: { user_id: 'u-1' }, body: { phone: '1' } }, { user_id: 'u-1', phone: '1' }],
  ['the path before the body', 'update', { params: { user_id: 'u-1' }, body: { user_id: 'x' } }, { user_id: 'u-1' }],
  [
    'the path before the body, however that spells it',
    'update',
    { params: { user_id: 'u-1' }, body: { userId: 'x', user_id: 'y' } },
    { user_id: 'u-1' },
  ],
])('makes a request of %s', (_, request, parts, expected) => {
  expect(json(request, parts)).toEqual(expected);
});

test.each<[string, Part, JsonValue]>([
  ['a field', { body: { content: 'x' } }, { document: { content: 'x' } }],
  ['a field beside parameters', { query: { rag_code: 'a' }, body: {} }, { rag_code: 'a', document: {} }],
  ['no field when there is no body', { query: { rag_code: 'a' } }, { rag_code: 'a' }],
])('a body can be %s', (_, parts, expected) => {
  expect(withBodyField('document', parts)).toEqual(expected);
});

test.each<[string, keyof typeof REQUESTS, Part, string]>([
  ['an unknown name', 'search', { query: { colour: 'red' } }, 'colour: is not a parameter of this request'],
  ['a name that every object has', 'search', { query: { constructor: 'x' } }, 'constructor: is not a parameter'],
  ['a path into a text', 'search', { query: { 'query.x': 'y' } }, 'query.x: is not a parameter of this request'],
  ['a path into a list', 'batch', { query: { 'user_ids.0': 'y' } }, 'user_ids.0: is not a parameter of this request'],
  ['an unknown field of a message', 'ingest', { query: { 'document.x': 'y' } }, 'document.x: is not a parameter'],
  ['a map without a key', 'search', { query: { filters: 'en' } }, 'filters: must be written filters.<key>=<value>'],
  ['a text twice', 'search', { query: { query: ['a', 'b'] } }, 'query: must be given once'],
  [
    'a text under both its names',
    'search',
    { query: { min_score: '1', minScore: '2' } },
    'minScore: must be given once',
  ],
  ['a key of a map twice', 'search', { query: { 'filters.a': ['x', 'y'] } }, 'filters.a: must be given once'],
  [
    'a message and then its field',
    'ingest',
    { query: { document: 'x', 'document.content': 'y' } },
    'document: must be given by its fields',
  ],
  [
    'a field and then its message',
    'ingest',
    { query: { 'document.content': 'y', document: 'x' } },
    'document: must be given',
  ],
  ['neither true nor false', 'batch', { query: { include_roles: 'yes' } }, 'include_roles: must be true or false'],
  [
    'what the path sets',
    'search',
    { params: { rag_code: 'a' }, query: { rag_code: 'b' } },
    'rag_code: is set by the path',
  ],
  [
    'what the path sets, in camel',
    'search',
    { params: { rag_code: 'a' }, query: { ragCode: 'b' } },
    'ragCode: is set by',
  ],
  ['what a body sets', 'create', { query: { email: 'a@b' }, body: {} }, 'email: is set by the body'],
  ['a body that is a list', 'create', { body: [] }, 'body: must be a JSON object'],
  ['a body that is a text', 'create', { body: 'ada' }, 'body: must be a JSON object'],
])('refuses %s', (_, request, parts, fault) => {
  expect(() => json(request, parts)).toThrow(`request.invalid (${fault}`);
});

test('refuses a parameter for the field that the body is', () => {
  const making = (): JsonValue => withBodyField('document', { query: { 'document.content': 'x' }, body: {} });
  expect(making).toThrow('request.invalid (document.content: is set by the body)');
});
