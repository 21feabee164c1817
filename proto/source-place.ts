import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

/**
 * Where something stands in a .proto file: `proto/weft/user/v1/user.proto:12`, or the file alone where the descriptors
 * have no source info.
 *
 * @param path of field numbers and indexes
 * @see https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto SourceCodeInfo
 */
export function placeOf({ name, sourceCodeInfo }: FileDescriptorProto, path: readonly number[]): string {
  const location = sourceCodeInfo?.location.find((each) => each.path.join() === path.join());
  const [line] = location?.span ?? [];
  return line === undefined ? `proto/${name}` : `proto/${name}:${line + 1}`;
}
