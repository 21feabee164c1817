import { type Counter, type Histogram, type Meter, metrics, type ObservableResult } from '@opentelemetry/api';
import type { DescMethod } from '@bufbuild/protobuf';
import { hasManyReplies, hasOneRequest, pathOf } from '../declaration/contract';
import { MeasuredMethod } from './method';
import {
  DIRECTION,
  DURATION_BOUNDS,
  OTHER_METHOD,
  REFUSAL,
  RPC_CLIENT_DURATION,
  RPC_CLIENT_MESSAGES,
  RPC_SERVER_ACTIVE,
  RPC_SERVER_DURATION,
  RPC_SERVER_MESSAGES,
  RPC_SERVER_REFUSED,
  SERVER_ERRORS,
} from './names';

const NAMES = {
  server: { duration: RPC_SERVER_DURATION, messages: RPC_SERVER_MESSAGES },
  client: { duration: RPC_CLIENT_DURATION, messages: RPC_CLIENT_MESSAGES },
} as const;

const FAILURES: ReadonlySet<string> = new Set(SERVER_ERRORS);

/** Which statuses are failures. On a server some are the caller's mistake; on a client all but OK are failures. */
const IS_ERROR = {
  server: (status: string): boolean => FAILURES.has(status),
  client: (status: string): boolean => status !== 'OK',
} as const;

/** The metrics of the calls that a process answers, or of those that it makes. */
export class Measures {
  readonly #side: 'server' | 'client';
  readonly #methods = new Map<string, MeasuredMethod>();
  readonly #duration: Histogram;

  /** @param bounds of the histogram, in seconds */
  constructor(side: 'server' | 'client', bounds: readonly number[] = DURATION_BOUNDS, meter = meterOfKit()) {
    this.#side = side;
    const { duration, messages } = NAMES[side];
    this.#duration = meter.createHistogram(duration, {
      unit: 's',
      description: `How long calls take that this ${side} ${side === 'server' ? 'answers' : 'makes'}.`,
      advice: { explicitBucketBoundaries: [...bounds] },
    });
    meter
      .createObservableCounter(messages, { unit: '{message}', description: 'Messages of streams.' })
      .addCallback((result) => this.#observeMessages(result));
  }

  /** The metrics of a method, which all its clients share. */
  of(method: DescMethod): MeasuredMethod {
    const name = pathOf(method).slice(1);
    return this.#get(name, !hasOneRequest(method) || hasManyReplies(method));
  }

  /** The metrics of all calls of unknown methods together. */
  get others(): MeasuredMethod {
    return this.#get(OTHER_METHOD, false);
  }

  /** Records a call that has ended. */
  record(method: MeasuredMethod, status: string, milliseconds: number): void {
    this.#duration.record(milliseconds / 1_000, method.ended(status));
  }

  #get(name: string, hasStream: boolean): MeasuredMethod {
    let method = this.#methods.get(name);
    if (!method) {
      method = new MeasuredMethod(name, hasStream, IS_ERROR[this.#side]);
      this.#methods.set(name, method);
    }
    return method;
  }

  #observeMessages(result: ObservableResult): void {
    for (const { messages, attributes } of this.#methods.values()) {
      if (!messages) continue;
      result.observe(messages.received, { ...attributes, [DIRECTION]: 'receive' });
      result.observe(messages.sent, { ...attributes, [DIRECTION]: 'transmit' });
    }
  }
}

/** Measures how many calls run, and how many a server refuses. @param active returns how many calls run */
export function measureLoad(active: () => number, meter = meterOfKit()): Counter {
  meter
    .createObservableUpDownCounter(RPC_SERVER_ACTIVE, { unit: '{call}', description: 'Calls under way.' })
    .addCallback((result) => result.observe(active()));
  return meter.createCounter(RPC_SERVER_REFUSED, { unit: '{call}', description: 'Calls refused.' });
}

/** The attributes of a refused call. @param reason the caller's, such as `server.too-many-calls` */
export function refusalOf(method: MeasuredMethod, reason: string) {
  return { ...method.attributes, [REFUSAL]: reason };
}

function meterOfKit(): Meter {
  return metrics.getMeter('weft');
}
