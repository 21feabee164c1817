import type { Server } from '@grpc/grpc-js';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { descriptorSet } from '../../proto/gen/descriptors';
import { service as healthService } from 'grpc-health-check';

/**
 * Adds gRPC server reflection, v1 and v1alpha.
 *
 * It is given the descriptors that buf built: those which proto-loader makes lack the types of other
 * packages, and grpcurl cannot read them.
 *
 * @param names the full names of the contracts served
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function addReflection(server: Server, names: string[]): void {
  const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet);
  const contracts = file.map((descriptor) => Buffer.from(toBinary(FileDescriptorProtoSchema, descriptor)));
  const health = Object.values(healthService).flatMap(({ requestType }) => fileDescriptorsOf(requestType));
  // Reflection reads these bytes and nothing else of a package definition.
  const definition = { all: { fileDescriptorProtos: [...contracts, ...health] } } as unknown as PackageDefinition;
  new ReflectionService(definition, { services: [...names, 'grpc.health.v1.Health'] }).addToServer(server);
}

function fileDescriptorsOf(type: object | undefined): Buffer[] {
  return (type as MessageTypeDefinition<object, object> | undefined)?.fileDescriptorProtos ?? [];
}
