import { Client, credentials, type MethodDefinition } from '@grpc/grpc-js';
import { rootCall } from '../protocol/call';
import { connect } from '../client/client';
import { getUserInfoBatch, sayHello } from './bare-contracts';
import { feed, watch } from './feed';
import { helloRequest, userIds } from './handlers';
import { bench } from './servers';
import { requestMetadata } from './sidecar-headers';

/** One way to call the methods of a server. */
export interface BenchClient {
  /** SayHello. */
  hello(): Promise<unknown>;
  /** GetUserInfoBatch. */
  users(): Promise<unknown>;
  /** Reads a stream of so many items, `size` to a message. @returns how many came */
  watch(items: number, size: number): Promise<number>;
}

/** Ways to call. @param port of a server on loopback */
export const CLIENTS: Readonly<Record<string, (port: number) => BenchClient>> = {
  kit: connectKit,
  bare: (port) => connectBare(port),
  control: (port) => connectBare(port),
  /** Its requests are of no trace, so that the server's sampler decides. */
  untraced: (port) => connectBare(port, ['traceparent', 'tracestate', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled']),
};

const TIMEOUT_MS = 3_000;

function connectKit(port: number): BenchClient {
  const options = { caller: 'bench' };
  const calls = bench.only('greeter.sayHello', 'users.getUserInfoBatch');
  const { client } = connect(calls, `127.0.0.1:${port}`, options);
  const stream = connect(feed.only('watch'), `127.0.0.1:${port}`, options).client;
  const metadata = requestMetadata();
  return {
    hello: () => client.sayHello(helloRequest, rootCall({ metadata })),
    users: () => client.getUserInfoBatch({ userIds }, rootCall({ metadata })),
    watch: async (items, size) => {
      let count = 0;
      for await (const message of stream.watch({ items, size }, rootCall({}))) count += message.items.length;
      return count;
    },
  };
}

/** @param without headers that it does not send */
function connectBare(port: number, without: readonly string[] = []): BenchClient {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = requestMetadata();
  for (const name of without) metadata.remove(name);
  const unary = <Request, Reply>(method: MethodDefinition<Request, Reply>, request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      const done = (error: Error | null, reply?: Reply): void => (error ? reject(error) : resolve(reply));
      const deadline = Date.now() + TIMEOUT_MS;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, done);
    });
  return {
    hello: () => unary(sayHello, helloRequest),
    users: () => unary(getUserInfoBatch, { user_ids: userIds }),
    watch: (items, size) =>
      new Promise((resolve, reject) => {
        let count = 0;
        client
          .makeServerStreamRequest(watch.path, watch.requestSerialize, watch.responseDeserialize, { items, size })
          .on('data', (message: { items: unknown[] }) => (count += message.items.length))
          .on('error', reject)
          .on('end', () => resolve(count));
      }),
  };
}
