import type { FileDescriptorProto, FileDescriptorSet, ServiceDescriptorProto } from '@bufbuild/protobuf/wkt';
import { createFileRegistry, type DescService } from '@bufbuild/protobuf';
import { placeOf } from './source-place';

/** The field numbers of FileDescriptorProto.service and ServiceDescriptorProto.method, which lead to a place. */
const SERVICE = 6;
const METHOD = 2;

/**
 * What is wrong with contracts that buf accepts and code cannot be generated from, each with file and line.
 *
 * @param set what buf built, with source info
 * @param files the .proto files below `proto/`, relative to it
 */
export function contractFaults(set: FileDescriptorSet, files: readonly string[]): string[] {
  const built = new Map(set.file.map((file) => [file.name, file]));
  const registry = createFileRegistry(set);
  return files.flatMap((name) => {
    const file = built.get(name);
    if (!file) return [`proto/${name}: buf leaves it out; let a module of buf.yaml include it, or remove the file`];
    if (file.package === '') return [`proto/${name}:1: has no package; write for example package ${packageFor(name)};`];
    return file.service.flatMap((service, index) =>
      methodFaults(file, [SERVICE, index], service, registry.getService(`${file.package}.${service.name}`)),
    );
  });
}

/** The package that buf's STANDARD rules expect of a file: that of its folder. */
function packageFor(file: string): string {
  return file.split('/').slice(0, -1).join('.') || 'acme.orders.v1';
}

/** In code a method has its name in lowerCamelCase, so two names may become one. */
function methodFaults(
  file: FileDescriptorProto,
  path: number[],
  { name, method }: ServiceDescriptorProto,
  service: DescService | undefined,
): string[] {
  const seen = new Map<string, string>();
  return (service?.methods ?? []).flatMap(({ localName }, index) => {
    const own = method[index]?.name ?? '';
    const place = placeOf(file, [...path, METHOD, index]);
    const twin = seen.get(localName);
    seen.set(localName, own);
    if (twin !== undefined) return [`${place}: ${name}.${own} and ${twin} are both ${localName} in code; rename one`];
    if (localName === 'then')
      return [`${place}: ${name}.${own}: a client with a method "then" looks like a promise; rename it`];
    return [];
  });
}
