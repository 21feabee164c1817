import type { Logger } from 'pino';
import type { ServerCodec } from '../protocol/codec';

/**
 * Prepares codecs when a service already answers, so that neither its start nor its first calls wait: one in each turn
 * of the event loop, with the calls that came meanwhile in between. One that cannot be prepared is logged; its calls
 * fail for the same reason.
 *
 * @param signal ends it
 */
export function prepareInTurn(codecs: readonly ServerCodec[], log: Logger, signal: AbortSignal): void {
  const [codec, ...others] = codecs;
  if (!codec || signal.aborted) return;
  setImmediate(() => {
    if (signal.aborted) return;
    try {
      codec.prepare();
    } catch (err) {
      log.error({ err }, 'the rules of a contract make no sense; calls that are held against them fail with INTERNAL');
    }
    prepareInTurn(others, log, signal);
  });
}
