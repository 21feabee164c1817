/** Counts the PING frames in one direction of an HTTP/2 connection. @see https://www.rfc-editor.org/rfc/rfc9113 */
export interface PingCounter {
  readonly pings: number;
  /** PINGs that answer one of the other side. */
  readonly answers: number;
  take(chunk: Buffer): void;
}

const PREFACE = 24;
const HEAD = 9;
const PING = 6;
const ACK = 1;

/** @param fromClient whether the connection preface comes first */
export function createPingCounter(fromClient: boolean): PingCounter {
  const counter = { pings: 0, answers: 0 };
  let rest = Buffer.alloc(0);
  let skip = fromClient ? PREFACE : 0;
  const take = (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const skipped = Math.min(skip, rest.length);
      rest = rest.subarray(skipped);
      skip -= skipped;
      if (rest.length < HEAD) return;
      skip = HEAD + rest.readUIntBE(0, 3);
      if (rest[3] !== PING) continue;
      if (((rest[4] ?? 0) & ACK) === 0) counter.pings += 1;
      else counter.answers += 1;
    }
  };
  return Object.assign(counter, { take });
}
