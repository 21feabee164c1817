import { join } from 'node:path';
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

// A greeter with grpc-js and proto-loader and nothing else, as a program, for its start and its memory.

const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
const includeDirs = [join(process.cwd(), 'proto')];
const loaded = loadSync('weft/greeter/v1/greeter.proto', { ...options, includeDirs });
const server = new Server();
server.addService(loaded['weft.greeter.v1.Greeter'] as ServiceDefinition, {
  SayHello: ({ request }: ServerUnaryCall<{ name: string }, object>, callback: sendUnaryData<object>) =>
    callback(null, { message: `Hello, ${request.name}!`, locale: 'en' }),
});
server.bindAsync(`127.0.0.1:${process.env['GRPC_PORT']}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
