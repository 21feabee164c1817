import { BSON, type Document } from 'bson';
import { parseDocument } from '../query/values';

/** A request of MongoDB's wire protocol. @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
export interface Request {
  requestId: number;
  /** OP_MSG, or the older OP_QUERY, which drivers use to open a connection. */
  opCode: number;
  command: Document;
  /** The client does not expect a reply. */
  silent: boolean;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const HEADER_BYTES = 16;
const MORE_TO_COME = 1 << 1;
const CHECKSUM_PRESENT = 1;

/** The largest message that the server announces. */
export const MAX_MESSAGE_BYTES = 48_000_000;

/** Bytes that are not a message of this protocol; the connection must be closed. */
export class WireError extends Error {}

/** Reassembles the chunks of a connection. @returns a function from a chunk to the requests it completes */
export function createRequestReader(): (chunk: Buffer) => Request[] {
  let chunks: Buffer[] = [];
  let length = 0;
  let wanted = HEADER_BYTES;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < wanted) return [];
    let rest = Buffer.concat(chunks, length);
    const requests: Request[] = [];
    for (wanted = messageLength(rest); rest.length >= wanted; wanted = messageLength(rest)) {
      requests.push(decode(rest.subarray(0, wanted)));
      rest = rest.subarray(wanted);
    }
    chunks = [rest];
    length = rest.length;
    return requests;
  };
}

/** The length of the message that begins here, or of a header while that is incomplete. */
function messageLength(buffer: Buffer): number {
  if (buffer.length < HEADER_BYTES) return HEADER_BYTES;
  const length = buffer.readInt32LE(0);
  if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new WireError(`a message cannot have ${length} bytes`);
  return length;
}

function decode(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  try {
    if (opCode === OP_MSG) return { requestId, opCode, ...decodeMsg(message) };
    if (opCode === OP_QUERY) return { requestId, opCode, command: decodeQuery(message), silent: false };
  } catch (error) {
    // Buffer throws if a length inside the message points beyond its end.
    throw new WireError(`message ${requestId} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new WireError(`operation code ${opCode} is not supported`);
}

/** Decodes a body and the document sequences that belong to it. */
function decodeMsg(message: Buffer): Pick<Request, 'command' | 'silent'> {
  const flags = message.readUInt32LE(HEADER_BYTES);
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let command: Document = {};
  for (let at = HEADER_BYTES + 4; at < end;) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (size < 5 || section.length !== size) throw new WireError('a section is longer than its message');
    if (kind === 0) command = { ...parse(section), ...command };
    else if (kind === 1) Object.assign(command, decodeSequence(section));
    else throw new WireError(`sections of kind ${kind} are not supported`);
    at += 1 + size;
  }
  return { command, silent: (flags & MORE_TO_COME) !== 0 };
}

function decodeSequence(section: Buffer): Document {
  const nameEnd = section.indexOf(0, 4);
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const size = section.readInt32LE(at);
    documents.push(parse(section.subarray(at, at + size)));
    at += size;
  }
  return { [section.toString('utf8', 4, nameEnd)]: documents };
}

/** The layout is flags, collection name, skip, limit, command. */
function decodeQuery(message: Buffer): Document {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  const database = message.toString('utf8', HEADER_BYTES + 4, nameEnd).split('.')[0];
  return { ...parse(message.subarray(nameEnd + 1 + 8)), $db: database };
}

function parse(bytes: Buffer): Document {
  return parseDocument(bytes);
}

/** Encodes a reply in the format of its request. */
export function encodeReply(request: Request, reply: Document): Buffer {
  const body = Buffer.from(BSON.serialize(reply, { ignoreUndefined: true }));
  if (request.opCode === OP_MSG) return frame(request, OP_MSG, Buffer.alloc(5), body);
  const head = Buffer.alloc(20);
  head.writeInt32LE(1, 16);
  return frame(request, OP_REPLY, head, body);
}

function frame({ requestId }: Request, opCode: number, ...parts: Buffer[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + parts.reduce((sum, part) => sum + part.length, 0), 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, ...parts]);
}
