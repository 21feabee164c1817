import { create, type DescMethod, type JsonValue, type Message } from '@bufbuild/protobuf';
import type { CallContext } from '../../../services/kit/protocol/call';
import { connect } from '../../../services/kit/client/client';
import { messageFromJson, messageToJson } from '../../../services/kit/json/json';
import type { Json } from '../../../services/kit/json/json-numbers';
import type { DynamicClient, Outgoing } from '../../../services/kit/protocol/rpc';
import type { CallSpec } from '../../../services/kit/declaration';
import { type Description, describeServer } from './reflection';

const DESCRIBE_TIMEOUT_MS = 5_000;

/** A method found by reflection. */
export interface DynamicMethod {
  readonly kind: DescMethod['methodKind'];
  /** The full name of its request message. */
  readonly requestType: string;
  /** @throws StatusError INVALID_ARGUMENT with a violation for each field that is wrong */
  read(json: Json): Message;
  /** Calls a method of any kind; the replies come as JSON. */
  call(messages: Outgoing<Message>, context: CallContext): AsyncGenerator<JsonValue>;
  close(): void;
}

/**
 * Finds a method by reflection.
 *
 * @param name `SayHello`, `sayHello`, or any longer ending of `weft.greeter.v1.Greeter/SayHello`; a dot may replace the
 *   slash
 * @throws Error that lists the methods when none or several match
 */
export async function findMethod(target: string, name: string): Promise<DynamicMethod> {
  const description = await describeServer(target, DESCRIBE_TIMEOUT_MS);
  const method = chooseMethod(methodsOf(description), name);
  const { input, output, methodKind } = method;
  const { registry } = description;
  const connection = connect(declarationFor(method), target, { caller: 'weft-cli' });
  const send = (connection.client as DynamicClient)[method.localName];
  if (!send) throw new Error(`${method.name} cannot be called`);
  return {
    kind: methodKind,
    requestType: input.typeName,
    read: (json) => messageFromJson(input, json, registry),
    async *call(messages, context) {
      const isMany = methodKind === 'client_streaming' || methodKind === 'bidi_streaming';
      const sent = isMany ? messages : ((await onlyMessage(messages, method)) ?? create(input));
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

function chooseMethod(all: DescMethod[], name: string): DescMethod {
  const found = findByName(all, name);
  const list = (methods: DescMethod[]): string => methods.map((each) => `\n  ${fullName(each)}`).join('');
  if (found.length > 1) throw new Error(`${name} is ambiguous; write one of${list(found)}`);
  if (found[0]) return found[0];
  const known = all.length > 0 ? `the server has${list(all)}` : 'the server lists no services';
  throw new Error(`method ${name} not found; ${known}`);
}

/** A full name means only its method, even if another name ends with it. */
function findByName(all: DescMethod[], name: string): DescMethod[] {
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

/** A declaration with this method only. */
function declarationFor(method: DescMethod): CallSpec {
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

async function onlyMessage(messages: Outgoing<Message>, method: DescMethod): Promise<Message | undefined> {
  const all: Message[] = [];
  for await (const message of messages) all.push(message);
  if (all.length > 1) throw new Error(`${method.name} takes one message, not ${all.length}`);
  return all[0];
}
