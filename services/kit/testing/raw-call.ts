import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { pathOf } from '../declaration/contract';
import { Echo } from './echo';

/**
 * Calls Echo/Say as somebody would who has never heard of the kit.
 *
 * @returns the error it ended with
 */
export async function failedSay(address: string, metadata = new Metadata()): Promise<ServiceError> {
  const client = new Client(address, credentials.createInsecure());
  const path = pathOf(Echo.method.say);
  const bytes = (each: Buffer): Buffer => each;
  try {
    return await new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + 5_000 };
      client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), metadata, options, (error) =>
        error ? resolve(error) : reject(new Error('the call went well')),
      );
    });
  } finally {
    client.close();
  }
}
