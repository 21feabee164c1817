/** What a process keeps and what it has kept at most, in MB. */
export interface Memory {
  readonly rss: number;
  readonly peak: number;
  readonly heapUsed: number;
}

const MB = 1024 * 1024;

/**
 * Looks at this process's memory all the time.
 *
 * @returns what it is now, and its peak since `restart`
 */
export function watchMemory(everyMs = 10): { read(): Memory; restart(): Memory } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  setInterval(look, everyMs).unref();
  const read = (): Memory => {
    look();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss: rss / MB, peak: peak / MB, heapUsed: heapUsed / MB };
  };
  return {
    read,
    restart: () => {
      globalThis.gc?.();
      peak = 0;
      return read();
    },
  };
}
