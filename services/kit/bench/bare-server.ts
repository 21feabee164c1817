import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { bareGreeter, bareUsers } from './bare-contracts';
import { watch, watchBare } from './feed';
import { answerBareUsers, answerHello } from './handlers';
import { replyMetadata } from './sidecar-headers';

type Answer<Request> = (call: ServerUnaryCall<Request, object>, callback: sendUnaryData<object>) => void;

/** A server as its users write it with grpc-js and proto-loader. @returns the port */
export function startBareServer(): Promise<number> {
  return listen(
    (call, callback) => callback(null, answerHello(call.request)),
    (call, callback) => callback(null, answerBareUsers(call.request)),
  );
}

/** The same, with what sidecars add to the replies: what clients are measured with. @returns the port */
export function startSidecarServer(): Promise<number> {
  const headers = replyMetadata();
  const behindSidecar =
    <Request>(answer: (request: Request) => object): Answer<Request> =>
    (call, callback) => {
      call.sendMetadata(headers);
      callback(null, answer(call.request));
    };
  return listen(behindSidecar(answerHello), behindSidecar(answerBareUsers));
}

function listen(SayHello: Answer<{ name: string }>, GetUserInfoBatch: Answer<{ user_ids: string[] }>): Promise<number> {
  const server = new Server();
  server.addService(bareGreeter, { SayHello });
  server.addService(bareUsers, { GetUserInfoBatch });
  server.addService({ watch }, { watch: (call: Parameters<typeof watchBare>[0]) => void watchBare(call) });
  return new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
}
