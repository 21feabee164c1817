import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chooseMongo, type MongoChoice } from './mongo';

let root: string;
let stateFolder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weft-mongo-'));
  stateFolder = join(root, 'state');
});

afterEach(() => rmSync(root, { recursive: true }));

/** A folder for PATH that has a `mongod`. */
function folderWith(name: string, mode: number): string {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'mongod'), '#!/bin/sh\n');
  chmodSync(join(folder, 'mongod'), mode);
  return folder;
}

const choose = (environment: Record<string, string>): MongoChoice =>
  chooseMongo({ environment, appFolder: '/app', stateFolder, port: 27_100 });

test('MONGO_URI wins, and no database is started', () => {
  const uri = 'mongodb://db.example:27017/?replicaSet=rs0';
  expect(choose({ MONGO_URI: uri, PATH: folderWith('bin', 0o755) })).toEqual({ kind: 'given', uri });
});

test('the first mongod on PATH runs on loopback, with its data in the state folder', () => {
  const [first, second] = [folderWith('first', 0o755), folderWith('second', 0o755)];
  const path = ['', join(root, 'nowhere'), first, second].join(delimiter);
  const data = join(stateFolder, 'mongod');
  expect(choose({ MONGO_URI: '', PATH: path })).toMatchObject({
    kind: 'mongod',
    uri: 'mongodb://127.0.0.1:27100',
    pod: {
      command: [join(first, 'mongod'), '--dbpath', data, '--bind_ip', '127.0.0.1', '--port', '27100', '--quiet'],
      probes: { readiness: { port: 27_100 } },
    },
  });
  expect(existsSync(data)).toBe(true);
});

describe('the embedded server runs', () => {
  const embedded = () => ({
    kind: 'embedded',
    uri: 'mongodb://127.0.0.1:27100',
    pod: {
      command: ['node', './mongodb.cjs'],
      folder: '/app',
      env: { MONGO_ADDRESS: '127.0.0.1', MONGO_PORT: '27100', MONGO_DATA: join(stateFolder, 'mongodb') },
      probes: { readiness: { port: 27_100 } },
    },
  });

  test.each<[string, () => Record<string, string>]>([
    ['there is no PATH', () => ({})],
    ['PATH has no mongod', () => ({ PATH: root })],
    ['mongod is not executable', () => ({ PATH: folderWith('bin', 0o644) })],
    ['mongod is a folder', () => ({ PATH: join(folderWith('mongod', 0o755), '..') })],
  ])('when %s', (_, environment) => {
    expect(choose(environment())).toMatchObject(embedded());
    expect(existsSync(join(stateFolder, 'mongod'))).toBe(false);
  });
});
