import { createFileRegistry, type DescMethod, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Contract } from '../../proto/contract';

const registries = new WeakMap<Uint8Array, FileRegistry>();

/** The descriptors of a google.protobuf.FileDescriptorSet in bytes; each set is read once. */
export function registryOf(descriptorSet: Uint8Array): FileRegistry {
  const known = registries.get(descriptorSet);
  if (known) return known;
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  registries.set(descriptorSet, registry);
  return registry;
}

/** @param name in either case @throws Error when the contract's descriptors do not have it */
export function methodDescriptor(
  { fullName, descriptorSet }: Pick<Contract, 'fullName' | 'descriptorSet'>,
  name: string,
): DescMethod {
  const method = registryOf(descriptorSet).getService(fullName)?.method[name.charAt(0).toLowerCase() + name.slice(1)];
  if (!method) throw new Error(`the contracts have no method ${fullName}/${name}`);
  return method;
}
