import type { status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { loggedStatus } from './log-error';
import { type CallTrace, logIdsOf } from '../telemetry/server-call';

/** A call in the log. Its messages and tokens are never part of it. */
export interface CallLine {
  /** For example `/weft.user.v1.UserInfoService/GetUserInfo`. */
  method: string;
  code: keyof typeof status;
  /** Milliseconds from the first byte to the last. */
  ms: number;
  requestId: string;
  /** Its trace. */
  trace: Pick<CallTrace, 'ids'>;
  /** The service that called. */
  caller: string | undefined;
  /** The size of all requests as they arrived, and of all replies, without framing. */
  bytesIn: number;
  bytesOut: number;
}

/** Logs a call. @param error the error that ended it, if it failed */
export type LogCall = (line: CallLine, error?: unknown) => void;

/** Statuses that are this service's own fault. */
const OWN_FAULTS = new Set(['INTERNAL', 'UNKNOWN', 'DATA_LOSS']);

/**
 * Writes a line for each call. Under load it skips lines, and the next line of the same outcome says how many.
 *
 * @param perSecond how many lines of one outcome are written in a second
 * @param now milliseconds
 */
export function createCallLog(log: Logger, perSecond: number, now: () => number = Date.now): LogCall {
  const sample = createSampler(perSecond, now);
  return (line, error) => {
    const level = OWN_FAULTS.has(line.code) ? 'error' : 'info';
    if (!log.isLevelEnabled(level)) return;
    const skipped = sample(line.code);
    if (skipped === undefined) return;
    const { method, code, ms, requestId, trace, caller, bytesIn, bytesOut } = line;
    const fields = { method, code, ms, requestId, ...logIdsOf(trace), caller, bytesIn, bytesOut };
    log[level](
      { ...fields, ...(skipped > 0 ? { skipped } : {}), ...(level === 'error' ? { err: error } : loggedStatus(error)) },
      'call',
    );
  };
}

/** Is called before each line. @returns how many of its kind were skipped since the last; undefined to skip this one */
export type Sampler = (kind: string) => number | undefined;

/**
 * Chooses the lines to write: load does not flood the log, and rare kinds are not lost.
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

/** @returns how many lines were skipped before this one; undefined if this one has to be skipped as well */
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
