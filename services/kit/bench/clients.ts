import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { rootCall } from '../call';
import { connect } from '../client';
import { feed, watch } from './feed';
import { request, sayHello } from './hello';
import { bench } from './servers';

/** One way to call the methods of a server. */
export interface BenchClient {
  hello(): Promise<unknown>;
  /** Reads a stream of so many items, `size` to a message. @returns how many came */
  watch(items: number, size: number): Promise<number>;
}

/** Ways to call. @param port of a server on loopback */
export const CLIENTS: Readonly<Record<string, (port: number) => BenchClient>> = {
  kit: connectKit,
  bare: connectBare,
  control: connectBare,
};

function connectKit(port: number): BenchClient {
  const options = { caller: 'bench' };
  const { client } = connect(bench.only('greeter.sayHello'), `127.0.0.1:${port}`, options);
  const stream = connect(feed.only('watch'), `127.0.0.1:${port}`, options).client;
  return {
    hello: () => client.sayHello(request, rootCall({})),
    watch: async (items, size) => {
      let count = 0;
      for await (const message of stream.watch({ items, size }, rootCall({}))) count += message.items.length;
      return count;
    },
  };
}

function connectBare(port: number): BenchClient {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const wire = [sayHello.path, sayHello.requestSerialize, sayHello.responseDeserialize] as const;
  return {
    hello: () =>
      new Promise((resolve, reject) => {
        const done = (error: Error | null, reply?: object): void => (error ? reject(error) : resolve(reply));
        client.makeUnaryRequest(...wire, request, new Metadata(), { deadline: Date.now() + 3_000 }, done);
      }),
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
