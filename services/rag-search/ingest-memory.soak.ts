import { Metadata } from '@grpc/grpc-js';
import { rootCall } from '../kit/protocol/call';
import { connect } from '../kit/client/client';
import type { Memory } from '../kit/testing/programs/memory';
import { buildPrograms, type Programs } from '../kit/testing/programs/programs';
import { ragSearch } from './service';

// Documents go from the stream to the database one by one. What a collection holds is indexed in memory, by design;
// so the same few materials come again and again, each time changed, and only what is on its way would add up.

const MB = 1024 * 1024;
const DOCUMENT = 64 * 1024;
const DOCUMENTS = 1_600;
const MATERIALS = 16;

/** How much more memory than at rest the service may have, in MB. */
const MARGIN = 50;

let programs: Programs;

beforeAll(async () => {
  programs = await buildPrograms(
    'services/rag-search/main.ts',
    'services/user-info/main.ts',
    'infra/embedded-mongodb/main.ts',
    'services/kit/testing/programs/memory-probe.ts',
  );
});

afterAll(() => {
  programs.killAll();
  programs.remove();
});

/** Text of ordinary words, another for every number. */
function textOf(number: number): string {
  const line = `Report ${number} is about nothing in particular, and says so in as many words as all others do.\n`;
  return line.repeat(Math.ceil(DOCUMENT / line.length)).slice(0, DOCUMENT);
}

function* documents() {
  for (let number = 0; number < DOCUMENTS; number += 1)
    yield {
      ragCode: 'reports',
      document: { materialCode: `m-${number % MATERIALS}`, content: textOf(number), metadata: {} },
    };
}

test('100 MB of text go through Ingest without piling up in the service', async () => {
  const mongo = programs.start('embedded-mongodb', { MONGO_PORT: '0' });
  const shared = { GRPC_PORT: '0', MONGO_URI: `mongodb://127.0.0.1:${await mongo.port}` };
  const users = programs.start('user-info', { ...shared, SEED_DATA: 'true' });
  const environment = {
    ...shared,
    USER_INFO_GRPC_URL: `127.0.0.1:${await users.port}`,
    CHUNK_CHARACTERS: '1200',
    GUEST_USER_ID: 'u-guest',
  };
  const flags = ['--require', programs.path('memory-probe')];
  const service = programs.start('rag-search', environment, flags);
  const { client, close } = connect(ragSearch.only('ingest'), `127.0.0.1:${await service.port}`);
  const metadata = new Metadata();
  metadata.set('user-id', 'u-1001');
  const { rss } = await service.ask<Memory>('restart');
  const counts = await client.ingest(documents(), rootCall({ timeout: '10m', metadata }));
  expect(counts).toMatchObject({ documents: DOCUMENTS, bytes: BigInt(100 * MB) });
  const { peak } = await service.ask<Memory>('memory');
  expect(peak - rss).toBeLessThan(MARGIN);
  close();
}, 300_000);
