import type { DiagLogger } from '@opentelemetry/api';

/** The shortest time between two lines about telemetry's own problems, in milliseconds. */
const EVERY_MS = 60_000;

/** A collector may start together with the services, so problems within this time are not logged, in milliseconds. */
const GRACE_MS = 10_000;

/** Exporters quote the whole reply of a server in their errors. */
const MAX_REASON = 300;

/**
 * Logs warnings and errors of the SDK in the format of the service's log, at most one line a minute: an unreachable
 * collector would otherwise fill the log.
 *
 * @param write writes a line
 * @param now returns milliseconds
 */
export function createDiagnostics(
  service: string,
  write: (line: string) => void,
  now: () => number = Date.now,
): DiagLogger {
  let last = now() - EVERY_MS + GRACE_MS;
  let skipped = 0;
  const warn = (message: string, ...rest: unknown[]): void => {
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
  return { error: warn, warn, info: silent, debug: silent, verbose: silent };
}

function silent(): void {
  // With OTEL_LOG_LEVEL set, the SDK uses its own logger instead.
}

/** The SDK passes errors as JSON, including their stacks. */
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
