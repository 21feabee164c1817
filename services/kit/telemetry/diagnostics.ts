import type { DiagLogger } from '@opentelemetry/api';

/** How often telemetry's own troubles are told at most, in milliseconds. */
const EVERY_MS = 60_000;

/** A collector may come up with the services: of what is over within this time nothing is told, in milliseconds. */
const GRACE_MS = 10_000;

/** Errors of exporters quote whatever a server answered. */
const MAX_REASON = 300;

/**
 * What the SDK has to say about itself: warnings and errors, one line a minute at most, as the service's log has them.
 * A collector that is away would otherwise fill the log.
 *
 * @param write takes a line @param now milliseconds
 */
export function createDiagnostics(
  service: string,
  write: (line: string) => void,
  now: () => number = Date.now,
): DiagLogger {
  let last = now() - EVERY_MS + GRACE_MS;
  let skipped = 0;
  const tell = (message: string, ...rest: unknown[]): void => {
    if (now() - last < EVERY_MS) {
      skipped += 1;
      return;
    }
    const reason = [message, ...rest].map(textOf).join(' ').slice(0, MAX_REASON);
    const time = new Date(now()).toISOString();
    write(JSON.stringify({ level: 40, time, service, reason, ...(skipped > 0 && { skipped }), msg: 'telemetry' }));
    last = now();
    skipped = 0;
  };
  return { error: tell, warn: tell, info: silent, debug: silent, verbose: silent };
}

function silent(): void {
  // Asked for by OTEL_LOG_LEVEL, which has the SDK write by itself.
}

/** The SDK flattens errors into JSON, stack and all. */
function textOf(part: unknown): string {
  if (part instanceof Error) return part.message;
  if (typeof part !== 'string') return JSON.stringify(part) ?? '';
  try {
    const { name, message, code } = JSON.parse(part) as Partial<Record<'name' | 'message' | 'code', unknown>>;
    return [name, code, message].filter(Boolean).join(': ') || part;
  } catch {
    return part;
  }
}
