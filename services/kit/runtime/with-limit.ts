import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for work, but no longer than a limit in milliseconds. */
export async function withLimit(work: Promise<unknown> | undefined, ms: number): Promise<void> {
  const limit = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
}
