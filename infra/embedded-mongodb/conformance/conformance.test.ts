import { MongoClient } from 'mongodb';
import { administering } from './administering';
import { aggregating } from './aggregating';
import { calculating } from './calculating';
import type { Case, Stage } from './case';
import { indexing } from './indexing';
import { JAVA_SERVER } from './java-server';
import { keeping } from './keeping';
import { pages } from './paging';
import { positioning } from './positioning';
import { queries } from './queries';
import { reading } from './reading';
import { findSecondServer, type SecondServer } from './second-server';
import { updating } from './updating';
import { writing } from './writing';
import { startMongoServer } from '../wire/server';

const TOPICS: Record<string, Record<string, Case[]>> = {
  queries,
  reading,
  pages,
  updating,
  positioning,
  writing,
  indexing,
  aggregating,
  calculating,
  keeping,
  administering,
};

const GROUPS = Object.entries(TOPICS).flatMap(([topic, groups]) =>
  Object.entries(groups).map(([group, cases]): [string, Case[]] => [`${topic}: ${group}`, cases]),
);

const embedded: SecondServer = {
  name: 'embedded',
  async start() {
    const server = await startMongoServer({ host: '127.0.0.1', port: 0 });
    return { uri: `mongodb://127.0.0.1:${server.port}`, stop: server.close };
  },
};

/** What is known to be wrong in another server, by the names of cases. */
const WRONG = new Map(Object.entries(JAVA_SERVER).flatMap(([reason, names]) => names.map((name) => [name, reason])));

async function check({ given, act, gives, refused }: Case, { db, collection }: Stage): Promise<void> {
  await db.dropDatabase();
  if (given && given.length > 0) await collection.insertMany(given.map((document) => ({ ...document })));
  if (refused) await expect(act({ db, collection })).rejects.toMatchObject(refused);
  else expect(await act({ db, collection })).toEqual(gives);
}

/** The same cases, whatever the server; those that it is known to get wrong have to go wrong. */
function conforms(server: SecondServer): void {
  let running: Awaited<ReturnType<SecondServer['start']>>;
  let client: MongoClient;
  let isJava = false;

  beforeAll(async () => {
    running = await server.start();
    client = new MongoClient(running.uri, { serverSelectionTimeoutMS: 10_000 });
    // Only a MongoDB knows of which source it was made.
    isJava = server !== embedded && !('gitVersion' in (await client.db('admin').command({ buildInfo: 1 })));
  });

  afterAll(async () => {
    await client.close();
    await running.stop();
    if (isJava) process.stdout.write(`${server.name} is mongo-java-server: wrong in ${WRONG.size} cases, as noted\n`);
  });

  describe.each(GROUPS)('%s', (group, cases) => {
    test.each(cases.map((each): [string, Case] => [each.name, each]))('%s', async (name, each) => {
      const db = client.db(`conform_${process.pid}`);
      const outcome = check(each, { db, collection: db.collection('c') });
      if (isJava && WRONG.has(`${group} | ${name}`)) await expect(outcome).rejects.toThrow();
      else await outcome;
    });
  });
}

describe('the embedded server', () => conforms(embedded));

const second = findSecondServer(process.env);

if (second) describe(`the second server, ${second.name}`, () => conforms(second));
else
  test.skip('no second server: WEFT_MONGOD names none by its mongodb:// URI, and there is no mongod on PATH', () =>
    undefined);

test('what is noted of another server are cases that there are', () => {
  const names = GROUPS.flatMap(([group, cases]) => cases.map(({ name }) => `${group} | ${name}`));
  expect([...WRONG.keys()].filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
