import { Metadata } from '@grpc/grpc-js';
import type { Db } from 'mongodb';
import { startMongo, type TestMongo } from '../../infra/embedded-mongodb/testing/start-mongo';
import { type CallContext, rootCall } from '../kit/protocol/call';
import type { Clients } from '../kit/protocol/rpc';
import { serve, type Served } from '../kit/testing/serve';
import { createUserInfoHandlers } from '../user-info/handlers';
import { seedUsers } from '../user-info/seed';
import { userInfo } from '../user-info/service';
import { createUserStore } from '../user-info/store';
import { createAccess } from './access';
import { createRagSearchHandlers } from './handlers';
import { createKeywordRetriever } from './retriever';
import { ragSearch } from './service';
import { createChunkStore } from './store';

const getUserInfo = userInfo.only('getUserInfo');
const calls = ragSearch.only('search', 'ingest');
const reader = as('u-1003');
const admin = as('u-1001');

let database: TestMongo;
let db: Db;
let users: Served<typeof getUserInfo>;
let rag: Served<typeof calls>;
/** How often user-info was. */
let asked = 0;

beforeAll(async () => {
  database = await startMongo();
  db = database.client.db('rag-search');
  const store = await createUserStore(database.client.db('user-info'));
  await seedUsers(database.client.db('user-info'));
  users = await serve(userInfo, createUserInfoHandlers({ users: store }), getUserInfo);
  const chunks = await createChunkStore(db);
  const access = createAccess(countingUsers(), 'u-guest');
  const retriever = createKeywordRetriever(chunks);
  rag = await serve(ragSearch, createRagSearchHandlers({ chunks, retriever, access, chunkCharacters: 100 }), calls);
});

afterAll(async () => {
  await rag.stop();
  await users.stop();
  await database.stop();
});

function countingUsers(): Clients<typeof ragSearch>['users'] {
  return {
    getUserInfo: (request, context) => {
      asked += 1;
      return users.client.getUserInfo(request, context);
    },
  };
}

function as(userId: string): CallContext {
  const metadata = new Metadata();
  metadata.set('user-id', userId);
  return rootCall({ metadata });
}

function document(ragCode: string, materialCode: string) {
  return { ragCode, document: { materialCode, content: 'Rivers.', metadata: {} } };
}

async function kept(ragCode: string): Promise<unknown[]> {
  const materials = await db.collection('materials').find({ ragCode }).toArray();
  return materials.map((material) => material['materialCode'] as unknown);
}

test.each([
  ['a reader', reader, 'PERMISSION_DENIED', 'ingest.denied (user_id: u-1003, rag_code: fresh)'],
  ['a guest', rootCall({}), 'PERMISSION_DENIED', 'ingest.denied (user_id: u-guest, rag_code: fresh)'],
  ['a user without rights', as('u-1010'), 'PERMISSION_DENIED', 'ingest.denied (user_id: u-1010, rag_code: fresh)'],
  ['somebody unknown', as('u-9'), 'UNAUTHENTICATED', 'caller.unknown (user_id: u-9)'],
])('of %s keeps nothing', async (_, context, code, message) => {
  const ingesting = rag.client.ingest([document('fresh', 'a.md'), document('fresh', 'b.md')], context);
  await expect(ingesting).rejects.toMatchObject({ code, message });
  expect(await kept('fresh')).toEqual([]);
  expect(await db.collection('collections').countDocuments({ ragCode: 'fresh' })).toBe(0);
});

test('of an editor is taken', async () => {
  expect(await rag.client.ingest([document('edited', 'a.md')], as('u-1002'))).toMatchObject({ documents: 1 });
  expect(await rag.client.search({ ragCode: 'edited', query: 'rivers' }, as('u-1002'))).toMatchObject({ total: 1 });
});

test('looks at every collection of a stream, and what came before the denial is kept and found', async () => {
  const permissions = database.client.db('user-info').collection('rolePermissions');
  await permissions.insertOne({ role: 'reader', permission: 'rag.ingest:mine' });
  const documents = [document('mine', 'a.md'), document('theirs', 'b.md'), document('mine', 'c.md')];
  const error = { code: 'PERMISSION_DENIED', message: 'ingest.denied (user_id: u-1003, rag_code: theirs)' };
  await expect(rag.client.ingest(documents, reader)).rejects.toMatchObject(error);
  expect([await kept('mine'), await kept('theirs')]).toEqual([['a.md'], []]);
  expect(await rag.client.search({ ragCode: 'mine', query: 'rivers' }, admin)).toMatchObject({ total: 1 });
});

test('asks user-info once a collection, however many documents there are', async () => {
  const before = asked;
  const documents = Array.from({ length: 30 }, (_, n) => document(n % 3 === 0 ? 'one' : 'two', `${n}.md`));
  expect(await rag.client.ingest(documents, admin)).toMatchObject({ documents: 30 });
  expect(asked - before).toBe(2);
});
