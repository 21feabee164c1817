import { Metadata } from '@grpc/grpc-js';
import { rootCall } from '../../../services/kit/protocol/call';
import type { Duration } from '../../../services/kit/declaration/duration';
import { findMethod } from './dynamic-client';
import { readMessages } from './read-messages';
import { startTrace, withTrace } from './trace-start';

/** What `weft call` was told. */
export interface CallOptions {
  target: string;
  method: string;
  /** JSON texts; `-` reads one a line from standard input. */
  messages: string[];
  /** `name: value` each. */
  headers: string[];
  timeout: Duration | undefined;
}

const DEFAULT_TIMEOUT: Duration = '10s';

/**
 * Calls a method with JSON and prints the replies as JSON: one indented, many one a line. The call starts a trace, whose
 * id a failure has; this command records no span of its own.
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
    // Reading from it would keep the command alive after the answer.
    if (messages.includes('-')) process.stdin.destroy();
    method.close();
  }
}

/** @throws Error for what is not a header; values of names in -bin are base64, as gRPC has them on the wire */
export function metadataOf(headers: string[]): Metadata {
  const metadata = new Metadata();
  for (const header of headers) {
    const [, name, value] = /^([\w.-]+):\s*(.*)$/.exec(header) ?? [];
    if (!name || value === undefined) throw new Error(`-H "${header}" is no header; write 'name: value'`);
    metadata.add(name, name.toLowerCase().endsWith('-bin') ? bytesOf(value, header) : value);
  }
  return metadata;
}

// Buffer takes any text for base64, and leaves out what is none.
function bytesOf(value: string, header: string): Buffer {
  const digits = value.replace(/={1,2}$/, '');
  if (!/^[\w+/-]*$/.test(digits) || digits.length % 4 === 1)
    throw new Error(`-H "${header}" has no base64, which the value of a name in -bin is`);
  return Buffer.from(value, 'base64');
}
