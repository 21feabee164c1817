import { createWriteStream, mkdirSync, openSync, renameSync, rmSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** The log rotates at this size, in bytes; there are at most two files. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The limit of unwritten bytes; on a slower disk lines are dropped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** The output lines of pods, kept for `weft trace --logs`. */
export interface LogFile {
  write(pod: string, line: string): void;
  close(): void;
}

/** The files of a log, older first. @param folder such as `.weft/logs` */
export function logFilesIn(folder: string): string[] {
  return ['previous.ndjson', 'current.ndjson'].map((name) => join(folder, name));
}

/**
 * Begins a log and deletes an earlier one. Each line is JSON, `{"pod":"user-info-0","line":…}`; `line` is the object or
 * else the text that the pod wrote. Writing never throws and never blocks the pods.
 *
 * @param options.failed called at most once, when writing fails
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
    // Logs can be confidential.
    stream = createWriteStream(current, { fd: openSync(current, 'a', 0o600) }).on('error', fail);
  };
  const rotate = (): void => {
    // Pending lines go to the same file under its new name.
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
      // A killed pod may still have output.
      stream = undefined;
    },
  };
}

/** A guess without parsing; readers skip lines that are not JSON. */
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
