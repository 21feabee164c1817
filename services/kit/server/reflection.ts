import type { Server } from '@grpc/grpc-js';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import type * as grpcReflection from '@grpc/reflection';
import type * as healthCheck from 'grpc-health-check';
import { filesOf } from '../../../proto/definition';
import type { Contract } from '../declaration/contract';
import { addLateService, type LibraryService, servicesOf } from './late-service';

/** The library adds them in this order. */
const VERSIONS = ['v1', 'v1alpha'];

/**
 * Adds gRPC server reflection, v1 and v1alpha. Few services ever get such a call, so the library is loaded and the
 * descriptors are indexed with the first one.
 *
 * @param contracts the contracts served
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function addReflection(server: Pick<Server, 'addService'>, contracts: readonly Contract[]): void {
  let services: LibraryService[] | undefined;
  const kinds = { ServerReflectionInfo: { requestStream: true, responseStream: true } };
  for (const [index, version] of VERSIONS.entries())
    addLateService(server, `grpc.reflection.${version}.ServerReflection`, kinds, () => {
      services ??= servicesOf(createReflection(contracts));
      return services[index] as LibraryService;
    });
}

/**
 * Uses the contracts' own descriptors. grpcurl cannot read those of proto-loader, which lack the types of other packages.
 */
function createReflection(contracts: readonly Contract[]): grpcReflection.ReflectionService {
  /* eslint-disable @typescript-eslint/no-require-imports -- `import()` would make every call wait for it */
  const { ReflectionService } = require('@grpc/reflection') as typeof grpcReflection;
  const { service: healthService } = require('grpc-health-check') as typeof healthCheck;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const served = new Set(contracts.flatMap(({ file }) => [...filesOf(file)]));
  const files = [...served].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
  const health = Object.values(healthService).flatMap(({ requestType }) => fileDescriptorsOf(requestType));
  // Reflection reads only these bytes from a package definition.
  const definition = { all: { fileDescriptorProtos: [...files, ...health] } } as unknown as PackageDefinition;
  const services = [...contracts.map(({ typeName }) => typeName), 'grpc.health.v1.Health'];
  return new ReflectionService(definition, { services });
}

function fileDescriptorsOf(type: object | undefined): Buffer[] {
  return (type as MessageTypeDefinition<object, object> | undefined)?.fileDescriptorProtos ?? [];
}
