import { type ServerWritableStream } from '@grpc/grpc-js';
import type { ContractMethod } from '../../../proto/contract';
import { batch } from '../batch';
import { fixtureContracts } from '../fixtures/contract-of';
import { defineService } from '../spec';

// A stream of small items, as many to a message as is asked for.

const contract = fixtureContracts({
  nested: {
    bench: {
      nested: {
        Item: { fields: { id: { type: 'int32', id: 1 }, price: { type: 'double', id: 2 } } },
        WatchRequest: { fields: { items: { type: 'int32', id: 1 }, size: { type: 'int32', id: 2 } } },
        WatchResponse: { fields: { items: { rule: 'repeated', type: 'Item', id: 1 } } },
        Feed: {
          methods: {
            Watch: { requestType: 'WatchRequest', responseType: 'WatchResponse', responseStream: true, comment: '' },
          },
        },
      },
    },
  },
});

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
    kind: 'serverStream';
    requestIn: WatchRequest;
    requestOut: WatchRequest;
    replyIn: WatchResponse;
    replyOut: WatchResponse;
  };
};

export const feed = defineService({ name: 'feed', serves: contract<FeedMethods>('bench.Feed') });

export const watch = feed.serves[0]?.contract.methods['watch'] as ContractMethod;

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
