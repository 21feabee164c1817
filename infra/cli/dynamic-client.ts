import { createFileRegistry, type DescMethod, fromBinary, type JsonValue } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { ContractMethod } from '../../proto/contract';
import type { CallContext } from '../../services/kit/call';
import { connect } from '../../services/kit/client';
import type { Outgoing } from '../../services/kit/rpc';
import type { CallSpec } from '../../services/kit/spec';
import { createTranscoder } from '../../services/kit/transcode';
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
  const codec = createTranscoder(description.descriptorSet)(method.parent.typeName, method.name);
  const connection = connect(specOf(method, description.descriptorSet), target, { caller: 'weft-cli' });
  const send = connection.bytes[method.localName];
  if (!send) throw new Error(`${method.name} cannot be called`);
  return {
    kind: method.methodKind,
    async *call(messages, context) {
      const many = method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming';
      const request = many
        ? encodeAll(messages, codec.request.toBytes)
        : codec.request.toBytes(await only(messages, method));
      const answer = send(request, context);
      if (answer instanceof Promise) yield codec.reply.toJson((await answer) as Uint8Array);
      else for await (const bytes of answer as AsyncIterable<Uint8Array>) yield codec.reply.toJson(bytes);
    },
    close: () => connection.close(),
  };
}

function choose({ services, descriptorSet }: Description, name: string): DescMethod {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
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
function specOf(method: DescMethod, descriptorSet: Uint8Array): CallSpec {
  const kind = method.methodKind;
  const definition = {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: kind === 'client_streaming' || kind === 'bidi_streaming',
    responseStream: kind === 'server_streaming' || kind === 'bidi_streaming',
  } as ContractMethod;
  const contract = { fullName: method.parent.typeName, methods: { [method.localName]: definition }, descriptorSet };
  const service = {
    name: '',
    serves: [],
    http: false,
    calls: {},
    store: undefined,
    scale: { min: 1, max: 1 },
    config: {},
  };
  return { service, methods: [{ name: method.localName, contract, timeoutMs: undefined }] };
}

async function* encodeAll(
  messages: Outgoing<JsonValue>,
  encode: (json: JsonValue) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  for await (const message of messages) yield encode(message);
}

async function only(messages: Outgoing<JsonValue>, method: DescMethod): Promise<JsonValue> {
  const all: JsonValue[] = [];
  for await (const message of messages) all.push(message);
  if (all.length > 1) throw new Error(`${method.name} takes one message, not ${all.length}`);
  return all[0] ?? {};
}
