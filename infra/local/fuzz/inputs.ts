import fc from 'fast-check';

/** A fixed seed, so that every run has the same inputs. */
const SEED = 20_26;

/** Samples inputs with {@link SEED}. */
export function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED });
}

const anyText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '../..',
    '%',
    "';--",
    '$where',
    '__proto__',
    'constructor',
    '1e999',
    '-1',
  ),
  fc.string({ minLength: 2_000, maxLength: 3_000 }),
);

const fieldName = fc.constantFrom(
  ...['username', 'email', 'realName', 'userId', 'status', 'query', 'limit', 'minScore', 'filters', 'userIds'],
  ...['ragChunkCodes', 'page', 'pageSize', 'batchSize', 'user_id', 'real_name', '__proto__', 'toString', ''],
);

/** Bodies that are JSON, with fields of the contracts and values of every kind. */
export const json = fc
  .oneof(
    fc.dictionary(fieldName, fc.oneof(anyText, fc.jsonValue({ maxDepth: 4 }))),
    fc.jsonValue({ maxDepth: 8 }),
    // Deeper than a recursive parser can follow.
    fc.integer({ min: 1, max: 5_000 }).map((depth) => '['.repeat(depth) as unknown),
  )
  .map((value) => (typeof value === 'string' && value.startsWith('[') ? value : JSON.stringify(value)));

/** Bodies that are almost JSON: truncated, or with an insertion. */
export const brokenJson = fc
  .tuple(json, fc.nat(), fc.constantFrom('', '}', ']', ',', '"', '\u0000', '\ud800', '//', '{"a":1e400}', '\\u12'))
  .map(([text, at, inserted]) => text.slice(0, at % (text.length + 1)) + inserted);

/** Query strings of URLs. */
export const query = fc.array(fc.tuple(fc.oneof(fieldName, anyText), anyText), { maxLength: 6 }).chain((pairs) =>
  fc.constantFrom(
    pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'),
    pairs
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
      .replace(/[^\x21-\x7e]|#/g, '%'),
  ),
);

function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** Random bytes; some begin like HTTP/2 frames. */
export const bytes = fc.uint8Array({ maxLength: 300 });

const frame = fc
  .tuple(fc.nat(0xffff), fc.nat(0xff), fc.nat(0xff), fc.nat(0xffffffff), fc.uint8Array({ maxLength: 200 }))
  .map(([lie, type, flags, stream, payload]) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(lie % 3 === 0 ? lie : payload.length, 0, 3);
    head.writeUInt8(lie % 2 === 0 ? type % 10 : type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(lie % 5 === 0 ? stream : stream % 8, 5);
    return Buffer.concat([head, payload]);
  });

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Input of a client that speaks HTTP/2 badly or not at all. */
export const http2Garbage = fc
  .tuple(fc.boolean(), fc.array(fc.oneof(frame, bytes.map(Buffer.from)), { minLength: 1, maxLength: 6 }))
  .map(([greets, frames]) => Buffer.concat([greets ? PREFACE : Buffer.alloc(0), ...frames]));

/** The same for HTTP/1.1. */
export const http1Garbage = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PATCH', 'BREW', ''),
    fc.constantFrom(
      '/v1/users',
      '/v1/users/%',
      '/v1/rag/docs/search',
      '*',
      '//',
      '\u0000',
      '/v1/greetings/'.padEnd(9_000, 'x'),
    ),
    fc.array(fc.tuple(fc.oneof(anyText, fc.constantFrom('content-length', 'transfer-encoding', 'host')), anyText)),
    bytes,
  )
  .map(([verb, path, headers, body]) => {
    const lines = headers.map(([name, value]) => `${name}: ${value}`);
    return Buffer.concat([Buffer.from([`${verb} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')), body]);
  });

/** Metadata of a caller, including reserved names and meaningful values. */
export const metadata = fc.dictionary(
  fc.oneof(
    fc.constantFrom('grpc-timeout', 'grpc-encoding', 'x-request-id', 'user-id', 'accept-language', 'traceparent'),
    fc.constantFrom('locale-bin', 'x-weft-lane', 'x-forwarded-client-cert', 'authorization', 'content-type'),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
  ),
  fc.oneof(fc.stringMatching(/^[\x20-\x7e]{0,60}$/), fc.constantFrom('1n', '-1S', '99999999H', 'gzip', '%', '====')),
  { maxKeys: 6 },
);
