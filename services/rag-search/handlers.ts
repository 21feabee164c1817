import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ChunkSchema, SearchResultSchema } from '../../proto/gen/weft/rag/v1/rag_search_pb';
import type { Call } from '../kit/protocol/call';
import type { Handlers } from '../kit/protocol/rpc';
import { StatusError } from '../kit/errors/status-error';
import { type Access, EVERY_COLLECTION } from './access';
import { chunkText } from './chunker';
import type { Hit, Retriever } from './retriever';
import type { ragSearch } from './service';
import type { ChunkRecord, ChunkStore } from './store';

interface Dependencies {
  chunks: ChunkStore;
  retriever: Retriever;
  access: Access;
  chunkCharacters: number;
}

interface SearchFields {
  ragCode: string;
  query: string;
  limit: number;
  minScore: number;
  filters: Record<string, string>;
}

/** The codes of a refusal. Any other code means that the rights of the caller are unknown. */
const REFUSALS = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED']);

export function createRagSearchHandlers(dependencies: Dependencies): Handlers<typeof ragSearch> {
  const { chunks, access } = dependencies;
  return {
    async search(request, call) {
      const { hits, total } = await search(dependencies, request, call);
      return { results: hits.map(toResult), total };
    },

    async *streamSearch(request, call) {
      const { hits } = await search(dependencies, request, call);
      for (const hit of hits) yield { result: toResult(hit) };
    },

    async getChunk({ ragChunkCode }, call) {
      const [chunk] = await chunks.get([ragChunkCode]);
      // Codes can be guessed from the names of materials, so only a caller who may read everything learns whether a
      // chunk is missing or forbidden.
      const { size } = await access.permitted('search', [chunk?.ragCode ?? EVERY_COLLECTION], call);
      if (size === 0) throw new StatusError('PERMISSION_DENIED', 'chunk.denied', { rag_chunk_code: ragChunkCode });
      if (!chunk) throw new StatusError('NOT_FOUND', 'chunk.not-found', { rag_chunk_code: ragChunkCode });
      return { chunk: toChunk(chunk) };
    },

    async getChunksBatch({ ragChunkCodes }, call) {
      const found = await chunks.get([...new Set(ragChunkCodes)]);
      const ragCodes = new Set(found.map(({ ragCode }) => ragCode));
      const permitted = await access.permitted('search', ragCodes, call);
      // Forbidden chunks are left out like missing ones, for the same reason.
      return { chunks: found.filter(({ ragCode }) => permitted.has(ragCode)).map(toChunk) };
    },

    ingest: (requests, call) => ingest(dependencies, requests, call),
  };
}

/** Checks the right of the caller, searches, and writes a line to the audit log. */
async function search({ access, retriever }: Dependencies, request: SearchFields, call: Call) {
  const { ragCode, query, limit, minScore, filters } = request;
  const userId = await requireSearch(access, ragCode, call);
  const found = await retriever.search({ ragCode, text: query, limit: limit || 10, minScore, filters });
  call.log.info({ audit: 'rag.search', userId, ragCode, results: found.hits.length, total: found.total }, 'searched');
  return found;
}

/** Requires the right to search a collection; refusals go to the audit log too. */
async function requireSearch(access: Access, ragCode: string, call: Call): Promise<string> {
  try {
    return await access.require('search', [ragCode], call);
  } catch (error) {
    if (error instanceof StatusError && REFUSALS.has(error.code)) {
      const { reason, metadata } = error;
      call.log.info({ audit: 'rag.search', userId: metadata['user_id'], ragCode, denied: reason }, 'search denied');
    }
    throw error;
  }
}

type IngestRequests = Parameters<Handlers<typeof ragSearch>['ingest']>[0];

async function ingest(dependencies: Dependencies, requests: IngestRequests, call: Call) {
  const { chunks, retriever } = dependencies;
  const touched = new Set<string>();
  let counts: Counts;
  try {
    counts = await keepAll(dependencies, requests, call, touched);
  } finally {
    // Also if the stream broke off: documents that were stored by then are found.
    for (const ragCode of touched) await chunks.bump(ragCode);
  }
  // Otherwise the first search would wait until a large collection is indexed.
  for (const ragCode of touched) await retriever.refresh(ragCode);
  return counts;
}

interface Counts {
  documents: number;
  chunks: number;
  bytes: bigint;
}

/** Stores documents as they arrive. @param touched gets the changed collections, also if it fails halfway */
async function keepAll(
  { chunks, access, chunkCharacters }: Dependencies,
  requests: IngestRequests,
  call: Call,
  touched: Set<string>,
): Promise<Counts> {
  const counts = { documents: 0, chunks: 0, bytes: 0n };
  for await (const { ragCode, document } of requests) {
    // The contract requires it, but the generated type of a nested message is always optional.
    if (!document) continue;
    // Once per collection: documents arrive by the thousand.
    if (!touched.has(ragCode)) await access.require('ingest', [ragCode], call);
    const { materialCode, content, metadata } = document;
    const pieces = chunkText(content, chunkCharacters);
    await chunks.replace({ ragCode, materialCode, metadata, pieces });
    touched.add(ragCode);
    counts.documents += 1;
    counts.chunks += pieces.length;
    counts.bytes += BigInt(Buffer.byteLength(content));
  }
  return counts;
}

function toResult({ chunk, score }: Hit): MessageInitShape<typeof SearchResultSchema> {
  const { code, ragCode, materialCode, content, index } = chunk;
  return { ragChunkCode: code, ragCode, materialCode, content, score, chunkIndex: index };
}

function toChunk({ code, content, materialCode, tokenCount }: ChunkRecord): MessageInitShape<typeof ChunkSchema> {
  return { code, content, materialCode, tokenCount };
}
