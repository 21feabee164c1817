import type { ResourceSpans } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import type { Report } from '../receive/report';
import { type Chunk, decodeChunk, encodeChunk, mayMatch, type Operation, sizeOf } from './chunk';
import { OperationIndex } from './operation-index';
import { matchesTrace, type TraceQuery } from './search';
import { divideByTrace, durationOf, spansOf } from './trace-data';

/** Limits of the store. */
export interface StoreLimits {
  /** The approximate memory of all traces. */
  maxBytes: number;
  /** A span of this duration makes its trace slow, in nanoseconds. */
  slowNanos: bigint;
}

interface StoredTrace {
  id: string;
  /** The order of arrival. */
  sequence: number;
  chunks: Chunk[];
  bytes: number;
  /** True with an error or if it is slow. */
  isNotable: boolean;
}

/** The share of memory for failed and slow traces while there are others. */
const NOTABLE_SHARE = 0.5;

/** The share of memory for one trace. */
const TRACE_SHARE = 0.1;

const TRACE_BYTES = 500;

/**
 * Keeps traces in memory, encoded. Beyond the limit the oldest ordinary traces are deleted, or the oldest failed and
 * slow ones once these take half of the memory.
 */
export class TraceStore {
  readonly #limits: StoreLimits;
  readonly #ordinary = new Map<string, StoredTrace>();
  readonly #notable = new Map<string, StoredTrace>();
  readonly #index = new OperationIndex();
  #sequence = 0;
  #bytes = { ordinary: 0, notable: 0 };
  #evicted = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Adds spans that passed {@link acceptSpans}. @param report records spans without room */
  add(exported: readonly ResourceSpans[], report: Report): void {
    for (const [id, parts] of divideByTrace(exported)) this.#addTo(id, parts, report);
    this.#evict();
  }

  #addTo(id: string, parts: ResourceSpans[], report: Report): void {
    const trace = this.#find(id) ?? {
      id,
      sequence: (this.#sequence += 1),
      chunks: [],
      bytes: TRACE_BYTES,
      isNotable: false,
    };
    this.#forget(trace);
    for (const part of parts) {
      const chunk = encodeChunk(part);
      if (trace.bytes + sizeOf(chunk) > this.#limits.maxBytes * TRACE_SHARE) {
        report.refuse('the trace is too large for the store', chunk.spans);
        continue;
      }
      trace.chunks.push(chunk);
      trace.bytes += sizeOf(chunk);
      trace.isNotable ||=
        chunk.hasError || spansOf([part]).some(({ span }) => durationOf(span) >= this.#limits.slowNanos);
      this.#index.add(chunk.service, chunk.operations);
    }
    if (trace.chunks.length > 0) this.#keep(trace);
  }

  #find(id: string): StoredTrace | undefined {
    return this.#ordinary.get(id) ?? this.#notable.get(id);
  }

  #keep(trace: StoredTrace): void {
    const kind = trace.isNotable ? 'notable' : 'ordinary';
    (trace.isNotable ? this.#notable : this.#ordinary).set(trace.id, trace);
    this.#bytes[kind] += trace.bytes;
  }

  #forget(trace: StoredTrace): void {
    for (const [kind, traces] of [
      ['ordinary', this.#ordinary],
      ['notable', this.#notable],
    ] as const)
      if (traces.delete(trace.id)) this.#bytes[kind] -= trace.bytes;
  }

  #evict(): void {
    const { maxBytes } = this.#limits;
    while (this.#bytes.ordinary + this.#bytes.notable > maxBytes) {
      const isNotable = this.#ordinary.size === 0 || this.#bytes.notable > maxBytes * NOTABLE_SHARE;
      const oldest = (isNotable ? this.#notable : this.#ordinary).values().next().value;
      if (!oldest) return;
      this.#forget(oldest);
      for (const { service, operations } of oldest.chunks) this.#index.remove(service, operations);
      this.#evicted += 1;
    }
  }

  /** Returns a copy of a trace, which the caller may change. */
  get(id: string): ResourceSpans[] | undefined {
    return this.#find(id)?.chunks.map(decodeChunk);
  }

  /** Finds the newest traces that match, newest first. */
  search(query: TraceQuery): ResourceSpans[][] {
    const found: ResourceSpans[][] = [];
    for (const { chunks } of this.#newestFirst()) {
      if (found.length >= query.limit) break;
      if (!chunks.some((chunk) => mayMatch(chunk, query))) continue;
      const trace = chunks.map(decodeChunk);
      if (matchesTrace(trace, query)) found.push(trace);
    }
    return found;
  }

  #newestFirst(): StoredTrace[] {
    return [...this.#ordinary.values(), ...this.#notable.values()].sort((a, b) => b.sequence - a.sequence);
  }

  /** The traces whose spans all start in a period. @param from and to: nanoseconds since 1970 */
  *between(from: bigint, to: bigint): Generator<ResourceSpans[]> {
    for (const { chunks } of this.#newestFirst())
      if (chunks.every(({ firstStart, lastStart }) => firstStart > from && lastStart < to))
        yield chunks.map(decodeChunk);
  }

  get services(): string[] {
    return this.#index.services;
  }

  /** @param kind such as `server`, or empty for all */
  operations(service: string, kind: string): Operation[] {
    return this.#index.operations(service, kind);
  }

  get stats() {
    return {
      traces: this.#ordinary.size + this.#notable.size,
      bytes: this.#bytes.ordinary + this.#bytes.notable,
      evicted: this.#evicted,
    };
  }
}
