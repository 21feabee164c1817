import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { createFileRegistry, type DescMethod, type DescService } from '@bufbuild/protobuf';
import { lineOf, placeOf } from './source-place';

/** The field numbers of FileDescriptorProto.service and ServiceDescriptorProto.method. */
const [SERVICE, METHOD] = [6, 2];

/**
 * Finds what buf accepts but no code can be generated from, one line each with file and line.
 *
 * @param set what buf built, with source info
 * @param files the .proto files below `proto/`, relative to it
 */
export function contractFaults(set: FileDescriptorSet, files: readonly string[]): string[] {
  const registry = createFileRegistry(set);
  return files.flatMap((name) => {
    const file = registry.getFile(name);
    if (!file) return [`proto/${name}: is in no module of buf.yaml; add it to one, or remove the file`];
    if (file.proto.package === '')
      return [`proto/${name}:1: has no package; add one, such as package ${packageFor(name)};`];
    return file.services.flatMap(methodFaults);
  });
}

/** The package that buf's STANDARD rules expect of a file: that of its folder. */
function packageFor(file: string): string {
  return file.split('/').slice(0, -1).join('.') || 'acme.orders.v1';
}

/** Two method names may be the same in lowerCamelCase, the form that code uses. */
function methodFaults({ name, file, methods, method: byName }: DescService, service: number): string[] {
  const faultOf = (method: DescMethod, index: number): string | undefined => {
    const { localName } = method;
    const duplicate = methods.slice(0, index).find((each) => each.localName === localName);
    if (duplicate) return `and ${duplicate.name} are both ${localName} in code; rename one`;
    if (localName === 'then') return 'would make a client look like a promise; rename it';
    return Object.hasOwn(byName, localName) ? undefined : 'cannot be the name of a function; rename it';
  };
  return methods.flatMap((method, index) => {
    const fault = faultOf(method, index);
    const place = placeOf(file.proto.name, lineOf(file.proto, [SERVICE, service, METHOD, index]));
    return fault === undefined ? [] : [`${place}: ${name}.${method.name} ${fault}`];
  });
}
