import { Client, credentials, Metadata, type StatusObject } from '@grpc/grpc-js';
import type { Connection } from '../client/client';
import type { CallContext } from '../protocol/call';
import { pathOf } from '../declaration/contract';
import type { InterceptedCall, MessageStream, Next } from '../protocol/interceptor';
import { Echo, type Message } from './echo';
import type { callPatientEcho } from './programs/patient-echo';

type EchoClient = Connection<typeof callPatientEcho>['client'];

/** The names of the echo service's methods, one of each kind. */
export type EchoMethod = keyof EchoClient;

/** Calls a method of any kind. @param requests the first alone, where the method takes one */
export type CallKind = (client: EchoClient, requests: Message[], context: CallContext) => AsyncIterable<Message>;

/** How to call each method of the echo service, all in one way. */
export const KINDS: Readonly<Record<EchoMethod, CallKind>> = {
  say: (client, [request = {}], context) => once(client.say(request, context)),
  collect: (client, requests, context) => once(client.collect(requests, context)),
  expand: (client, [request = {}], context) => client.expand(request, context),
  chat: (client, requests, context) => client.chat(requests, context),
};

export const METHODS = Object.keys(KINDS) as EchoMethod[];

async function* once(reply: Promise<Message>): AsyncGenerator<Message> {
  yield await reply;
}

/** Reads a stream to its end. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Changes the text of every message. */
export async function* mapTexts(messages: MessageStream, change: (text: string) => string): AsyncGenerator<object> {
  for await (const message of messages) yield { ...message, text: change((message as Message).text ?? '') };
}

/** An interceptor for either side that notes when a call begins and ends. */
export function noting(events: string[], name: string) {
  return async function* <C extends InterceptedCall>(requests: MessageStream, call: C, next: Next<C>) {
    events.push(`${name} in`);
    try {
      yield* next(requests, call);
    } finally {
      events.push(`${name} out`);
    }
  };
}

/** What a client without the kit sees of a call. */
export interface RawCall {
  readonly metadata: Metadata | undefined;
  readonly status: StatusObject;
}

/** Sends bytes to a method of any kind; on the wire they are all alike. */
export function callRaw(address: string, name: EchoMethod, bytes: Buffer, metadata = new Metadata()): Promise<RawCall> {
  const client = new Client(address, credentials.createInsecure());
  const unchanged = (each: Buffer): Buffer => each;
  const stream = client.makeBidiStreamRequest(pathOf(Echo.method[name]), unchanged, unchanged, metadata);
  let received: Metadata | undefined;
  stream.on('metadata', (each: Metadata) => (received = each));
  stream.on('error', () => undefined);
  stream.on('data', () => undefined);
  stream.end(bytes);
  return new Promise((resolve) =>
    stream.on('status', (status: StatusObject) => {
      client.close();
      resolve({ metadata: received, status });
    }),
  );
}
