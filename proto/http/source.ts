import type { DescMethod } from '@bufbuild/protobuf';

/** Where something stands in a contract. */
export interface Source {
  readonly file: string;
  /** From 1; undefined where the descriptors carry no source info. */
  readonly line: number | undefined;
}

/** Numbers of fields in FileDescriptorProto, ServiceDescriptorProto and MethodDescriptorProto. */
const [SERVICE, METHOD, OPTIONS, HTTP] = [6, 2, 4, 72295728];

/**
 * The line of a method's google.api.http option, or of the method where the option has none.
 *
 * @see https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto "SourceCodeInfo"
 */
export function sourceOf(method: DescMethod): Source {
  const { parent } = method;
  const { file } = parent;
  const path = [SERVICE, file.services.indexOf(parent), METHOD, parent.methods.indexOf(method)];
  const line = lineAt(method, [...path, OPTIONS, HTTP]) ?? lineAt(method, path);
  return { file: `${file.name}.proto`, line };
}

function lineAt(method: DescMethod, path: readonly number[]): number | undefined {
  const locations = method.parent.file.proto.sourceCodeInfo?.location ?? [];
  // Locations of one option's parts have longer paths.
  const lines = locations
    .filter((each) => path.every((number, index) => each.path[index] === number))
    .flatMap(({ span }) => span.slice(0, 1));
  return lines.length > 0 ? Math.min(...lines) + 1 : undefined;
}
