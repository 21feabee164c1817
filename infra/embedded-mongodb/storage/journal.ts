import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Databases, Effect } from './databases';
import { lockFolder } from './folder-lock';
import { encodeRecord, MAGIC, readJournal } from './journal-file';

/** The interval between flushes to the disk, in milliseconds, as in MongoDB. */
const SYNC_MS = 100;

/** A journal is rewritten when it exceeds twice the data by this. */
const SLACK_BYTES = 8 * 1024 * 1024;

/** How much of a snapshot is written per turn of the event loop. */
const SNAPSHOT_BATCH = 500;

const syncData = promisify(fdatasync);

/** The journal of a folder. */
export interface Journal {
  record(effect: Effect): void;
  /** Calls back once everything recorded so far is written, possibly at once. */
  whenWritten(done: () => void): void;
  /** Resolves once everything recorded so far is on the disk. */
  sync(): Promise<void>;
  /** Rewrites the journal with the current state. */
  compact(): Promise<void>;
  close(): void;
}

interface Options {
  folder: string;
  /** Receives the stored data, and provides the current state. */
  databases: Pick<Databases, 'apply' | 'snapshot' | 'bytes'>;
  /** Prints a message for a person. */
  say(text: string): void;
  /** Called when a write fails: from now on memory would be ahead of the disk. */
  fail(error: Error): void;
  slackBytes?: number;
}

/**
 * Opens a folder and loads its data into the databases.
 *
 * Changes are appended to `journal`. A write is acknowledged after write(2), so a crash of the process loses nothing; a
 * power failure may lose the last 100 ms, except for `j: true`. All changes of one turn of the event loop are written
 * together, and one flush serves all who wait for it.
 *
 * @throws Error if another server uses the folder, or the journal is damaged
 */
export function openJournal({ folder, databases, say, fail, slackBytes = SLACK_BYTES }: Options): Journal {
  mkdirSync(folder, { recursive: true });
  const unlock = lockFolder(folder);
  const path = join(folder, 'journal');
  let file: number;
  let size: number;
  try {
    size = restore(path, databases, say);
    file = openSync(path, 'r+');
  } catch (error) {
    unlock();
    throw error;
  }
  let pending: Buffer[] = [];
  let waiting: (() => void)[] = [];
  let scheduled = false;
  let over = false;
  // Changes during a rewrite, for the new journal.
  let meanwhile: Buffer[] | undefined;
  let syncTimer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;

  function failed(error: unknown): void {
    over = true;
    fail(new Error(`${path} cannot be written: ${(error as Error).message}`, { cause: error }));
  }

  function flush(): void {
    scheduled = false;
    if (over) return;
    const bytes = Buffer.concat(pending);
    pending = [];
    try {
      size += append(file, bytes, size);
    } catch (error) {
      failed(error);
      return;
    }
    syncTimer ??= setTimeout(() => void sync(), SYNC_MS).unref();
    const done = waiting;
    waiting = [];
    for (const each of done) each();
    if (!meanwhile && size > 2 * databases.bytes() + slackBytes) void compact();
  }

  /** A running flush may have begun too early for a new request; the next one serves all requests until then. */
  function sync(): Promise<void> {
    if (pending.length > 0) flush();
    queued ??= running.then(() => {
      queued = undefined;
      clearTimeout(syncTimer);
      syncTimer = undefined;
      running = over ? Promise.resolve() : syncData(file).catch(failed);
      return running;
    });
    return queued;
  }

  async function compact(): Promise<void> {
    meanwhile = [];
    const next = openSync(`${path}.new`, 'w');
    try {
      const length = await writeSnapshot(next, databases.snapshot());
      await syncData(next);
      // A running flush still uses the old file.
      closeSync(over ? next : await replaced(next, length));
    } catch (error) {
      failed(error);
    } finally {
      meanwhile = undefined;
    }
  }

  /** In one turn of the event loop, so that no write goes to the old file. */
  async function replaced(next: number, length: number): Promise<number> {
    flush();
    const bytes = Buffer.concat(meanwhile ?? []);
    append(next, bytes, length);
    fdatasyncSync(next);
    renameSync(`${path}.new`, path);
    syncFolder(folder);
    const previous = file;
    [file, size, meanwhile] = [next, length + bytes.length, undefined];
    await running;
    return previous;
  }

  return {
    record(effect) {
      const record = encodeRecord(effect);
      pending.push(record);
      meanwhile?.push(record);
      if (!scheduled) setImmediate(flush);
      scheduled = true;
    },
    whenWritten(done) {
      if (pending.length > 0) waiting.push(done);
      else done();
    },
    sync,
    compact,
    close() {
      flush();
      clearTimeout(syncTimer);
      if (!over) fdatasyncSync(file);
      over = true;
      closeSync(file);
      unlock();
    },
  };
}

/** @returns the offset for the next record */
function restore(path: string, databases: Options['databases'], say: Options['say']): number {
  // The unfinished rewrite of an interrupted server.
  rmSync(`${path}.new`, { force: true });
  if (!existsSync(path)) closeSync(openSync(path, 'w'));
  const { end, torn } = readJournal(path, (effect) => databases.apply(effect as Effect));
  const file = openSync(path, 'r+');
  try {
    if (torn > 0)
      say(`${path}: the last write was interrupted before it was acknowledged; cutting off its ${torn} bytes`);
    ftruncateSync(file, end);
    const size = end === 0 ? append(file, MAGIC, 0) : end;
    fsyncSync(file);
    return size;
  } finally {
    closeSync(file);
  }
}

/** Writes everything, even if the system takes only a part at a time. @returns the number of bytes */
function append(file: number, bytes: Buffer, position: number): number {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  return bytes.length;
}

/** Writes in parts, so that clients do not wait for all of it. @returns the number of bytes */
async function writeSnapshot(file: number, effects: Iterable<Effect>): Promise<number> {
  let length = append(file, MAGIC, 0);
  let batch: Buffer[] = [];
  for (const effect of effects) {
    batch.push(encodeRecord(effect));
    if (batch.length < SNAPSHOT_BATCH) continue;
    length += append(file, Buffer.concat(batch), length);
    batch = [];
    await nextTurn();
  }
  return length + append(file, Buffer.concat(batch), length);
}

/** A rename is durable only after its folder is flushed. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}
