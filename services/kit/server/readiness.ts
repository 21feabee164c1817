import type { Health } from './health';

/** The conditions under which a service takes calls. */
export interface Readiness<Condition extends string> {
  set(condition: Condition, holds: boolean): void;
}

/**
 * Reports SERVING while all conditions hold.
 *
 * @param holding each condition, and whether it holds at first
 */
export function createReadiness<Condition extends string>(
  health: Health,
  holding: Readonly<Record<Condition, boolean>>,
): Readiness<Condition> {
  const state: Record<Condition, boolean> = { ...holding };
  return {
    set: (condition, holds) => {
      state[condition] = holds;
      health.set(Object.values(state).every(Boolean));
    },
  };
}
