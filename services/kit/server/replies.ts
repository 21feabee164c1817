import type { sendUnaryData, ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { CallTraffic } from './call-lifecycle';
import { type Call, type IncomingCall, refuseHopByHop, type ServerCall } from '../protocol/call';
import type { ServerCodec } from '../protocol/codec';
import type { Outgoing } from '../protocol/rpc';
import { drained } from '../streams/backpressure';

/** Sends the one reply of a call, unless the call has already ended. */
export function sendReply(
  server: ServerCall,
  call: IncomingCall,
  bytes: Buffer,
  callback: sendUnaryData<Buffer>,
): void {
  if (call.aborted) return;
  sendReplyMetadata(server, call);
  callback(null, bytes);
}

/** Sends replies as fast as the transport takes them, and stops the handler when the caller leaves. */
export async function sendReplies(
  server: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  call: IncomingCall,
  replies: Outgoing<object>,
  codec: ServerCodec,
  traffic: CallTraffic,
): Promise<void> {
  let isFirst = true;
  for await (const reply of replies) {
    if (call.aborted) return;
    if (isFirst) sendReplyMetadata(server, call);
    isFirst = false;
    if (!server.write(encodeReply(reply, codec, traffic))) await drained(server, (end) => call.onAbort(end));
  }
  if (call.aborted) return;
  if (isFirst) sendReplyMetadata(server, call);
  server.end();
}

/** Encodes and counts one reply. @throws Error for a reply that breaks the contract */
export function encodeReply(reply: unknown, codec: ServerCodec, traffic: CallTraffic): Buffer {
  const bytes = codec.encode(reply as object);
  traffic.bytesOut += bytes.length;
  if (traffic.messages) traffic.messages.sent += 1;
  return bytes;
}

function sendReplyMetadata(server: ServerCall, { replyMetadata }: Call): void {
  if (Object.keys(replyMetadata.getMap()).length === 0) return;
  refuseHopByHop(replyMetadata);
  server.sendMetadata(replyMetadata);
}
