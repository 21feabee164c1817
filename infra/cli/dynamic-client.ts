import type { DescMethod, JsonValue, Message } from '@bufbuild/protobuf';
import type { CallContext } from '../../services/kit/call';
import { connect } from '../../services/kit/client';
import { messageFromJson, messageToJson } from '../../services/kit/json';
import type { Json } from '../../services/kit/json-numbers';
import type { DynamicClient, Outgoing } from '../../services/kit/rpc';
import type { CallSpec } from '../../services/kit/spec';
import { type Description, describeServer } from './reflection';

const DESCRIBE_TIMEOUT_MS = 5_000;

/** A method of a server that was asked what it serves. */
export interface DynamicMethod {
  readonly kind: DescMethod['methodKind'];
  /** Calls it with JSON, whatever its kind: one message or many go, one or many come. */
  call(messages: Outgoing<JsonValue>, context: CallContext): AsyncGenerator<JsonValue>;
  close(): void;
}

/**
 * Finds a method by reflection.
 *
 * @param name `SayHello`, `sayHello`, or `weft.greeter.v1.Greeter/SayHello` where the name alone is not enough
 * @throws Error that lists what there is when there is no such method, or more than one
 */
export async function findMethod(target: string, name: string): Promise<DynamicMethod> {
  const description = await describeServer(target, DESCRIBE_TIMEOUT_MS);
  const method = choose(description, name);
  const read = (json: JsonValue): Message => messageFromJson(method.input, json as Json);
  const write = (message: Message): JsonValue => messageToJson(method.output, message);
  const connection = connect(specOf(method), target, { caller: 'weft-cli' });
  const send = (connection.client as DynamicClient)[method.localName];
  if (!send) throw new Error(`${method.name} cannot be called`);
  return {
    kind: method.methodKind,
    async *call(messages, context) {
      const many = method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming';
      const sent = many ? readAll(messages, read) : read(await only(messages, method));
      const answer = send(sent as never, context);
      if (answer instanceof Promise) yield write((await answer) as Message);
      else for await (const message of answer as AsyncIterable<Message>) yield write(message);
    },
    close: () => connection.close(),
  };
}

function choose({ services, registry }: Description, name: string): DescMethod {
  const all = services.flatMap((service) => registry.getService(service)?.methods ?? []);
  const [service, short] = name.includes('/') ? name.split('/', 2) : [undefined, name];
  const found = all.filter(
    (method) =>
      (method.name === short || method.localName === short) && (!service || method.parent.typeName === service),
  );
  const list = (methods: DescMethod[]): string =>
    methods.map((each) => `${each.parent.typeName}/${each.name}`).join('\n  ');
  if (found.length > 1) throw new Error(`${name} is more than one method; write one of\n  ${list(found)}`);
  if (!found[0]) throw new Error(`there is no method ${name}; there are\n  ${list(all)}`);
  return found[0];
}

/** A declaration of nothing but this method. */
function specOf(method: DescMethod): CallSpec {
  const service = {
    name: '',
    serves: [],
    http: false,
    calls: {},
    store: undefined,
    scale: { min: 1, max: 1 },
    config: {},
  };
  return { service, methods: [{ method, timeoutMs: undefined }] };
}

async function* readAll(messages: Outgoing<JsonValue>, read: (json: JsonValue) => Message): AsyncGenerator<Message> {
  for await (const message of messages) yield read(message);
}

async function only(messages: Outgoing<JsonValue>, method: DescMethod): Promise<JsonValue> {
  const all: JsonValue[] = [];
  for await (const message of messages) all.push(message);
  if (all.length > 1) throw new Error(`${method.name} takes one message, not ${all.length}`);
  return all[0] ?? {};
}
