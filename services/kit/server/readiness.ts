import type { Health } from './health';

/** What has to hold for a service to take calls. */
export interface Readiness<Condition extends string> {
  set(condition: Condition, holds: boolean): void;
}

/**
 * Says SERVING as long as everything holds that has to.
 *
 * @param holding what has to hold, and whether it does so far
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
