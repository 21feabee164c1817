import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { hasUnencodedCharacters } from './store-address';
import { createStoreClient } from './store-client';

const SENTENCE =
  'MongoDB’s driver cannot read the connection string; look for characters in the user, the password, the database or ' +
  'the options that have to be encoded (@ is %40, / is %2F, : is %3A, # is %23, ? is %3F, % is %25), and for options ' +
  'that do not exist';

const refusal = (uri: string): unknown => {
  try {
    return createStoreClient(uri, 'payment').db.databaseName;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a password that is not encoded is told in one sentence, which does not quote it', () => {
  test.each(['@', '/', ':', '#', '?', '[', ']', '%'])(
    'with %s at the start, in the middle or at the end',
    (character) => {
      for (const password of [
        `${character}pass`,
        `pa${character}ss`,
        `pass${character}`,
        `p${character}a@s/s`,
        `p@s${character}s`,
      ])
        for (const rest of ['db', 'db:27017/x', 'a,b/?replicaSet=r'])
          expect(refusal(`mongodb://user:${password}@${rest}`)).toBe(SENTENCE);
    },
  );

  test('wherever the characters stand, also in the user', () => {
    const part = fc.string({ unit: fc.constantFrom(...Array.from('ab1.,!$&-_@/:#?[]')), minLength: 1, maxLength: 8 });
    const wrong = fc.tuple(part, part).filter((parts) => /[@/:#?[\]]/.test(parts.join('')));
    fc.assert(
      fc.property(wrong, fc.constantFrom('db', 'db:1/x', 'db/x?tls=true'), ([user, password], rest) => {
        expect(refusal(`mongodb://${user}:${password}@${rest}`)).toBe(SENTENCE);
      }),
    );
  });
});

test.each(['mongodb://db/a/b', 'mongodb://db/x#y', 'mongodb://db/?appName=a#b', 'mongodb://u:p@db/?appName=a@b'])(
  '%s has characters behind the hosts that are not encoded',
  (uri) => {
    expect(refusal(uri)).toBe(SENTENCE);
  },
);

test('any user and password that are encoded are read as they are', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom(...Array.from('a@/:#?%[]&=+ $,;é😀')), minLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1 }),
  );
  fc.assert(
    fc.property(part, part, (user, password) => {
      const uri = `mongodb://${encodeURIComponent(user)}:${encodeURIComponent(password)}@db/x`;
      expect(hasUnencodedCharacters(uri)).toBe(false);
      expect(new MongoClient(uri).options.credentials).toMatchObject({ username: user, password });
    }),
  );
});

test.each([
  ['mongodb://db', 'payment'],
  ['mongodb://u@db/x', 'x'],
  ['mongodb://u:p@a:1,[::1]:27017/a%2Fb?replicaSet=r', 'a/b'],
  ['mongodb://%2Ftmp%2Fmongodb.sock/x', 'x'],
  ['mongodb://db?tlsCAFile=/etc/ca.pem', 'payment'],
  ['mongodb://db/x?readPreferenceTags=dc:ny,rack:1', 'x'],
])('%s is read, and names the database %s', (uri, database) => {
  expect(refusal(uri)).toBe(database);
});
