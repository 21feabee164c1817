import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a number has not changed for a while. @returns the number */
export async function settled(read: () => number): Promise<number> {
  for (let before = -1, now = read(); ; before = now, now = read()) {
    if (now === before) return now;
    await sleep(300);
  }
}
