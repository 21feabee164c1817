import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 10;
/**
 * Looks in a row that find nothing new before it gives up: a minute on an idle machine. They are counted and not
 * timed, because a slow machine looks less often, too.
 */
const PATIENCE = 6_000;

/**
 * Waits for what happens elsewhere, for as long as something changes.
 *
 * @param progress what changes on the way, such as the output of a process; a change starts the patience anew
 * @throws Error that says what did not happen
 */
export async function until(
  what: string,
  condition: () => unknown,
  progress: () => unknown = () => undefined,
): Promise<void> {
  let last: string | undefined;
  for (let looks = 0; looks < PATIENCE; looks += 1) {
    if (await condition()) return;
    const now = JSON.stringify(progress());
    if (now !== last) looks = 0;
    last = now;
    await sleep(LOOK_MS);
  }
  throw new Error(`${what}: it did not happen, and nothing else did in ${PATIENCE} looks. Last seen: ${last}`);
}
