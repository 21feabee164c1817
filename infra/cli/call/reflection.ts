import { create, createFileRegistry, type DescFile, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import * as wellKnown from '@bufbuild/protobuf/wkt';
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { type Ask, askServer } from './reflection-stream';

/** The services of a server, and their contracts. */
export interface Description {
  /** Full names, without gRPC's own services. */
  services: string[];
  /** All their descriptors. */
  registry: FileRegistry;
}

/** Services of gRPC libraries. */
const GRPC_SERVICES = /^grpc\.(reflection|health|channelz|admin)\./;

/**
 * Asks a server what it serves.
 *
 * @param timeoutMs for all of it
 * @throws StatusError UNAVAILABLE when nothing answers, UNIMPLEMENTED when the server has no reflection
 * @throws Error when its descriptors are incomplete
 */
export async function describeServer(target: string, timeoutMs: number): Promise<Description> {
  const { services, files } = await askServer(target, timeoutMs, async (ask) => {
    const names = await listServices(ask);
    return { services: names, files: await fetchFiles(ask, names) };
  });
  return { services, registry: registryOf([...files.values()]) };
}

async function listServices(ask: Ask): Promise<string[]> {
  const answer = await ask({ case: 'listServices', value: '*' });
  if (answer.case === 'errorResponse') throw new Error(`reflection: ${answer.value.errorMessage}`);
  if (answer.case !== 'listServicesResponse') return [];
  return answer.value.service.map(({ name }) => name).filter((name) => !GRPC_SERVICES.test(name));
}

type Files = Map<string, FileDescriptorProto>;

/** The files of all services and everything they import, by name. */
async function fetchFiles(ask: Ask, services: string[]): Promise<Files> {
  const files: Files = new Map();
  for (const value of services) {
    const answer = await ask({ case: 'fileContainingSymbol', value });
    if (answer.case === 'errorResponse') throw new Error(`reflection: ${value}: ${answer.value.errorMessage}`);
    addFiles(files, answer);
  }
  for (let missing = missingImport(files); missing !== undefined; missing = missingImport(files)) {
    addFiles(files, await ask({ case: 'fileByFilename', value: missing }));
    if (!files.has(missing)) addMissingFile(files, missing);
  }
  return files;
}

function addFiles(files: Files, answer: Awaited<ReturnType<Ask>>): void {
  if (answer.case !== 'fileDescriptorResponse') return;
  for (const bytes of answer.value.fileDescriptorProto) {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    addJsonNames(file.extension, file.messageType);
    files.set(file.name, file);
  }
}

/**
 * Some servers leave out files: well-known ones, those that only options need, or those they store under another name.
 * If the types of one are needed after all, the registry fails.
 */
function addMissingFile(files: Files, missing: string): void {
  const known = WELL_KNOWN.get(missing);
  if (known) files.set(missing, known);
  else for (const file of files.values()) file.dependency = file.dependency.filter((name) => name !== missing);
}

const WELL_KNOWN = new Map(
  Object.values(wellKnown)
    .filter((value): value is DescFile => (value as Partial<DescFile>).kind === 'file')
    .map(({ proto }) => [proto.name, proto]),
);

/** Servers in C++ and Python leave out the JSON names of fields; they follow from the field names. */
function addJsonNames(fields: FieldDescriptorProto[], messages: DescriptorProto[]): void {
  for (const field of fields) field.jsonName ||= protoCamelCase(field.name);
  for (const { field, extension, nestedType } of messages) addJsonNames([...field, ...extension], nestedType);
}

function missingImport(files: Files): string | undefined {
  return [...files.values()].flatMap(({ dependency }) => dependency).find((name) => !files.has(name));
}

function registryOf(files: FileDescriptorProto[]): FileRegistry {
  try {
    return createFileRegistry(create(FileDescriptorSetSchema, { file: importsFirst(files) }));
  } catch (error) {
    throw new Error(`the descriptors of the server are incomplete: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function importsFirst(files: FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const [seen, ordered] = [new Set<FileDescriptorProto>(), new Set<FileDescriptorProto>()];
  const visit = (file: FileDescriptorProto | undefined): void => {
    if (!file || seen.has(file)) return;
    seen.add(file);
    for (const name of file.dependency) visit(byName.get(name));
    ordered.add(file);
  };
  files.forEach(visit);
  return [...ordered];
}
