import { Metadata } from '@grpc/grpc-js';
import { rootCall } from '../../../services/kit/protocol/call';
import type { Duration } from '../../../services/kit/declaration/duration';
import { findMethod } from './dynamic-client';
import { readMessages } from './read-messages';
import { startTrace, withTrace } from './trace-start';

/** The arguments of `weft call`. */
export interface CallOptions {
  target: string;
  method: string;
  /** JSON texts; `-` reads one per line from standard input. */
  messages: string[];
  /** Each is `name: value`. */
  headers: string[];
  timeout: Duration | undefined;
}

const DEFAULT_TIMEOUT: Duration = '10s';

/**
 * Calls a method with JSON and prints the replies as JSON: a single reply indented, a stream one per line. The call
 * starts a trace, and a failure shows its id; this command records no span of its own.
 */
export async function call({ target, method: name, messages, headers, timeout }: CallOptions): Promise<void> {
  const metadata = metadataOf(headers);
  const traceId = startTrace(metadata);
  const method = await findMethod(target, name);
  try {
    const limit = timeout ?? (method.kind === 'unary' ? DEFAULT_TIMEOUT : undefined);
    const context = rootCall({ metadata, ...(limit ? { timeout: limit } : {}) });
    const streams = method.kind === 'server_streaming' || method.kind === 'bidi_streaming';
    for await (const reply of method.call(readMessages(messages, process.stdin, method), context))
      process.stdout.write(`${JSON.stringify(reply, null, streams ? 0 : 2)}\n`);
  } catch (error) {
    throw withTrace(error, traceId);
  } finally {
    // Reading on would keep the command alive after the reply.
    if (messages.includes('-')) process.stdin.destroy();
    method.close();
  }
}

/** @throws Error for a malformed header; the value of a `-bin` header is base64, as on gRPC's wire */
export function metadataOf(headers: string[]): Metadata {
  const metadata = new Metadata();
  for (const header of headers) {
    const [, name, value] = /^([\w.-]+):\s*(.*)$/.exec(header) ?? [];
    if (!name || value === undefined) throw new Error(`-H "${header}" is not a header; write 'name: value'`);
    metadata.add(name, name.toLowerCase().endsWith('-bin') ? bytesOf(value, header) : value);
  }
  return metadata;
}

// Buffer decodes any text and skips characters that are not base64.
function bytesOf(value: string, header: string): Buffer {
  const digits = value.replace(/={1,2}$/, '');
  if (!/^[\w+/-]*$/.test(digits) || digits.length % 4 === 1)
    throw new Error(`-H "${header}" has a value that is not base64; a -bin header needs one`);
  return Buffer.from(value, 'base64');
}
