import type { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { loggedStatus } from './log-error';
import { type CallTrace, logIdsOf } from '../telemetry/server-call';

/** One call, as its line tells it. Nothing of what was said in it, and no token, is ever part of that. */
export interface CallLine {
  /** For example `/weft.user.v1.UserInfoService/GetUserInfo`. */
  method: string;
  code: keyof typeof status;
  /** Milliseconds from the first byte to the last. */
  ms: number;
  requestId: string;
  /** The trace that it belongs to. */
  trace: Pick<CallTrace, 'ids'>;
  /** The service that called. */
  caller: string | undefined;
  /** Of all requests, as they came, and of all replies, without framing. */
  bytesIn: number;
  bytesOut: number;
}

/** Logs a call. @param error what ended it, where it did not go well */
export type LogCall = (line: CallLine, error?: unknown) => void;

/** Faults of ours; others are the caller's, or the weather. */
const OURS = new Set(['INTERNAL', 'UNKNOWN', 'DATA_LOSS']);

/**
 * Writes a line a call. Under load it leaves lines out, and the next one of its kind says how many.
 *
 * @param perSecond how many lines of one outcome are written in a second
 * @param now milliseconds
 */
export function createCallLog(log: Logger, perSecond: number, now: () => number = Date.now): LogCall {
  const sample = createSampler(perSecond, now);
  return (line, error) => {
    const level = OURS.has(line.code) ? 'error' : 'info';
    if (!log.isLevelEnabled(level)) return;
    const skipped = sample(line.code);
    if (skipped === undefined) return;
    const { method, code, ms, requestId, trace, caller, bytesIn, bytesOut } = line;
    const told = { method, code, ms, requestId, ...logIdsOf(trace), caller, bytesIn, bytesOut };
    log[level](
      { ...told, ...(skipped > 0 ? { skipped } : {}), ...(level === 'error' ? { err: error } : loggedStatus(error)) },
      'call',
    );
  };
}

/** Asked before a line. @returns how many of its kind were left out since the last; nothing when it is to be left out */
export type Sampler = (kind: string) => number | undefined;

/**
 * Says which lines to write, so that load does not become a flood of them and rare kinds are not lost in it.
 *
 * @param perSecond how many of a kind are written in a second
 * @param now milliseconds
 */
export function createSampler(perSecond: number, now: () => number = Date.now): Sampler {
  const budgets = new Map<string, Budget>();
  return (kind) => spend(budgets, kind, perSecond, Math.floor(now() / 1_000));
}

interface Budget {
  second: number;
  written: number;
  skipped: number;
}

/** @returns how many lines were left out before this one; nothing when this one has to be left out too */
function spend(budgets: Map<string, Budget>, kind: string, limit: number, second: number): number | undefined {
  let budget = budgets.get(kind);
  if (budget?.second !== second) {
    budget = { second, written: 0, skipped: budget?.skipped ?? 0 };
    budgets.set(kind, budget);
  }
  budget.written += 1;
  if (budget.written > limit) {
    budget.skipped += 1;
    return undefined;
  }
  const { skipped } = budget;
  budget.skipped = 0;
  return skipped;
}
