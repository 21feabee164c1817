import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
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
 * @param contracts what is served
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function addReflection(server: Pick<Server, 'addService'>, contracts: readonly Contract[]): void {
  // Indexing the descriptors takes a tenth of a small service's start, and hardly any service is ever asked.
  let indexed: Version[] | undefined;
  const versions = (): Version[] => (indexed ??= versionsOf(createReflection(contracts)));
  for (const [index, { definition, handlers }] of versionsOf(new ReflectionService({}, { services: [] })).entries()) {
    const late = Object.keys(handlers).map((name) => [
      name,
      (call: never) => versions()[index]?.handlers[name]?.(call),
    ]);
    server.addService(definition, Object.fromEntries(late) as UntypedServiceImplementation);
  }
}

/** A version of the reflection API. */
interface Version {
  definition: ServiceDefinition;
  handlers: Record<string, (call: never) => void>;
}

function versionsOf(reflection: ReflectionService): Version[] {
  const versions: Version[] = [];
  reflection.addToServer({
    addService: (definition, handlers) => versions.push({ definition, handlers: handlers as Version['handlers'] }),
  });
  return versions;
}

/**
 * Of the contracts' own descriptors: those which proto-loader makes lack the types of other packages, and grpcurl
 * cannot read them.
 */
function createReflection(contracts: readonly Contract[]): ReflectionService {
  const served = new Set(contracts.flatMap(({ file }) => [...filesOf(file)]));
  const files = [...served].map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)));
  const health = Object.values(healthService).flatMap(({ requestType }) => fileDescriptorsOf(requestType));
  // Reflection reads these bytes and nothing else of a package definition.
  const definition = { all: { fileDescriptorProtos: [...files, ...health] } } as unknown as PackageDefinition;
  const services = [...contracts.map(({ typeName }) => typeName), 'grpc.health.v1.Health'];
  return new ReflectionService(definition, { services });
}

function fileDescriptorsOf(type: object | undefined): Buffer[] {
  return (type as MessageTypeDefinition<object, object> | undefined)?.fileDescriptorProtos ?? [];
}
