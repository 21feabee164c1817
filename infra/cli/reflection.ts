import { create, createFileRegistry, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { Client, type ClientDuplexStream, credentials, type ServiceDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fromServiceError } from '../../services/kit/status-details';

interface ReflectionReply {
  listServicesResponse?: { service: { name: string }[] };
  fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
  errorResponse?: { errorMessage: string };
}

type Ask = (request: object) => Promise<ReflectionReply>;

/** What a server says of itself. */
export interface Description {
  /** Full names, without those of gRPC's own services. */
  services: string[];
  /** All their descriptors. */
  registry: FileRegistry;
}

/**
 * Asks a server what it serves.
 *
 * @param timeoutMs for all of it
 * @throws StatusError UNAVAILABLE when nothing answers, UNIMPLEMENTED where there is no reflection
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export async function describeServer(target: string, timeoutMs: number): Promise<Description> {
  const client = new Client(target, credentials.createInsecure());
  try {
    const stream = openStream(client, Date.now() + timeoutMs);
    const ask = asker(stream);
    const { listServicesResponse } = await ask({ listServices: '*' });
    const services = (listServicesResponse?.service ?? [])
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('grpc.'));
    const files = await fetchFiles(ask, services);
    stream.end();
    const set = create(FileDescriptorSetSchema, { file: importsFirst(files) });
    return { services, registry: createFileRegistry(set) };
  } finally {
    client.close();
  }
}

function openStream(client: Client, deadline: number): ClientDuplexStream<object, ReflectionReply> {
  const file = require.resolve('@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto');
  const definition = loadSync(file)['grpc.reflection.v1.ServerReflection'] as ServiceDefinition;
  const method = definition['ServerReflectionInfo'];
  if (!method) throw new Error('@grpc/reflection has no ServerReflectionInfo');
  return client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, { deadline });
}

/** One question at a time, each with the answer that follows it. */
function asker(stream: ClientDuplexStream<object, ReflectionReply>): Ask {
  const replies = stream[Symbol.asyncIterator]() as AsyncIterator<ReflectionReply>;
  return async (request) => {
    stream.write(request);
    const next = await replies.next().catch((error: ServiceError) => {
      throw fromServiceError(error, 'grpc.reflection.v1.ServerReflection');
    });
    if (next.done) throw new Error('the server ended reflection early');
    const { value } = next;
    if (value.errorResponse) throw new Error(`reflection: ${value.errorResponse.errorMessage}`);
    return value;
  };
}

/** The files of all services, and everything they import. */
async function fetchFiles(ask: Ask, services: string[]): Promise<Map<string, FileDescriptorProto>> {
  const files = new Map<string, FileDescriptorProto>();
  const take = ({ fileDescriptorResponse }: ReflectionReply): void => {
    for (const bytes of fileDescriptorResponse?.fileDescriptorProto ?? []) {
      const file = fromBinary(FileDescriptorProtoSchema, bytes);
      nameForJson(file.extension, file.messageType);
      files.set(file.name, file);
    }
  };
  for (const name of services) take(await ask({ fileContainingSymbol: name }));
  for (let missing = missingFrom(files); missing !== undefined; missing = missingFrom(files))
    take(await ask({ fileByFilename: missing }));
  return files;
}

/** Servers in C++ and Python leave the JSON names of fields out, for they follow from the others. */
function nameForJson(fields: FieldDescriptorProto[], messages: DescriptorProto[]): void {
  for (const field of fields) field.jsonName ||= protoCamelCase(field.name);
  for (const { field, extension, nestedType } of messages) nameForJson([...field, ...extension], nestedType);
}

function missingFrom(files: Map<string, FileDescriptorProto>): string | undefined {
  return [...files.values()].flatMap(({ dependency }) => dependency).find((name) => !files.has(name));
}

function importsFirst(files: Map<string, FileDescriptorProto>): FileDescriptorProto[] {
  const ordered = new Set<FileDescriptorProto>();
  const visit = (file: FileDescriptorProto | undefined): void => {
    if (!file || ordered.has(file)) return;
    for (const name of file.dependency) visit(files.get(name));
    ordered.add(file);
  };
  for (const file of files.values()) visit(file);
  return [...ordered];
}
