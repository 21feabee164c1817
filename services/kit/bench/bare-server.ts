import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { answer, type HelloRequest, sayHello } from './hello';
import { watch, watchBare } from './feed';

/** grpc-js with the same codecs and nothing else. @returns the port */
export function startBareServer(port = 0): Promise<number> {
  const server = new Server();
  server.addService(
    { sayHello, watch },
    {
      sayHello: (call: ServerUnaryCall<HelloRequest, object>, callback: sendUnaryData<object>) =>
        callback(null, answer(call.request)),
      watch: (call: Parameters<typeof watchBare>[0]) => void watchBare(call),
    },
  );
  return new Promise((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
}
