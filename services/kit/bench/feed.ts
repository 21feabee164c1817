import { create, type Message, toBinary } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MethodDefinition, ServerWritableStream, ServiceDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { batch } from '../streams/batch';
import { fixtureContract } from '../testing/contract-of';
import { defineService } from '../declaration';

// A stream of small items, as many to a message as is asked for.

interface Item {
  id: number;
  price: number;
}

interface WatchRequest {
  items: number;
  size: number;
}

interface WatchResponse {
  items: Item[];
}

// A type, not an interface: only types have the index signature that contracts ask for.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type FeedMethods = {
  watch: {
    methodKind: 'server_streaming';
    input: GenMessage<Message<'bench.WatchRequest'> & WatchRequest>;
    output: GenMessage<Message<'bench.WatchResponse'> & WatchResponse>;
  };
};

export const Feed = fixtureContract<FeedMethods>(
  'bench.Feed',
  {
    Item: { id: 'INT32', price: 'DOUBLE' },
    WatchRequest: { items: 'INT32', size: 'INT32' },
    WatchResponse: { items: 'repeated Item' },
  },
  { Watch: { input: 'WatchRequest', output: 'WatchResponse', serverStreaming: true } },
);

export const feed = defineService({ name: 'feed', serves: Feed });

const set = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [Feed.file.proto] }));

/** With the codecs of proto-loader. */
export const watch = (loadFileDescriptorSetFromBuffer(Buffer.from(set))['bench.Feed'] as ServiceDefinition)[
  'Watch'
] as MethodDefinition<WatchRequest, WatchResponse>;

function* items(count: number): Generator<Item> {
  for (let id = 0; id < count; id += 1) yield { id, price: id / 4 };
}

/** Through the kit. */
export const feedHandlers = {
  async *watch(request: WatchRequest) {
    for await (const some of batch(items(request.items), { size: request.size })) yield { items: some };
  },
};

/** The same with grpc-js alone. */
export async function watchBare(call: ServerWritableStream<WatchRequest, WatchResponse>): Promise<void> {
  const { items: count, size } = call.request;
  let some: Item[] = [];
  for (const item of items(count)) {
    some.push(item);
    if (some.length < size && item.id < count - 1) continue;
    if (!call.write({ items: some })) await new Promise((resolve) => call.once('drain', resolve));
    some = [];
  }
  call.end();
}
