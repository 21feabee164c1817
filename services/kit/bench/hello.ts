import { join } from 'node:path';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface HelloRequest {
  name: string;
}

interface HelloResponse {
  message: string;
  locale: string;
}

const loaded = loadSync('weft/greeter/v1/greeter.proto', { includeDirs: [join(process.cwd(), 'proto')] });

/** The smallest method there is, with a rule in its contract like any other; with the codecs of proto-loader. */
export const sayHello = (loaded['weft.greeter.v1.Greeter'] as ServiceDefinition)['SayHello'] as MethodDefinition<
  HelloRequest,
  HelloResponse
>;

export const request: HelloRequest = { name: 'Ada' };

export function answer({ name }: HelloRequest) {
  return { message: `Hello, ${name}!`, locale: 'en' };
}
