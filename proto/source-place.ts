import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

/**
 * The line, from 1, on which something stands in a .proto file; undefined where the descriptors have no source info.
 *
 * @param path of field numbers and indexes; one that leads to several places, such as the parts of an option, gives the
 *   first line
 * @see https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto SourceCodeInfo
 */
export function lineOf({ sourceCodeInfo }: FileDescriptorProto, path: readonly number[]): number | undefined {
  const lines = (sourceCodeInfo?.location ?? [])
    .filter((each) => path.every((number, index) => each.path[index] === number))
    .flatMap(({ span }) => span.slice(0, 1));
  return lines.length > 0 ? Math.min(...lines) + 1 : undefined;
}

/** A place as people and editors read it: `proto/weft/user/v1/user.proto:12`. @param file relative to `proto/` */
export function placeOf(file: string, line: number | undefined): string {
  return line === undefined ? `proto/${file}` : `proto/${file}:${line}`;
}
