import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { invalidArgument, type StatusError } from './status-error';

/** Between a message's bytes and its JSON, as proto3 defines it. */
export interface MessageCodec {
  readonly descriptor: DescMessage;
  /** @throws StatusError INVALID_ARGUMENT that names the field */
  toBytes(json: JsonValue): Uint8Array;
  toJson(bytes: Uint8Array): JsonValue;
}

/** The codecs of a method's messages. */
export interface MethodCodec {
  readonly request: MessageCodec;
  readonly reply: MessageCodec;
}

/**
 * Finds codecs by names.
 *
 * @param descriptorSet a google.protobuf.FileDescriptorSet with all imports, in bytes
 * @returns a function from a service's full name and a method's name, in either case, to its codecs
 * @see https://protobuf.dev/programming-guides/json/
 */
export function createTranscoder(descriptorSet: Uint8Array): (service: string, method: string) => MethodCodec {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  return (service, method) => {
    const found = registry.getService(service)?.method[method.charAt(0).toLowerCase() + method.slice(1)];
    if (!found) throw new Error(`the contracts have no method ${service}/${method}`);
    return { request: createCodec(found.input, registry), reply: createCodec(found.output, registry) };
  };
}

function createCodec(descriptor: DescMessage, registry: Registry): MessageCodec {
  return {
    descriptor,
    toBytes: (json) => {
      try {
        return toBinary(descriptor, fromJson(descriptor, json, { registry }));
      } catch (error) {
        throw violation(descriptor, (error as Error).message);
      }
    },
    toJson: (bytes) => toJson(descriptor, fromBinary(descriptor, bytes), { registry, alwaysEmitImplicit: true }),
  };
}

/** Finds the field in the sentences of protobuf-es. */
function violation(descriptor: DescMessage, message: string): StatusError {
  const [, path, reason] = /^cannot decode field ([\w.]+) from JSON: (.*)$/s.exec(message) ?? [];
  if (path && reason) return invalidArgument({ [path.slice(path.lastIndexOf('.') + 1)]: reason });
  const [, unknown] = /key "(.*)" is unknown$/s.exec(message) ?? [];
  if (unknown !== undefined) return invalidArgument({ [unknown]: 'is no field of the request' });
  const [, type, value] = /^cannot decode (?:enum|message) ([\w.]+) from JSON: (.*)$/s.exec(message) ?? [];
  const field = descriptor.fields.find((each) => (each.enum ?? each.message)?.typeName === type);
  return invalidArgument({ [field?.name ?? 'body']: value ? `cannot be ${value}` : message });
}
