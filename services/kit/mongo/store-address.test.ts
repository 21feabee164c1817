import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { readConfig } from '../runtime/config';
import { STORE_CONFIG, type StoreAddress } from './store-address';

const read = (environment: Record<string, string>): StoreAddress => readConfig(STORE_CONFIG, environment).mongo;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-address-'));
  file = join(folder, 'uri');
});

afterEach(() => rmSync(folder, { recursive: true }));

const fileWith = (text: string | Buffer): string => {
  writeFileSync(file, text);
  return file;
};

test('a connection string is read from its variable', () => {
  expect(read({ MONGO_URI: 'mongodb+srv://u:p%40@db.example/x' })).toEqual({
    uri: 'mongodb+srv://u:p%40@db.example/x',
  });
});

test.each(['', '\n', '\r\n', ' \n\n'])('a connection string is read from a file that ends with %j', (end) => {
  const found = read({ MONGO_URI_FILE: fileWith(`mongodb://u:p@db/x${end}`) });
  expect(found).toEqual({ uri: 'mongodb://u:p@db/x', file });
});

const ENCODED =
  'a connection string with the special characters of user, password, database and options percent-encoded ' +
  '(@ is %40, / is %2F, : is %3A, # is %23, ? is %3F, % is %25)';

const EXAMPLE = 'a connection string, for example mongodb://localhost:27017';

test.each<[string, () => Record<string, string>, () => string]>([
  [
    'neither',
    () => ({}),
    () => `MONGO_URI is missing; set it to ${EXAMPLE}, or MONGO_URI_FILE to the path of a file that has one`,
  ],
  [
    'both',
    () => ({ MONGO_URI: 'mongodb://secret', MONGO_URI_FILE: fileWith('mongodb://secret') }),
    () => 'MONGO_URI and MONGO_URI_FILE are both set; leave one of them out',
  ],
  ['a variable that is empty', () => ({ MONGO_URI: '' }), () => `MONGO_URI must be ${EXAMPLE}, not what it is set to`],
  [
    'a variable that is not a connection string',
    () => ({ MONGO_URI: 'mysql://root:secret@db' }),
    () => `MONGO_URI must be ${EXAMPLE}, not what it is set to`,
  ],
  [
    'a percent sign that escapes nothing',
    () => ({ MONGO_URI: 'mongodb://u:secret%@db' }),
    () => `MONGO_URI must be ${ENCODED}, not what it is set to`,
  ],
  [
    'a password that is not encoded, in a file',
    () => ({ MONGO_URI_FILE: fileWith('mongodb://u:sec/secret@db') }),
    () => `MONGO_URI_FILE: ${file} must have ${ENCODED}, not what is in it`,
  ],
  [
    'a connection string in place of a path',
    () => ({ MONGO_URI_FILE: 'mongodb://u:secret@db' }),
    () => 'MONGO_URI_FILE must be the absolute path of a file that has a connection string, not what it is set to',
  ],
  [
    'a file that is not there',
    () => ({ MONGO_URI_FILE: file }),
    () =>
      `MONGO_URI_FILE cannot be read: ENOENT: no such file or directory, open '${file}'; name a file that has ${EXAMPLE}`,
  ],
  [
    'a folder',
    () => (mkdirSync(file), { MONGO_URI_FILE: file }),
    () =>
      `MONGO_URI_FILE cannot be read: EISDIR: illegal operation on a directory, read; name a file that has ${EXAMPLE}`,
  ],
  [
    'a file that is empty',
    () => ({ MONGO_URI_FILE: fileWith('\n') }),
    () => `MONGO_URI_FILE: ${file} is empty; write ${EXAMPLE} into it`,
  ],
  [
    'a file with something else',
    () => ({ MONGO_URI_FILE: fileWith('secret') }),
    () => `MONGO_URI_FILE: ${file} must have ${EXAMPLE}, not what is in it`,
  ],
  [
    'a file with two lines',
    () => ({ MONGO_URI_FILE: fileWith('mongodb://u:secret@db\nmongodb://u:secret@db\n') }),
    () => `MONGO_URI_FILE: ${file} must have ${EXAMPLE}, not what is in it`,
  ],
])('%s is told in a sentence without the secret', (_, environment, sentence) => {
  const refused = () => read(environment());
  expect(refused).toThrow(new Error(`the environment is wrong:\n  ${sentence()}`));
  expect(refused).not.toThrow('secret');
});

const SENTENCE = `the environment is wrong:\n  MONGO_URI must be ${ENCODED}, not what it is set to`;

const refusal = (uri: string): string => {
  try {
    return read({ MONGO_URI: uri }).uri;
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
      expect(read({ MONGO_URI: uri })).toEqual({ uri });
      expect(new MongoClient(uri).options.credentials).toMatchObject({ username: user, password });
    }),
  );
});
