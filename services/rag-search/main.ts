import { setFlagsFromString } from 'node:v8';
import * as z from 'zod';
import { run } from '../kit/runtime/run';
import { createAccess } from './access';
import { createRagSearchHandlers } from './handlers';
import { messages } from './messages';
import { createKeywordRetriever } from './retriever';
import { ragSearch } from './service';
import { createChunkStore } from './store';

// Ingested texts only pass through. Without this flag V8 leaves about 90 MB of garbage beside the index.
setFlagsFromString('--optimize-for-size');

run(
  ragSearch,
  async ({ mongo, clients, settings }) => {
    const chunks = await createChunkStore(mongo);
    return createRagSearchHandlers({
      chunks,
      retriever: createKeywordRetriever(chunks),
      access: createAccess(clients.users, settings.GUEST_USER_ID),
      chunkCharacters: settings.CHUNK_CHARACTERS,
    });
  },
  {
    messages,
    settings: z.object({
      CHUNK_CHARACTERS: z.coerce.number({ error: 'a number of characters' }).int().min(100, 'at least 100'),
      GUEST_USER_ID: z.string({ error: 'the id of a user' }),
    }),
  },
);
