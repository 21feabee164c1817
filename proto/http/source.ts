import type { DescMethod } from '@bufbuild/protobuf';
import { lineOf } from '../source-place';

/** Where something stands in a contract. */
export interface Source {
  readonly file: string;
  /** From 1; undefined where the descriptors carry no source info. */
  readonly line: number | undefined;
}

/** Numbers of fields in FileDescriptorProto, ServiceDescriptorProto and MethodDescriptorProto. */
const [SERVICE, METHOD, OPTIONS, HTTP] = [6, 2, 4, 72295728];

/** The line of a method's google.api.http option, or of the method where the option has none. */
export function sourceOf(method: DescMethod): Source {
  const { parent } = method;
  const { file } = parent;
  const path = [SERVICE, file.services.indexOf(parent), METHOD, parent.methods.indexOf(method)];
  return { file: `${file.name}.proto`, line: lineOf(file.proto, [...path, OPTIONS, HTTP]) ?? lineOf(file.proto, path) };
}
