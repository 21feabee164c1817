import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { SingleBar } from 'cli-progress';
import { type CallContext, rootCall } from '../../services/kit/protocol/call';
import type { Json } from '../../services/kit/json/json-numbers';
import { StatusError } from '../../services/kit/errors/status-error';
import { findMethod } from './call/dynamic-client';

const TEXT = new Set(['.md', '.mdx', '.markdown', '.txt', '.rst', '.adoc']);

/** Below what a gRPC server takes as one message, 4 MiB. */
const MAX_DOCUMENT_BYTES = 3.5 * 1024 * 1024;

/** What `weft ingest` was told. */
export interface IngestOptions {
  target: string;
  folder: string;
  ragCode: string;
  /** The id of the user in whose name documents are sent; a guest's without it. */
  userId: string | undefined;
}

interface TextFile {
  path: string;
  bytes: number;
}

/** What an ingest did, as the service counts it. */
interface Counts {
  documents: number;
  chunks: number;
  /** A 64-bit number, which is a text in JSON. */
  bytes: string;
}

/**
 * Sends the Markdown and text files below a folder to rag-search, with a progress bar on a terminal.
 *
 * @throws Error when there is nothing to send
 */
export async function ingest({ target, folder, ragCode, userId }: IngestOptions): Promise<void> {
  const files = textFiles(folder);
  if (files.length === 0) throw new Error(`${folder} has no files that end in ${[...TEXT].join(', ')}`);
  const context = contextOf(userId);
  const started = performance.now();
  const method = await findMethod(target, 'weft.rag.v1.RagSearchService/Ingest');
  const progress = showProgress(files);
  const messages = function* () {
    for (const document of documents(files, folder, ragCode, progress.sent)) yield method.read(document);
  };
  try {
    for await (const reply of method.call(messages(), context)) {
      progress.stop();
      process.stdout.write(`${sentence(reply as unknown as Counts, ragCode, performance.now() - started)}\n`);
    }
  } catch (error) {
    throw withHint(error, userId);
  } finally {
    progress.stop();
    method.close();
  }
}

/** A bar that grows as files are sent. */
function showProgress(files: TextFile[]): { sent: (bytes: number, file: string) => void; stop: () => void } {
  const bar = new SingleBar({
    format: 'ingesting {bar} {percentage}% {value}/{total} kB {file}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1000), 0, { file: '' });
  let sum = 0;
  const sent = (bytes: number, file: string): void => {
    sum += bytes;
    bar.update(Math.round(sum / 1000), { file });
  };
  return { sent, stop: () => bar.stop() };
}

function contextOf(userId: string | undefined): CallContext {
  const metadata = new Metadata();
  if (userId !== undefined) metadata.set('user-id', userId);
  return rootCall({ metadata });
}

const REFUSALS = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED']);

/** Whoever is refused without having said who it is should learn that it can. */
function withHint(error: unknown, userId: string | undefined): unknown {
  const refused = error instanceof StatusError && REFUSALS.has(error.code);
  if (!refused || userId !== undefined) return error;
  return new Error(`${error.code}: ${error.message}; say who sends, for example --user u-1001`, { cause: error });
}

function textFiles(folder: string): TextFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && TEXT.has(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(^|[\\/])(node_modules|\.[^\\/]+)[\\/]/.test(relative(folder, path)))
    .sort()
    .map((path) => ({ path, bytes: statSync(path).size }));
}

/** One message a file, made as it is sent. */
function* documents(
  files: TextFile[],
  folder: string,
  ragCode: string,
  sent: (bytes: number, file: string) => void,
): Generator<Json> {
  for (const { path, bytes } of files) {
    const materialCode = relative(folder, path).replaceAll('\\', '/');
    const content = bytes <= MAX_DOCUMENT_BYTES ? readText(path) : undefined;
    if (content === undefined)
      process.stderr.write(`left out: ${path} is ${bytes > MAX_DOCUMENT_BYTES ? 'over 3.5 MiB' : 'no UTF-8'}\n`);
    else yield { ragCode, document: { materialCode, content, metadata: { type: extname(path).slice(1) } } };
    sent(bytes, materialCode);
  }
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch {
    return undefined;
  }
}

function sentence({ documents: count, chunks, bytes }: Counts, ragCode: string, ms: number): string {
  const size = (Number(bytes) / 1000).toFixed(0);
  return `ingested ${count} documents (${size} kB) as ${chunks} chunks into "${ragCode}" in ${(ms / 1000).toFixed(1)} s`;
}
