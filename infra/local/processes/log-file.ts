import { createWriteStream, mkdirSync, openSync, renameSync, rmSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** Where the log is cut off and begins anew, in bytes; there are two files at most. */
const MAX_BYTES = 8 * 1024 * 1024;

/** What may wait to be written, in bytes; a disk that is slower loses lines. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** The lines that pods write, kept in a folder for `weft trace --logs`. */
export interface LogFile {
  write(pod: string, line: string): void;
  close(): void;
}

/** The files of a log, the older first. @param folder for example `.weft/logs` */
export function logFilesIn(folder: string): string[] {
  return ['previous.ndjson', 'current.ndjson'].map((name) => join(folder, name));
}

/**
 * Begins a log: what the folder has of an earlier one is deleted. Each line is JSON, `{"pod":"user-info-0","line":…}`,
 * where `line` is what the pod wrote: an object where it wrote one, else a text. Never throws and never waits: the pods
 * go on where nothing can be written.
 *
 * @param options.failed told at most once, when nothing can be written any more
 */
export function openLogFile(folder: string, options: { failed: (error: Error) => void; maxBytes?: number }): LogFile {
  const [previous = '', current = ''] = logFilesIn(folder);
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  let stream: WriteStream | undefined;
  let written = 0;
  const fail = (error: Error): void => {
    if (stream) options.failed(error);
    stream = undefined;
  };
  const begin = (): void => {
    written = 0;
    // What a service logs may be nobody else's business.
    stream = createWriteStream(current, { fd: openSync(current, 'a', 0o600) }).on('error', fail);
  };
  const rotate = (): void => {
    // What is still to be written goes to the same file under its new name.
    stream?.end();
    renameSync(current, previous);
    begin();
  };
  attempt(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    begin();
  }, options.failed);
  return {
    write(pod, line) {
      if (!stream || stream.writableLength > MAX_WAITING_BYTES) return;
      const text = `{"pod":${JSON.stringify(pod)},"line":${isObject(line) ? line : JSON.stringify(line)}}\n`;
      if (written + text.length > maxBytes && written > 0) attempt(rotate, fail);
      written += text.length;
      stream.write(text);
    },
    close() {
      stream?.end();
      // A pod that is killed may still have a last word.
      stream = undefined;
    },
  };
}

/** Not parsed here: whoever reads a line has to, and leaves out what is not JSON. */
function isObject(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}');
}

function attempt(action: () => void, failed: (error: Error) => void): void {
  try {
    action();
  } catch (error) {
    failed(error as Error);
  }
}
