import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { createCursors } from '../commands/cursors';
import { startMongoServer } from '../wire/server';
import { until } from '../../../services/kit/testing/programs/until';

test('a cursor that nobody asks for ten minutes is gone, and one without a time-out is not', () => {
  let now = 0;
  const cursors = createCursors(() => now);
  const documents = [{ _id: 1 }, { _id: 2 }, { _id: 3 }];
  const idOf = (reply: Document): string => String((reply['cursor'] as Document)['id']);
  const idle = idOf(cursors.open('a.b', documents, { batchSize: 1 }));
  const used = idOf(cursors.open('a.b', documents, { batchSize: 1 }));
  const immortal = idOf(cursors.open('a.b', documents, { batchSize: 1, immortal: true }));
  now = 9 * 60_000;
  cursors.next(used, 'a.b', 1);
  cursors.expire();
  expect(cursors.size()).toBe(3);
  now = 10 * 60_000;
  cursors.expire();
  expect(() => cursors.next(idle, 'a.b', 1)).toThrow(`cursor id ${idle} not found`);
  expect(cursors.next(used, 'a.b', 1)).toMatchObject({ cursor: { nextBatch: [{ _id: 3 }] } });
  expect(cursors.next(immortal, 'a.b', 1)).toMatchObject({ cursor: { nextBatch: [{ _id: 2 }] } });
});

test('documents go when an index says that their time is over', async () => {
  const short = await startMongoServer({ host: '127.0.0.1', port: 0, sweepMs: 10 });
  const other = new MongoClient(`mongodb://127.0.0.1:${short.port}`);
  const codes = other.db('test').collection<{ _id: number; at?: Date }>('codes');
  await codes.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 60 }]);
  await codes.insertMany([{ _id: 1, at: new Date(Date.now() - 61_000) }, { _id: 2, at: new Date() }, { _id: 3 }]);
  await until('one has gone', async () => (await codes.countDocuments()) <= 2);
  expect((await codes.find().toArray()).map(({ _id }) => _id)).toEqual([2, 3]);
  await other.close();
  await short.close();
});
