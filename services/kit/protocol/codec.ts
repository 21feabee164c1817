import { create, type DescMessage, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { pathOf } from '../declaration/contract';
import { messageFaults } from './message-faults';
import { createMaker } from './own-members';
import { invalidRequest, malformedRequest } from '../errors/status-error';
import { createValidate } from './validation';

/** Converts between bytes and messages on a server. */
export interface ServerCodec {
  /** Compiles the contract's rules, so that the first message need not wait. @throws Error for a wrong rule */
  prepare(): void;
  /** @throws StatusError INVALID_ARGUMENT for bytes that cannot be decoded, or break a rule of the contract */
  decode(bytes: Uint8Array): Message;
  /** @throws Error for a reply that breaks the contract; some faults are found only with `strict` */
  encode(reply: object): Buffer;
}

/**
 * Creates the codec of one method for a server. Decoding and encoding throw an Error if a rule of the contract is wrong.
 *
 * @param strict whether replies are checked for values that would be lost silently. This costs time: for development
 */
export function createServerCodec(method: DescMethod, strict: boolean): ServerCodec {
  const { input, output } = method;
  const make = createMaker(output);
  const validate = createValidate(input);
  const validateReply = strict ? createValidate(output) : undefined;
  return {
    prepare: () => {
      validate?.(create(input));
      validateReply?.(create(output));
    },
    decode: (bytes) => {
      const request = decodeRequest(input, bytes);
      const violations = validate?.(request) ?? [];
      if (violations.length > 0) throw invalidRequest(violations);
      return request;
    },
    encode: (reply) => {
      if (strict) refuse(method, 'reply', messageFaults(output, reply));
      const message = make(reply);
      const violations = validateReply?.(message) ?? [];
      const faults = violations.map(({ field, description }) => `${field} ${description}`);
      refuse(method, 'reply', faults);
      return bytesOf(output, message);
    },
  };
}

/** Converts between messages and bytes on a client. */
export interface ClientCodec {
  /** @throws Error for a request that breaks the contract; some faults are found only with `strict` */
  encode(request: object): Buffer;
  decode(bytes: Uint8Array): Message;
}

/**
 * Creates the codec of one method for a client.
 *
 * @param strict whether requests are checked for values that would be lost silently
 */
export function createClientCodec(method: DescMethod, strict: boolean): ClientCodec {
  const { input, output } = method;
  const make = createMaker(input);
  return {
    encode: (request) => {
      if (strict) refuse(method, 'request', messageFaults(input, request));
      return bytesOf(input, make(request));
    },
    decode: (bytes) => fromBinary(output, bytes),
  };
}

function decodeRequest(input: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, bytes);
  } catch (error) {
    throw malformedRequest(error);
  }
}

/**
 * grpc-js needs a Buffer. The bytes are copied into Node's pool of small buffers, since V8 keeps small arrays on its heap
 * until their `buffer` is read.
 */
function bytesOf(descriptor: DescMessage, message: Message): Buffer {
  return Buffer.from(toBinary(descriptor, message));
}

function refuse(method: DescMethod, what: string, faults: string[]): void {
  if (faults.length === 0) return;
  throw new Error(`the ${what} of ${pathOf(method)} breaks its contract: ${faults.join('; ')}`);
}
