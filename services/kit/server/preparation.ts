import type { Logger } from 'pino';
import type { ServerCodec } from '../protocol/codec';

/**
 * Prepares codecs while a service already serves, so that neither its start nor its first calls wait. It prepares one per
 * turn of the event loop, so calls are answered in between. A codec that fails is logged; its calls will fail too.
 *
 * @param signal stops it
 */
export function prepareInTurn(codecs: readonly ServerCodec[], log: Logger, signal: AbortSignal): void {
  const [codec, ...others] = codecs;
  if (!codec || signal.aborted) return;
  setImmediate(() => {
    if (signal.aborted) return;
    try {
      codec.prepare();
    } catch (err) {
      log.error({ err }, 'the validation rules of a contract do not compile; calls of its methods fail with INTERNAL');
    }
    prepareInTurn(others, log, signal);
  });
}
