import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what happens elsewhere, and not for ever. @throws Error that says what did not happen */
export async function until(what: string, condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await sleep(5);
  }
}
