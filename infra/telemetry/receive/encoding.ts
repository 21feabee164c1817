import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type MessageShape,
  toBinary,
  toJsonString,
} from '@bufbuild/protobuf';
import { StatusSchema } from '../../../proto/gen/google/rpc/status_pb';
import { convertIds } from './otlp-json';

/** The encoding of an export and its response. */
export interface Encoding {
  type: 'application/x-protobuf' | 'application/json';
  /** @throws Error that says why the bytes are malformed */
  read<M extends DescMessage>(schema: M, bytes: Buffer): MessageShape<M>;
  write<M extends DescMessage>(schema: M, message: MessageShape<M>): Uint8Array;
}

export const PROTOBUF: Encoding = {
  type: 'application/x-protobuf',
  read: (schema, bytes) => fromBinary(schema, bytes, { readUnknownFields: false }),
  write: toBinary,
};

export const JSON_ENCODING: Encoding = {
  type: 'application/json',
  read: (schema, bytes) => {
    const value = JSON.parse(bytes.toString('utf8')) as JsonValue;
    convertIds(value);
    return fromJson(schema, value, { ignoreUnknownFields: true });
  },
  write: (schema, message) => Buffer.from(toJsonString(schema, message)),
};

/** Encodes google.rpc.Status, OTLP's response for every failure. @param code of gRPC */
export function encodeStatus(encoding: Encoding, code: number, message: string): Uint8Array {
  return encoding.write(StatusSchema, create(StatusSchema, { code, message }));
}
