import type { DescMessage } from '@bufbuild/protobuf';
import type { Contract, ContractMethod } from '../../proto/contract';
import { methodDescriptor } from './descriptors';
import { messageFaults } from './message-faults';
import { invalidRequest, malformedRequest } from './status-error';
import { createValidate } from './validation';

/** What a server does between bytes and messages. */
export interface ServerCodec {
  /** @throws StatusError INVALID_ARGUMENT for bytes that are no such message, or break a rule of the contract */
  decode(bytes: Buffer): object;
  /** @throws Error for a reply that is not what the contract says; some of that only with `strict` */
  encode(reply: object): Buffer;
}

/**
 * The codec of one method on a server.
 *
 * @param strict whether replies are looked through for what would be lost in silence, at a cost: while developing
 */
export async function createServerCodec(contract: Contract, name: string, strict: boolean): Promise<ServerCodec> {
  const method = contract.methods[name] as ContractMethod;
  const { input, output } = methodDescriptor(contract, name);
  const validate = await createValidate(input);
  const validateReply = strict ? await createValidate(output) : undefined;
  const refuseReply = (faults: string[]): void => refuse(method, 'reply', faults);
  return {
    decode: (bytes) => {
      const request = decodeRequest(method, bytes);
      const violations = validate?.(bytes) ?? [];
      if (violations.length > 0) throw invalidRequest(violations);
      return request;
    },
    encode: (reply) => {
      if (strict) refuseReply(messageFaults(output, reply));
      const bytes = method.responseSerialize(reply);
      if (validateReply) refuseReply(validateReply(bytes).map(({ field, description }) => `${field} ${description}`));
      return bytes;
    },
  };
}

/** What a client does between messages and bytes. */
export interface ClientCodec {
  /** @throws Error for a request that is not what the contract says; some of that only with `strict` */
  encode(request: object): Buffer;
  decode(bytes: Buffer): object;
}

/**
 * The codec of one method on a client.
 *
 * @param strict whether requests are looked through for what would be lost in silence
 */
export function createClientCodec(contract: Contract, name: string, strict: boolean): ClientCodec {
  const method = contract.methods[name] as ContractMethod;
  let input: DescMessage | undefined;
  return {
    encode: (request) => {
      if (strict) refuse(method, 'request', messageFaults((input ??= methodDescriptor(contract, name).input), request));
      return method.requestSerialize(request);
    },
    decode: (bytes) => method.responseDeserialize(bytes),
  };
}

function decodeRequest(method: ContractMethod, bytes: Buffer): object {
  try {
    return method.requestDeserialize(bytes);
  } catch (error) {
    throw malformedRequest(error);
  }
}

function refuse({ path }: ContractMethod, what: string, faults: string[]): void {
  if (faults.length > 0) throw new Error(`the ${what} of ${path} is not what the contract says: ${faults.join('; ')}`);
}
