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

/** How long what was written may wait to be on the disk itself, in milliseconds; it is MongoDB's own interval. */
const SYNC_MS = 100;

/** What a journal may have beyond twice the data before it is written anew. */
const SLACK_BYTES = 8 * 1024 * 1024;

/** How much of a snapshot is written between two turns of the event loop. */
const SNAPSHOT_BATCH = 500;

const syncData = promisify(fdatasync);

/** A folder that a database is kept in. */
export interface Journal {
  record(effect: Effect): void;
  /** Calls back once everything recorded so far is written: at once where it is. */
  whenWritten(done: () => void): void;
  /** Resolves once everything recorded so far is on the disk. */
  sync(): Promise<void>;
  /** Writes the journal anew, with only what is still true. */
  compact(): Promise<void>;
  close(): void;
}

interface Options {
  folder: string;
  /** Gets what was kept, and is asked for what there is. */
  databases: Pick<Databases, 'apply' | 'snapshot' | 'bytes'>;
  /** Takes what a person should know. */
  say(text: string): void;
  /** The disk takes no more: from now on memory would be ahead of it. */
  fail(error: Error): void;
  slackBytes?: number;
}

/**
 * Opens a folder, and gives the databases what is kept there.
 *
 * What happens is appended to `journal`. A write is acknowledged once the system has it, so the end of the process
 * loses nothing; a power failure may lose the last 100 ms, unless a client asks for `j: true`. All that comes in one
 * turn of the event loop is written at once, and one flush of the disk serves everybody who waits for one.
 *
 * @throws Error when another server has the folder, or the journal is damaged
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
  // What happens while the journal is written anew, for the new one.
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

  /** One that runs may have begun too early for who asks now; the one after it serves all who have asked by then. */
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
      // A flush that is under way is of the file that it began with.
      closeSync(over ? next : await replaced(next, length));
    } catch (error) {
      failed(error);
    } finally {
      meanwhile = undefined;
    }
  }

  /** In one turn, so that nothing is written to a file that is no longer the journal. */
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

/** @returns where the next record belongs */
function restore(path: string, databases: Options['databases'], say: Options['say']): number {
  // What a server that was interrupted had not yet put in place.
  rmSync(`${path}.new`, { force: true });
  if (!existsSync(path)) closeSync(openSync(path, 'w'));
  const { end, torn } = readJournal(path, (effect) => databases.apply(effect as Effect));
  const file = openSync(path, 'r+');
  try {
    if (torn > 0)
      say(`${path}: the last write was interrupted before it was acknowledged; its ${torn} bytes are cut off`);
    ftruncateSync(file, end);
    const size = end === 0 ? append(file, MAGIC, 0) : end;
    fsyncSync(file);
    return size;
  } finally {
    closeSync(file);
  }
}

/** All of it, also where the system takes only a part at a time. @returns how many bytes */
function append(file: number, bytes: Buffer, position: number): number {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  return bytes.length;
}

/** In parts, so that clients do not have to wait for all of it. @returns how many bytes */
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

/** A new name is on the disk only with its folder. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}
