import type { ResourceSpans } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import type { Report } from '../receive/report';
import { type Chunk, decodeChunk, encodeChunk, mayMatch, type Operation, sizeOf } from './chunk';
import { OperationIndex } from './operation-index';
import { matchesTrace, type TraceQuery } from './search';
import { divideByTrace, durationOf, spansOf } from './trace-data';

/** How much a store keeps. */
export interface StoreLimits {
  /** About what all traces may take of memory. */
  maxBytes: number;
  /** From how long a span makes its trace a slow one, in nanoseconds. */
  slowNanos: bigint;
}

interface StoredTrace {
  id: string;
  /** Traces in the order of their first spans. */
  sequence: number;
  chunks: Chunk[];
  bytes: number;
  /** It has an error or is slow. */
  isNotable: boolean;
}

/** Of the memory, for traces with errors and slow ones when there are others as well. */
const NOTABLE_SHARE = 0.5;

/** Of the memory, for one trace. */
const TRACE_SHARE = 0.1;

const TRACE_BYTES = 500;

/**
 * Traces in memory, encoded. When they take more than they may, the oldest go first: ordinary ones, unless those with
 * errors and the slow ones already take half of it.
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

  /** Keeps spans that {@link acceptSpans} has let through. @param report hears of those that there is no room for */
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
        report.refuse('the trace is larger than the store keeps of one', chunk.spans);
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

  /** A copy of a trace: who gets it may change it. */
  get(id: string): ResourceSpans[] | undefined {
    return this.#find(id)?.chunks.map(decodeChunk);
  }

  /** The newest traces that fit, newest first. */
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

  /** All traces whose spans all start in a time. @param from and to: nanoseconds since 1970 */
  *between(from: bigint, to: bigint): Generator<ResourceSpans[]> {
    for (const { chunks } of this.#newestFirst())
      if (chunks.every(({ firstStart, lastStart }) => firstStart > from && lastStart < to))
        yield chunks.map(decodeChunk);
  }

  get services(): string[] {
    return this.#index.services;
  }

  /** @param kind such as `server`; empty for all */
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
