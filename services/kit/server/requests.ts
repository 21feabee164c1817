import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import type { CallTraffic } from './call-lifecycle';
import type { IncomingCall } from '../protocol/call';
import { abandoned } from '../errors/call-status';
import type { ServerCodec } from '../protocol/codec';

/** Decodes and counts one request. @throws StatusError INVALID_ARGUMENT */
export function readRequest(bytes: Buffer, codec: ServerCodec, traffic: CallTraffic): object {
  traffic.bytesIn += bytes.length;
  if (traffic.messages) traffic.messages.received += 1;
  return codec.decode(bytes);
}

/** The requests of a stream. They end only where the caller ended them; a stream that broke off throws. */
export async function* readRequests(
  server: ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  call: IncomingCall,
  codec: ServerCodec,
  traffic: CallTraffic,
): AsyncGenerator<object> {
  server.on('error', () => undefined);
  // grpc-js leaves a cancelled stream open, and its reader would wait for ever.
  const stopListening = call.onAbort(() => void server.destroy(abandoned(call)));
  try {
    // By default Node would destroy a duplex stream after its last request, and the replies with it.
    for await (const bytes of server.iterator({ destroyOnReturn: false }))
      yield readRequest(bytes as Buffer, codec, traffic);
    await throwIfReset(call);
  } catch (error) {
    // Node has errors of its own for a stream that was reset.
    throw server.cancelled ? abandoned(call) : error;
  } finally {
    stopListening();
  }
}

/**
 * A Node client that cancels first ends its stream properly and then resets it (`Http2Stream.close`). The reset arrives
 * up to two turns of the event loop after the end when both came in one packet.
 */
async function throwIfReset(call: IncomingCall): Promise<void> {
  for (let turn = 0; turn < 3 && !call.aborted; turn += 1) await nextTurn();
  if (call.aborted) throw abandoned(call);
}
