import { extname } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { SingleBar } from 'cli-progress';
import { type CallContext, connect, rootCall, StatusError } from '../../kit';
import { ragSearch } from '../service';
import { findTextFiles, readText, type TextFile } from './text-files';

/** What to send, and where to. */
export interface SendOptions {
  /** A gRPC target: where rag-search is. */
  target: string;
  folder: string;
  /** The collection. */
  ragCode: string;
  /** The id of the user who sends; without one it is the guest. */
  userId: string | undefined;
}

/**
 * Sends the Markdown and text files below a folder to rag-search, with a progress bar on a terminal.
 *
 * @returns a summary of what rag-search did with them
 * @throws Error when there is nothing to send, or StatusError when rag-search refuses it
 */
export async function sendFolder({ target, folder, ragCode, userId }: SendOptions): Promise<string> {
  const files = findTextFiles(folder);
  const started = performance.now();
  const { client, close } = connect(ragSearch.only('ingest'), target);
  const progress = showProgress(files);
  try {
    const reply = await client.ingest(requests(files, ragCode, progress.sent), contextOf(userId));
    const kilobytes = (Number(reply.bytes) / 1000).toFixed(0);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return `ingested ${reply.documents} documents (${kilobytes} kB) as ${reply.chunks} chunks into "${ragCode}" in ${seconds} s`;
  } catch (error) {
    throw withHint(error, userId);
  } finally {
    progress.stop();
    close();
  }
}

/** One request a file, made as it is sent. */
function* requests(files: readonly TextFile[], ragCode: string, sent: (file: TextFile) => void) {
  for (const file of files) {
    const content = readOrSkip(file);
    const metadata = { type: extname(file.name).slice(1) };
    if (content !== undefined) yield { ragCode, document: { materialCode: file.name, content, metadata } };
    sent(file);
  }
}

function readOrSkip(file: TextFile): string | undefined {
  try {
    return readText(file);
  } catch (error) {
    process.stderr.write(`skipped: ${(error as Error).message}\n`);
    return undefined;
  }
}

/** A bar that grows as files are sent. */
function showProgress(files: readonly TextFile[]): { sent: (file: TextFile) => void; stop: () => void } {
  const bar = new SingleBar({
    format: 'ingesting {bar} {percentage}% {value}/{total} kB {file}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1000), 0, { file: '' });
  let sum = 0;
  const sent = ({ bytes, name }: TextFile): void => {
    sum += bytes;
    bar.update(Math.round(sum / 1000), { file: name });
  };
  return { sent, stop: () => bar.stop() };
}

function contextOf(userId: string | undefined): CallContext {
  const metadata = new Metadata();
  if (userId !== undefined) metadata.set('user-id', userId);
  return rootCall({ metadata });
}

const REFUSALS = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED']);

/** Tells somebody who was refused as a guest how to say who they are. */
function withHint(error: unknown, userId: string | undefined): unknown {
  const refused = error instanceof StatusError && REFUSALS.has(error.code);
  if (!refused || userId !== undefined) return error;
  return new Error(`${error.code}: ${error.message}; say who sends, for example --user u-1001`, { cause: error });
}
