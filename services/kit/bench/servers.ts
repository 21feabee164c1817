import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Greeter } from '../../../proto/gen/weft/greeter/v1/greeter_pb';
import { UserInfoService } from '../../../proto/gen/weft/user/v1/user_info_pb';
import { startService } from '../runtime/start-service';
import { defineService } from '../declaration';
import { getUserInfoBatch, sayHello } from './bare-contracts';
import { startBareServer, startSidecarServer } from './bare-server';
import { Feed, feedHandlers } from './feed';
import { answerBareUsers, answerHello, answerUsers } from './handlers';

/** Serves what the other variants serve. */
export const bench = defineService({
  name: 'bench',
  serves: { greeter: Greeter, users: UserInfoService, feed: Feed },
});

/** Ways to serve the same methods, from all of the kit to nothing but Node. @returns the port */
export const SERVERS: Readonly<Record<string, () => Promise<number>>> = {
  kit: startKitServer,
  bare: startBareServer,
  // The same once more: how far two equals come out apart is how far a ratio can be believed.
  control: startBareServer,
  sidecar: startSidecarServer,
  http2: startHttp2Server,
};

async function startKitServer(): Promise<number> {
  const environment = { GRPC_PORT: '0', NODE_ENV: 'production' };
  const unused = (): never => {
    throw new Error('nobody calls this');
  };
  const others = { getUserInfo: unused, updateUserInfo: unused, searchUsers: unused, streamUsers: unused };
  const handlers = {
    greeter: { sayHello: answerHello },
    users: { ...others, getUserInfoBatch: answerUsers },
    feed: feedHandlers,
  };
  const signal = new AbortController().signal;
  return (await startService(bench, () => handlers as never, { environment, signal })).port;
}

const FRAME_BYTES = 5;

type Answer = (request: Buffer) => Buffer;

const ANSWERS: Readonly<Record<string, Answer>> = {
  [sayHello.path]: (request) => sayHello.responseSerialize(answerHello(sayHello.requestDeserialize(request))),
  [getUserInfoBatch.path]: (request) =>
    getUserInfoBatch.responseSerialize(answerBareUsers(getUserInfoBatch.requestDeserialize(request))),
};

/** node:http2 with proto-loader's codec: no metadata, deadlines, cancellation or errors. */
function startHttp2Server(): Promise<number> {
  const server = createServer();
  server.on('stream', (stream, { ':path': path }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => replyTo(stream, ANSWERS[path ?? ''] as Answer, Buffer.concat(chunks)));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

function replyTo(stream: ServerHttp2Stream, answer: Answer, request: Buffer): void {
  const reply = answer(request.subarray(FRAME_BYTES));
  const head = Buffer.alloc(FRAME_BYTES);
  head.writeUInt32BE(reply.length, 1);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.concat([head, reply]));
}
