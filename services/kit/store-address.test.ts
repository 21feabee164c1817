import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config';
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
    'a variable that is no connection string',
    () => ({ MONGO_URI: 'mysql://root:secret@db' }),
    () => `MONGO_URI must be ${EXAMPLE}, not what it is set to`,
  ],
  [
    'a percent sign that is none',
    () => ({ MONGO_URI: 'mongodb://u:secret%@db' }),
    () =>
      'MONGO_URI must be a connection string in which % begins a code of two digits (write %25 for a percent sign), not what it is set to',
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
