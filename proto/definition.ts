import { create, createRegistry, type DescFile, type DescService, type Registry, toBinary } from '@bufbuild/protobuf';
import { type DescriptorProto, type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';

/**
 * grpc-js's definition of a contract, by proto-loader: the path and the kind of each method. Do not use its codecs,
 * which know no fields: the kit reads and writes messages with protobuf-es.
 */
export function definitionOf(contract: DescService): ServiceDefinition {
  const set = toBinary(FileDescriptorSetSchema, outlineOf(contract));
  return loadFileDescriptorSetFromBuffer(Buffer.from(set))[contract.typeName] as ServiceDefinition;
}

/**
 * The service and the names of its methods' messages. With fields and options, proto-loader would parse every imported
 * file, and refuse some that protoc accepts.
 */
function outlineOf(contract: DescService): FileDescriptorSet {
  const files = new Set([contract.file, ...contract.methods.flatMap(({ input, output }) => [input.file, output.file])]);
  const file = [...files].map((each) => ({
    name: each.proto.name,
    package: each.proto.package,
    syntax: 'proto3',
    messageType: each.proto.messageType.map(nameOf),
    service: each === contract.file ? [serviceOf(contract)] : [],
  }));
  return create(FileDescriptorSetSchema, { file });
}

function serviceOf({ proto: { name, method } }: DescService) {
  return { name, method: method.map(({ options: _, ...rest }) => rest) };
}

interface MessageName {
  name: string;
  nestedType: MessageName[];
}

function nameOf({ name, nestedType }: DescriptorProto): MessageName {
  return { name, nestedType: nestedType.map(nameOf) };
}

/** A file and all that it imports, each once, imports first. */
export function filesOf(file: DescFile, seen = new Set<DescFile>()): Set<DescFile> {
  if (seen.has(file)) return seen;
  for (const dependency of file.dependencies) filesOf(dependency, seen);
  return seen.add(file);
}

const registries = new WeakMap<DescFile, Registry>();

/** The types of a file and of all that it imports: those that an Any in its messages can hold, and its options' types. */
export function registryOf(file: DescFile): Registry {
  const known = registries.get(file);
  if (known) return known;
  const registry = createRegistry(...filesOf(file));
  registries.set(file, registry);
  return registry;
}
