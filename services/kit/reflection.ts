import type { Server } from '@grpc/grpc-js';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { service as healthService } from 'grpc-health-check';
import { filesOf } from '../../proto/definition';
import type { Contract } from './contract';

/**
 * Adds gRPC server reflection, v1 and v1alpha.
 *
 * It is given the contracts' own descriptors: those which proto-loader makes lack the types of other packages, and
 * grpcurl cannot read them.
 *
 * @param contracts what is served
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function addReflection(server: Pick<Server, 'addService'>, contracts: readonly Contract[]): void {
  const served = new Set(contracts.flatMap(({ file }) => [...filesOf(file)]));
  const files = [...served].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
  const health = Object.values(healthService).flatMap(({ requestType }) => fileDescriptorsOf(requestType));
  // Reflection reads these bytes and nothing else of a package definition.
  const definition = { all: { fileDescriptorProtos: [...files, ...health] } } as unknown as PackageDefinition;
  const services = [...contracts.map(({ typeName }) => typeName), 'grpc.health.v1.Health'];
  new ReflectionService(definition, { services }).addToServer(server);
}

function fileDescriptorsOf(type: object | undefined): Buffer[] {
  return (type as MessageTypeDefinition<object, object> | undefined)?.fileDescriptorProtos ?? [];
}
