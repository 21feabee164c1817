import { BSON, type Document } from 'bson';
import { createRequestReader, encodeReply, MAX_MESSAGE_BYTES, type Request, WireError } from './wire';

const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

function message(opCode: number, parts: Uint8Array[], requestId = 7): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + parts.reduce((sum, part) => sum + part.length, 0), 0);
  header.writeInt32LE(requestId, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, ...parts]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

const body = (command: Document): Buffer => Buffer.concat([Buffer.of(0), BSON.serialize(command)]);

function sequence(name: string, documents: Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((each) => BSON.serialize(each))]);
  return Buffer.concat([Buffer.of(1), int32(content.length + 4), content]);
}

const msg = (sections: Uint8Array[], flags = 0, requestId = 7): Buffer =>
  message(OP_MSG, [int32(flags), ...sections], requestId);

const query = (collection: string, command: Document): Buffer =>
  message(OP_QUERY, [int32(0), Buffer.from(`${collection}\0`), int32(0), int32(-1), BSON.serialize(command)]);

const readAll = (...chunks: Buffer[]): Request[] => chunks.flatMap(createRequestReader());

describe('framing', () => {
  const one = msg([body({ ping: 1, $db: 'test', note: 'grüße' })]);
  const command = { ping: 1, $db: 'test', note: 'grüße' };

  test('a message that is split anywhere is read once it is complete', () => {
    for (let at = 1; at < one.length; at += 1) {
      const read = createRequestReader();
      expect(read(one.subarray(0, at))).toEqual([]);
      expect(read(one.subarray(at))).toEqual([{ requestId: 7, opCode: OP_MSG, command, silent: false }]);
    }
  });

  test('a message that arrives byte by byte is read with its last byte', () => {
    const read = createRequestReader();
    const requests = [...one].map((byte) => read(Buffer.of(byte)).length);
    expect(requests).toEqual([...one].map((_, index) => (index === one.length - 1 ? 1 : 0)));
  });

  test('several messages, however they are cut into chunks, are read in their order', () => {
    const three = Buffer.concat([1, 2, 3].map((id) => msg([body({ ping: id, $db: 'test' })], 0, id)));
    for (let at = 0; at <= three.length; at += 1) {
      const requests = readAll(three.subarray(0, at), three.subarray(at));
      expect(requests.map(({ requestId, command: { ping } }) => [requestId, ping as number])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
    }
  });
});

describe('OP_MSG', () => {
  const documents = [{ a: 1 }, { a: 2 }];
  const insert = { insert: 'people', $db: 'test' };

  test.each<[string, Buffer[]]>([
    ['after the body', [body(insert), sequence('documents', documents)]],
    ['before the body', [sequence('documents', documents), body(insert)]],
  ])('a sequence %s becomes a list in the command, whose name stays first', (_, sections) => {
    const [request] = readAll(msg(sections));
    expect(request?.command).toEqual({ ...insert, documents });
    expect(Object.keys(request?.command ?? {})[0]).toBe('insert');
  });

  test('an empty sequence is an empty list', () => {
    expect(readAll(msg([body(insert), sequence('documents', [])]))[0]?.command).toEqual({ ...insert, documents: [] });
  });

  test('a checksum at the end is left alone', () => {
    const checked = msg([body(insert), int32(0x12345678)], CHECKSUM_PRESENT);
    expect(readAll(checked, msg([body({ ping: 1 })])).map(({ command }) => command)).toEqual([insert, { ping: 1 }]);
  });

  test('the flag for more to come says that no reply is read', () => {
    expect(readAll(msg([body(insert)], MORE_TO_COME))[0]?.silent).toBe(true);
  });

  test('the reply answers the request in kind', () => {
    const [request] = readAll(msg([body({ ping: 1 })], 0, 99));
    const reply = encodeReply(request as Request, { ok: 1, left: undefined });
    expect([0, 8, 12, 16].map((at) => reply.readInt32LE(at))).toEqual([reply.length, 99, OP_MSG, 0]);
    expect(reply[20]).toBe(0);
    expect(BSON.deserialize(reply.subarray(21))).toEqual({ ok: 1 });
  });
});

describe('OP_QUERY', () => {
  test('is read as a command on the database before the dot', () => {
    const [request] = readAll(query('admin.$cmd', { ismaster: 1, helloOk: true }));
    const command = { ismaster: 1, helloOk: true, $db: 'admin' };
    expect(request).toEqual({ requestId: 7, opCode: OP_QUERY, command, silent: false });
  });

  test('is answered by an OP_REPLY with one document', () => {
    const [request] = readAll(query('admin.$cmd', { ismaster: 1 }));
    const reply = encodeReply(request as Request, { ok: 1 });
    const [length, responseTo, opCode, flags, returned] = [0, 8, 12, 16, 32].map((at) => reply.readInt32LE(at));
    expect([length, responseTo, opCode, flags, returned]).toEqual([reply.length, 7, 1, 0, 1]);
    expect(BSON.deserialize(reply.subarray(36))).toEqual({ ok: 1 });
  });
});

const brokenBody = Buffer.concat([Buffer.of(0), int32(40), Buffer.alloc(36, 0xff)]);

test.each<[string, Buffer]>([
  ['a length below that of a header', Buffer.concat([int32(15), Buffer.alloc(12)])],
  ['a negative length', Buffer.concat([int32(-1), Buffer.alloc(12)])],
  ['a length above the limit', Buffer.concat([int32(MAX_MESSAGE_BYTES + 1), Buffer.alloc(12)])],
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['an unknown operation code', message(4711, [])],
  ['a message without flags', message(OP_MSG, [])],
  ['a section of an unknown kind', msg([Buffer.of(9), int32(5), Buffer.of(0)])],
  ['a section longer than its message', msg([Buffer.of(0), int32(5_000), Buffer.alloc(8)])],
  ['a section shorter than its own length', msg([Buffer.of(0), int32(0), Buffer.alloc(8)])],
  ['a section that breaks off', msg([Buffer.of(0, 1)])],
  ['a body that is not BSON', msg([brokenBody])],
  ['a sequence whose name does not end', msg([Buffer.of(1), int32(8), Buffer.from('docs')])],
  ['a sequence of documents without length', msg([Buffer.of(1), int32(10), Buffer.from('a\0'), int32(0)])],
  ['a query without a command', message(OP_QUERY, [int32(0), Buffer.from('admin.$cmd\0')])],
])('refuses %s', (_, bytes) => {
  expect(() => readAll(bytes)).toThrow(WireError);
});
