import { create, type DescMethod, type JsonValue, type Message } from '@bufbuild/protobuf';
import type { CallContext } from '../../../services/kit/protocol/call';
import { connect } from '../../../services/kit/client/client';
import { messageFromJson, messageToJson } from '../../../services/kit/json/json';
import type { Json } from '../../../services/kit/json/json-numbers';
import type { DynamicClient, Outgoing } from '../../../services/kit/protocol/rpc';
import type { CallSpec } from '../../../services/kit/declaration';
import { type Description, describeServer } from './reflection';

const DESCRIBE_TIMEOUT_MS = 5_000;

/** A method of a server that was asked what it serves. */
export interface DynamicMethod {
  readonly kind: DescMethod['methodKind'];
  /** The full name of the messages it takes. */
  readonly requestType: string;
  /** @throws StatusError INVALID_ARGUMENT with a violation for each field that is wrong */
  read(json: Json): Message;
  /** Calls it, whatever its kind: one message or many go, one or many come as JSON. */
  call(messages: Outgoing<Message>, context: CallContext): AsyncGenerator<JsonValue>;
  close(): void;
}

/**
 * Finds a method by reflection.
 *
 * @param name `SayHello` or `sayHello`; with as much of `weft.greeter.v1.Greeter/SayHello` before it as tells it apart,
 *   and a dot in the place of the slash if you like
 * @throws Error that lists what there is when there is no such method, or more than one
 */
export async function findMethod(target: string, name: string): Promise<DynamicMethod> {
  const description = await describeServer(target, DESCRIBE_TIMEOUT_MS);
  const method = choose(methodsOf(description), name);
  const { input, output, methodKind } = method;
  const { registry } = description;
  const connection = connect(specOf(method), target, { caller: 'weft-cli' });
  const send = (connection.client as DynamicClient)[method.localName];
  if (!send) throw new Error(`${method.name} cannot be called`);
  return {
    kind: methodKind,
    requestType: input.typeName,
    read: (json) => messageFromJson(input, json, registry),
    async *call(messages, context) {
      const isMany = methodKind === 'client_streaming' || methodKind === 'bidi_streaming';
      const sent = isMany ? messages : ((await only(messages, method)) ?? create(input));
      const answer = send(sent as never, context);
      if (answer instanceof Promise) yield messageToJson(output, (await answer) as Message, registry);
      else for await (const message of answer as AsyncIterable<Message>) yield messageToJson(output, message, registry);
    },
    close: () => connection.close(),
  };
}

function methodsOf({ services, registry }: Description): DescMethod[] {
  return services.flatMap((service) => registry.getService(service)?.methods ?? []);
}

function choose(all: DescMethod[], name: string): DescMethod {
  const found = named(all, name);
  const list = (methods: DescMethod[]): string => methods.map((each) => `\n  ${fullName(each)}`).join('');
  if (found.length > 1) throw new Error(`${name} is more than one method; write one of${list(found)}`);
  if (found[0]) return found[0];
  const known = all.length > 0 ? `there are${list(all)}` : 'the server says that it serves none';
  throw new Error(`there is no method ${name}; ${known}`);
}

/** A whole name stands for its method alone, even if another one ends in it. */
function named(all: DescMethod[], name: string): DescMethod[] {
  const [, service, short] = /^[./]?(?:(.*)[./])?([^./]*)$/.exec(name) ?? [];
  const whole = all.filter((method) => fullName(method) === `${service}/${short}`);
  if (whole.length > 0) return whole;
  return all.filter(
    ({ name: own, localName, parent }) =>
      (own === short || localName === short) &&
      (service === undefined || `.${parent.typeName}`.endsWith(`.${service}`)),
  );
}

function fullName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
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

async function only(messages: Outgoing<Message>, method: DescMethod): Promise<Message | undefined> {
  const all: Message[] = [];
  for await (const message of messages) all.push(message);
  if (all.length > 1) throw new Error(`${method.name} takes one message, not ${all.length}`);
  return all[0];
}
