import type { Logger } from 'pino';

/** Follows a database that is lost and comes back. */
export interface Outages {
  report(reachable: boolean): void;
  /** Ends an outage, if there is one. */
  end(): void;
}

/** Options of {@link createOutages}. */
export interface OutageOptions {
  readonly log: Logger;
  /** How long the database may be lost before `changed` hears of it, in milliseconds. */
  readonly graceMs: number;
  changed(available: boolean): void;
}

/**
 * Keeps a brief outage from readiness. All replicas share the database, so all would leave at once, and calls that
 * do not need it would fail too. A pod cannot tell whether only its own connection is lost, so it leaves after a while.
 */
export function createOutages({ log, graceMs, changed }: OutageOptions): Outages {
  let grace: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(grace);
    changed(true);
  };
  const begin = (): void => {
    log.warn('MongoDB cannot be reached; calls that need it fail with UNAVAILABLE');
    clearTimeout(grace);
    grace = setTimeout(() => {
      log.error({ graceMs }, 'MongoDB has been out of reach for too long; the service is not ready until it is back');
      changed(false);
    }, graceMs).unref();
  };
  return {
    end,
    report: (reachable) => {
      if (!reachable) {
        begin();
        return;
      }
      log.info('MongoDB can be reached again');
      end();
    },
  };
}
