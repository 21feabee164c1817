import type { Document } from 'bson';
import { ANYTHING } from './arguments';
import { MAX_DOCUMENT_BYTES } from '../storage/collection';
import type { Command } from './command';
import { MAX_MESSAGE_BYTES } from '../wire/wire';

/** MongoDB 7.0's wire version. */
const WIRE_VERSION = 21;

/** Describes a standalone server, so the driver neither retries writes nor opens transactions. */
function describeServer(): Document {
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

// Clients send metadata about themselves, which differs between versions.
const hello: Command = { takes: { [ANYTHING]: 'any' }, run: describeServer };

const nothing: Command = { takes: {}, run: () => ({}) };

const buildInfo: Command = {
  takes: {},
  run: () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0], maxBsonObjectSize: MAX_DOCUMENT_BYTES, modules: [] }),
};

/** Commands of the handshake and of sessions, which have no state here. */
export const sessionCommands: Readonly<Record<string, Command>> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  ping: nothing,
  startSession: nothing,
  endSessions: nothing,
  refreshSessions: nothing,
  killSessions: nothing,
  buildInfo,
  buildinfo: buildInfo,
};
