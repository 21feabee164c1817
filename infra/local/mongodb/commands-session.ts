import type { Document } from 'bson';
import type { Command } from './command';
import { MAX_MESSAGE_BYTES } from './wire';

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** MongoDB 7.0's wire version. */
const WIRE_VERSION = 21;

/** A server that stands alone: the driver then neither retries writes nor opens transactions. */
function hello(): Document {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
  };
}

const nothing: Command = () => ({});

export const sessionCommands: Readonly<Record<string, Command>> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  ping: nothing,
  endSessions: nothing,
  buildInfo: () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0], maxBsonObjectSize: MAX_DOCUMENT_BYTES }),
};
