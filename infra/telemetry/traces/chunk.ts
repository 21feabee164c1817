import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type ResourceSpans,
  ResourceSpansSchema,
  Status_StatusCode,
} from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { textOf } from '../values';
import { attributeLists, isField, type TraceQuery } from './search';
import { durationOf, kindOf, serviceOf, spansOf } from './trace-data';

/** An operation of a service. */
export interface Operation {
  name: string;
  /** `server`, `client` and so on; empty if unknown. */
  kind: string;
}

/** The spans of one export for one trace and service, encoded, with an index for searches. */
export interface Chunk {
  readonly encoded: Uint8Array;
  readonly service: string;
  readonly spans: number;
  /** The earliest and latest start, in nanoseconds since 1970. */
  readonly firstStart: bigint;
  readonly lastStart: bigint;
  /** Nanoseconds. */
  readonly longest: bigint;
  readonly shortest: bigint;
  readonly hasError: boolean;
  readonly operations: readonly Operation[];
  /** A hash of each attribute and its value, sorted. */
  readonly hashes: Uint32Array;
}

/** V8's overhead per chunk and per operation: measured, rounded up. */
const CHUNK_BYTES = 800;
const OPERATION_BYTES = 100;

/** The approximate memory of a chunk. */
export function sizeOf({ encoded, hashes, operations }: Chunk): number {
  return encoded.byteLength + hashes.byteLength + CHUNK_BYTES + operations.length * OPERATION_BYTES;
}

/** @param resourceSpans at least one span, all of one trace */
export function encodeChunk(resourceSpans: ResourceSpans): Chunk {
  const places = spansOf([resourceSpans]);
  const starts = places.map(({ span }) => span.startTimeUnixNano);
  const durations = places.map(({ span }) => durationOf(span));
  const operations = new Map(
    places.map(({ span }) => [`${kindOf(span)} ${span.name}`, { name: span.name, kind: kindOf(span) }]),
  );
  return {
    encoded: toBinary(ResourceSpansSchema, resourceSpans),
    service: serviceOf(resourceSpans),
    spans: places.length,
    firstStart: starts.reduce((a, b) => (b < a ? b : a)),
    lastStart: starts.reduce((a, b) => (b > a ? b : a)),
    longest: durations.reduce((a, b) => (b > a ? b : a)),
    shortest: durations.reduce((a, b) => (b < a ? b : a)),
    hasError: places.some(({ span }) => span.status?.code === Status_StatusCode.ERROR),
    operations: [...operations.values()],
    hashes: hashesOf(resourceSpans),
  };
}

export function decodeChunk({ encoded }: Chunk): ResourceSpans {
  return fromBinary(ResourceSpansSchema, encoded);
}

/** False if no span of the chunk can match, which saves decoding it. */
export function mayMatch(chunk: Chunk, query: TraceQuery): boolean {
  if (query.service !== '' && chunk.service !== query.service) return false;
  if (query.operation !== '' && !chunk.operations.some(({ name }) => name === query.operation)) return false;
  if (chunk.lastStart < query.startMin || chunk.firstStart > query.startMax) return false;
  if (query.durationMin !== 0n && chunk.longest < query.durationMin) return false;
  if (query.durationMax !== 0n && chunk.shortest > query.durationMax) return false;
  return [...query.attributes].every(([key, text]) => isField(key) || has(chunk.hashes, hash(key, text)));
}

function hashesOf(resourceSpans: ResourceSpans): Uint32Array {
  const hashes = new Set<number>();
  const lists = new Set(spansOf([resourceSpans]).flatMap(attributeLists));
  for (const attributes of lists) for (const { key, value } of attributes) hashes.add(hash(key, textOf(value)));
  return new Uint32Array(hashes).sort();
}

const [FNV_OFFSET, FNV_PRIME] = [0x811c_9dc5, 0x0100_0193];

/** FNV-1a. @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
function hash(key: string, text: string): number {
  let value = FNV_OFFSET;
  for (const part of [key, '\0', text])
    for (let index = 0; index < part.length; index += 1)
      value = Math.imul(value ^ part.charCodeAt(index), FNV_PRIME) >>> 0;
  return value;
}

function has(sorted: Uint32Array, wanted: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}
