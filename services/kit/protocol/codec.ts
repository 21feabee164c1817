import { create, type DescMessage, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { pathOf } from '../declaration/contract';
import { messageFaults } from './message-faults';
import { createMaker } from './own-members';
import { invalidRequest, malformedRequest } from '../errors/status-error';
import { createValidate } from './validation';

/** What a server does between bytes and messages. */
export interface ServerCodec {
  /** Compiles the contract's rules, which the first message would else wait for. @throws Error when one makes no sense */
  prepare(): void;
  /** @throws StatusError INVALID_ARGUMENT for bytes that are no such message, or break a rule of the contract */
  decode(bytes: Uint8Array): Message;
  /** @throws Error for a reply that is not what the contract says; some of that only with `strict` */
  encode(reply: object): Buffer;
}

/**
 * The codec of one method on a server. Reading and writing throw an Error when a rule of the contract makes no sense.
 *
 * @param strict whether replies are looked through for what would be lost in silence, at a cost: while developing
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

/** What a client does between messages and bytes. */
export interface ClientCodec {
  /** @throws Error for a request that is not what the contract says; some of that only with `strict` */
  encode(request: object): Buffer;
  decode(bytes: Uint8Array): Message;
}

/**
 * The codec of one method on a client.
 *
 * @param strict whether requests are looked through for what would be lost in silence
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
 * grpc-js calls methods on messages that a Uint8Array does not have. Copied into Node's pool of small buffers: V8 keeps
 * small arrays within its heap for as long as nobody asks for their `buffer`.
 */
function bytesOf(descriptor: DescMessage, message: Message): Buffer {
  return Buffer.from(toBinary(descriptor, message));
}

function refuse(method: DescMethod, what: string, faults: string[]): void {
  if (faults.length === 0) return;
  throw new Error(`the ${what} of ${pathOf(method)} is not what the contract says: ${faults.join('; ')}`);
}
