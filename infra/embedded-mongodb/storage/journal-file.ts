import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { BSON, type Document } from 'bson';
import { parseDocument } from '../query/values';

/** What every journal begins with; another number would be another format. */
export const MAGIC = Buffer.from('weftdb01');

/** Length and CRC32 of what follows, each four bytes, little-endian. */
const HEADER_BYTES = 8;

/** A document of 16 MB, and what is said about it. */
const MAX_RECORD_BYTES = 17 * 1024 * 1024;

/** Four bytes for its length, and a zero at the end. */
const MIN_RECORD_BYTES = 5;

/** One thing that happened, as it stands in the file. */
export function encodeRecord(effect: Document): Buffer {
  const body = BSON.serialize(effect);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([header, body]);
}

/** What was found in a journal. */
export interface Reading {
  /** Where the next record belongs. */
  end: number;
  /** How many bytes after it are no record: a write that was interrupted. */
  torn: number;
}

/**
 * Reads a journal, record by record.
 *
 * A last record that is not whole was never acknowledged, and is left out. One that is damaged while whole ones
 * follow is another matter: to go on without it would be to lose what was acknowledged.
 *
 * @param each takes what happened, in its order
 * @throws Error that says where the file is damaged, and what to do
 */
export function readJournal(path: string, each: (effect: Document) => void): Reading {
  const bytes = readFileSync(path);
  if (bytes.length < MAGIC.length && MAGIC.subarray(0, bytes.length).equals(bytes))
    return { end: 0, torn: bytes.length };
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error(`${path} is no journal of this version of the embedded MongoDB; move it away to start afresh`);
  let end = MAGIC.length;
  for (let body = recordAt(bytes, end); body; body = recordAt(bytes, end)) {
    each(parseDocument(body));
    end += HEADER_BYTES + body.length;
  }
  refuseDamage(path, bytes, end);
  return { end, torn: bytes.length - end };
}

/** The body of the record that begins here, if it is whole. */
function recordAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + HEADER_BYTES + MIN_RECORD_BYTES > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const from = at + HEADER_BYTES;
  if (length < MIN_RECORD_BYTES || length > MAX_RECORD_BYTES || from + length > bytes.length) return undefined;
  // A body says its length itself, which makes looking for one cheap.
  if (bytes.readUInt32LE(from) !== length) return undefined;
  const body = bytes.subarray(from, from + length);
  return crc32(body) === bytes.readUInt32LE(at + 4) ? body : undefined;
}

/** Its length cannot be believed where a record is damaged, so the next one is looked for at every byte. */
function refuseDamage(path: string, bytes: Buffer, end: number): void {
  for (let at = end + 1; at < bytes.length; at += 1)
    if (recordAt(bytes, at))
      throw new Error(
        `${path} is damaged at byte ${end}, and there are whole records after that, from byte ${at} on. ` +
          `Put back a copy of the file; or keep only what comes before, and lose the rest: truncate -s ${end} ${path}`,
      );
}
