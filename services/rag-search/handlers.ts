import type { Chunk } from '../../proto/gen/types/weft/rag/v1/Chunk';
import type { SearchResult } from '../../proto/gen/types/weft/rag/v1/SearchResult';
import type { Call } from '../kit/call';
import type { Handlers } from '../kit/rpc';
import { StatusError } from '../kit/status-error';
import type { Access } from './access';
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
      if (!chunk) throw new StatusError('NOT_FOUND', 'chunk.not-found', { rag_chunk_code: ragChunkCode });
      await access.require([chunk.ragCode], call);
      return { chunk: toChunk(chunk) };
    },

    async getChunksBatch({ ragChunkCodes }, call) {
      const found = await chunks.get([...new Set(ragChunkCodes)]);
      await access.require(new Set(found.map((chunk) => chunk.ragCode)), call);
      return { chunks: found.map(toChunk) };
    },

    ingest: (requests) => ingest(dependencies, requests),
  };
}

/** Who asks, whether they may, what there is, and a line for the audit that says so. */
async function search({ access, retriever }: Dependencies, request: SearchFields, call: Call) {
  const { ragCode, query, limit, minScore, filters } = request;
  const userId = await access.require([ragCode], call);
  const found = await retriever.search({ ragCode, text: query, limit: limit || 10, minScore, filters });
  call.log.info({ audit: 'rag.search', userId, ragCode, results: found.hits.length, total: found.total }, 'searched');
  return found;
}

type IngestRequests = Parameters<Handlers<typeof ragSearch>['ingest']>[0];

async function ingest({ chunks, retriever, chunkCharacters }: Dependencies, requests: IngestRequests) {
  const counts = { documents: 0, chunks: 0, bytes: 0 };
  const touched = new Set<string>();
  try {
    for await (const { ragCode, document } of requests) {
      // The contract requires it; the type of a message in a message always allows for none.
      if (!document) continue;
      const { materialCode, content, metadata } = document;
      const pieces = chunkText(content, chunkCharacters);
      await chunks.replace({ ragCode, materialCode, metadata, pieces });
      touched.add(ragCode);
      counts.documents += 1;
      counts.chunks += pieces.length;
      counts.bytes += Buffer.byteLength(content);
    }
  } finally {
    // Also when the stream broke off: what is kept by then can be found.
    for (const ragCode of touched) await chunks.bump(ragCode);
  }
  // The first search should not have to wait for a large collection to be indexed.
  for (const ragCode of touched) await retriever.refresh(ragCode);
  return counts;
}

function toResult({ chunk, score }: Hit): SearchResult {
  const { code, ragCode, materialCode, content, index } = chunk;
  return { ragChunkCode: code, ragCode, materialCode, content, score, chunkIndex: index };
}

function toChunk({ code, content, materialCode, tokenCount }: ChunkRecord): Chunk {
  return { code, content, materialCode, tokenCount };
}
