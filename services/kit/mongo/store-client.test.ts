import { createStoreClient } from './store-client';

test.each([
  ['mongodb://db', 'payment'],
  ['mongodb://u@db/x', 'x'],
  ['mongodb://u:p@a:1,[::1]:27017/a%2Fb?replicaSet=r', 'a/b'],
  ['mongodb://%2Ftmp%2Fmongodb.sock/x', 'x'],
  ['mongodb://db?tlsCAFile=/etc/ca.pem', 'payment'],
  ['mongodb://db/x?readPreferenceTags=dc:ny,rack:1', 'x'],
])('%s is read, and names the database %s', (uri, database) => {
  expect(createStoreClient(uri, 'payment').db.databaseName).toBe(database);
});
