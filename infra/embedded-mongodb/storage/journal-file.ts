import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { BSON, type Document } from 'bson';
import { parseDocument } from '../query/values';

/** The first bytes of every journal, with the version of the format. */
export const MAGIC = Buffer.from('weftdb01');

/** The length and CRC32 of the body, four bytes each, little-endian. */
const HEADER_BYTES = 8;

/** A document of 16 MB plus its metadata. */
const MAX_RECORD_BYTES = 17 * 1024 * 1024;

/** Four bytes of length and a final zero. */
const MIN_RECORD_BYTES = 5;

/** A change as stored in the file. */
export function encodeRecord(effect: Document): Buffer {
  const body = BSON.serialize(effect);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([header, body]);
}

/** The result of reading a journal. */
export interface Reading {
  /** The offset for the next record. */
  end: number;
  /** The number of bytes after it, from an interrupted write. */
  torn: number;
}

/**
 * Reads a journal, record by record.
 *
 * An incomplete last record was never acknowledged and is skipped. A damaged record before complete ones is an error,
 * because skipping it would lose an acknowledged write.
 *
 * @param each receives the changes, in order
 * @throws Error that locates the damage and says what to do
 */
export function readJournal(path: string, each: (effect: Document) => void): Reading {
  const bytes = readFileSync(path);
  if (bytes.length < MAGIC.length && MAGIC.subarray(0, bytes.length).equals(bytes))
    return { end: 0, torn: bytes.length };
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error(
      `${path} is not a journal of this version of the embedded MongoDB; move it away to start without data`,
    );
  let end = MAGIC.length;
  for (let body = recordAt(bytes, end); body; body = recordAt(bytes, end)) {
    each(parseDocument(body));
    end += HEADER_BYTES + body.length;
  }
  refuseDamage(path, bytes, end);
  return { end, torn: bytes.length - end };
}

/** The body of the record at an offset, if it is complete. */
function recordAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + HEADER_BYTES + MIN_RECORD_BYTES > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const from = at + HEADER_BYTES;
  if (length < MIN_RECORD_BYTES || length > MAX_RECORD_BYTES || from + length > bytes.length) return undefined;
  // A body also begins with its length, which makes the search cheap.
  if (bytes.readUInt32LE(from) !== length) return undefined;
  const body = bytes.subarray(from, from + length);
  return crc32(body) === bytes.readUInt32LE(at + 4) ? body : undefined;
}

/** The length of a damaged record is unreliable, so this searches for the next record at every byte. */
function refuseDamage(path: string, bytes: Buffer, end: number): void {
  for (let at = end + 1; at < bytes.length; at += 1)
    if (recordAt(bytes, at))
      throw new Error(
        `${path} is damaged at byte ${end}, and there are whole records after that, from byte ${at} on. ` +
          `Put back a copy of the file; or keep only what comes before, and lose the rest: truncate -s ${end} ${path}`,
      );
}
