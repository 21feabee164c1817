import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, Double, Long } from 'bson';
import { createDatabases, type Databases } from './databases';
import { type Journal, openJournal } from './journal';
import { encodeRecord, MAGIC, readJournal } from './journal-file';
import { until } from '../../../services/kit/testing/programs/until';

let [folder, path] = ['', ''];
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-journal-'));
  path = join(folder, 'journal');
  said = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

function open(slackBytes = 1024 * 1024): { databases: Databases; journal: Journal } {
  const databases = createDatabases((effect) => journal.record(effect));
  const fail = (error: Error): never => {
    throw error;
  };
  const journal: Journal = openJournal({ folder, databases, say: (text) => said.push(text), fail, slackBytes });
  return { databases, journal };
}

/** Does something in a database that is closed after it. */
function session(work: (databases: Databases) => void): void {
  const { databases, journal } = open();
  work(databases);
  journal.close();
}

function contents(databases: Databases): Record<string, Document[]> {
  const names = databases.names().flatMap((name) => databases.collections(name).map((each) => [name, each] as const));
  return Object.fromEntries(names.map(([name, each]) => [`${name}.${each}`, databases.find(name, each)?.all() ?? []]));
}

function kept(): Record<string, Document[]> {
  let found = {};
  session((databases) => {
    found = contents(databases);
  });
  return found;
}

const change = (filter: Document, update: Document) => ({ filter, update, multi: true, upsert: false });

test('everything that happens is there again', () => {
  session((databases) => {
    const users = databases.open('app', 'users');
    users.insert({ _id: 1, n: Long.fromNumber(5), d: new Double(1) });
    users.insert({ _id: 2, n: 1 });
    users.insert({ _id: 3, n: 1 });
    users.update(change({ _id: 1 }, { $inc: { n: 1 } }));
    users.delete({ _id: 2 }, { all: true });
    databases.createIndex('app', 'users', { name: 'n_1', key: { n: 1 }, unique: true });
    databases.createIndex('app', 'users', { name: 'd_1', key: { d: 1 }, unique: false });
    databases.dropIndex('app', 'users', 'd_1');
    databases.open('app', 'gone').insert({ _id: 1 });
    databases.drop('app', 'gone');
    databases.open('app', 'old').insert({ _id: 'moved' });
    databases.rename('app.old', 'app.new', false);
    databases.open('other', 'empty');
  });
  session((databases) => {
    expect(contents(databases)).toEqual({
      'app.users': [
        { _id: 1, n: Long.fromNumber(6), d: new Double(1) },
        { _id: 3, n: 1 },
      ],
      'app.new': [{ _id: 'moved' }],
      'other.empty': [],
    });
    const users = databases.find('app', 'users');
    expect(users?.indexes().map(({ name, unique }) => [name, unique])).toEqual([
      ['_id_', true],
      ['n_1', true],
    ]);
    expect(() => users?.insert({ n: 1 })).toThrow(/E11000.*n_1/);
  });
  expect(said).toEqual([]);
});

test('a last record that is cut at any byte is left out, and said to be, and writing goes on', () => {
  session((databases) => databases.open('a', 'b').insert({ _id: 1 }));
  const before = statSync(path).size;
  session((databases) => databases.open('a', 'b').insert({ _id: 2, text: 'x'.repeat(20) }));
  const whole = readFileSync(path);
  expect(whole.length).toBeGreaterThan(before + 40);
  for (let length = before + 1; length < whole.length; length += 1) {
    said = [];
    writeFileSync(path, whole.subarray(0, length));
    session((databases) => {
      expect(contents(databases)).toEqual({ 'a.b': [{ _id: 1 }] });
      databases.open('a', 'b').insert({ _id: 3 });
    });
    expect(said).toEqual([expect.stringContaining(`cutting off its ${length - before} bytes`)]);
    expect(kept()).toEqual({ 'a.b': [{ _id: 1 }, { _id: 3 }] });
  }
});

test('a last record with any wrong byte is left out', () => {
  session((databases) => databases.open('a', 'b').insert({ _id: 1 }));
  const before = statSync(path).size;
  session((databases) => databases.open('a', 'b').insert({ _id: 2 }));
  const whole = readFileSync(path);
  for (let at = before; at < whole.length; at += 1) {
    const wrong = Buffer.from(whole);
    wrong[at] = (wrong[at] as number) ^ 0xff;
    writeFileSync(path, wrong);
    expect(kept()).toEqual({ 'a.b': [{ _id: 1 }] });
  }
});

test('a file that the system had made longer, but not yet filled, is cut', () => {
  session((databases) => databases.open('a', 'b').insert({ _id: 1 }));
  appendFileSync(path, Buffer.alloc(4096));
  expect(kept()).toEqual({ 'a.b': [{ _id: 1 }] });
  expect(said).toHaveLength(1);
});

test.each(['length', 'sum', 'body'])(
  'damage in the middle, here to the %s, is refused and nothing is touched',
  (part) => {
    session((databases) => databases.open('a', 'b').insert({ _id: 1 }));
    const at = statSync(path).size;
    session((databases) => databases.open('a', 'b').insert({ _id: 2 }));
    session((databases) => databases.open('a', 'b').insert({ _id: 3 }));
    const damaged = readFileSync(path);
    const offset = at + { length: 1, sum: 5, body: 20 }[part as 'length'];
    damaged[offset] = (damaged[offset] as number) ^ 0xff;
    writeFileSync(path, damaged);
    expect(() => open()).toThrow(`${path} is damaged at byte ${at}`);
    expect(() => open()).toThrow(`truncate -s ${at} ${path}`);
    expect(readFileSync(path)).toEqual(damaged);
    // What the message says to do works.
    truncateSync(path, at);
    expect(kept()).toEqual({ 'a.b': [{ _id: 1 }] });
  },
);

test('a file that is something else is left alone', () => {
  writeFileSync(path, 'a diary, and a long one');
  expect(() => open()).toThrow('is not a journal of this version');
  expect(readFileSync(path, 'utf8')).toBe('a diary, and a long one');
});

test('a start that was interrupted before anything was written does no damage', () => {
  writeFileSync(path, MAGIC.subarray(0, 3));
  expect(kept()).toEqual({});
});

test('a folder has one server at a time', () => {
  const first = open();
  expect(() => open()).toThrow(`${folder} is in use by another server, process ${process.pid}`);
  first.journal.close();
  open().journal.close();
});

test('a lock of a process that ended, or of another that has its number now, holds nobody up', () => {
  for (const stale of ['999999999\n123\n', `${process.pid}\n1\n`, '', 'nonsense']) {
    writeFileSync(join(folder, 'lock'), stale);
    open().journal.close();
  }
});

describe('written anew', () => {
  const updates = (databases: Databases, count: number): void => {
    const users = databases.open('a', 'users');
    if (users.size() === 0) users.insert({ _id: 1, n: 0, text: 'x'.repeat(1_000) });
    for (let n = 0; n < count; n += 1) users.update(change({ _id: 1 }, { $inc: { n: 1 } }));
  };

  test('the journal holds what is true, and what happened meanwhile', async () => {
    const { databases, journal } = open();
    updates(databases, 500);
    for (let n = 0; n < 2_000; n += 1) databases.open('a', 'many').insert({ _id: n });
    await journal.sync();
    const before = statSync(path).size;
    const compacting = journal.compact();
    updates(databases, 1);
    databases.open('a', 'many').delete({ _id: 7 }, { all: true });
    await new Promise(setImmediate);
    databases.open('a', 'many').insert({ _id: 'late' });
    await compacting;
    databases.open('a', 'many').insert({ _id: 'later' });
    const there = contents(databases);
    journal.close();
    expect(statSync(path).size).toBeLessThan(before / 2);
    expect(kept()).toEqual(there);
    expect(there['a.many']).toHaveLength(2_001);
  });

  test('nothing is lost of what is written in any turn of it', async () => {
    const { databases, journal } = open();
    const many = databases.open('a', 'many');
    for (let n = 0; n < 5_000; n += 1) many.insert({ _id: n });
    let over = false;
    const compacting = journal.compact().then(() => (over = true));
    const synced: Promise<void>[] = [];
    for (let n = 0; !over; n += 1) {
      many.insert({ _id: `meanwhile ${n}` });
      synced.push(journal.sync());
      await new Promise(setImmediate);
    }
    await Promise.all([compacting, ...synced]);
    const there = contents(databases);
    journal.close();
    expect(kept()).toEqual(there);
  });

  test('it is, by itself, once it is much larger than the data', async () => {
    const { databases, journal } = open(50_000);
    // These are 200 records of 1,000 bytes.
    updates(databases, 200);
    await journal.sync();
    await until('it is compacted', () => statSync(path).size <= 50_000);
    journal.close();
    expect(kept()).toMatchObject({ 'a.users': [{ _id: 1, n: 200 }] });
  });

  test('a new one that was not finished is not taken for one', () => {
    session((databases) => databases.open('a', 'b').insert({ _id: 1 }));
    writeFileSync(`${path}.new`, Buffer.concat([MAGIC, encodeRecord({ in: 'a.c', create: true })]));
    expect(kept()).toEqual({ 'a.b': [{ _id: 1 }] });
  });
});

test('who waits is told once it is written, and all that came before is there', async () => {
  const { databases, journal } = open();
  databases.open('a', 'b').insert({ _id: 1 });
  const size = statSync(path).size;
  const written = new Promise<number>((resolve) => journal.whenWritten(() => resolve(statSync(path).size)));
  expect(await written).toBeGreaterThan(size);
  const effects: Document[] = [];
  readJournal(path, (effect) => effects.push(effect));
  expect(effects).toEqual([
    { in: 'a.b', create: true },
    { in: 'a.b', put: { _id: 1 } },
  ]);
  journal.close();
});
