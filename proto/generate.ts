import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Root } from 'protobufjs';
import { contractsSource } from './contracts-source';
import { onlyUsedTypes } from './used-types';

const run = promisify(execFile);

/**
 * Makes `proto/gen` from the .proto files below `proto/`: the types of all messages, one typed value per
 * service (`contracts.ts`), and the descriptors as protobufjs JSON and as the set that buf built.
 *
 * @param root the project's folder
 * @returns whether anything was made: nothing is when `proto/gen` came from the same sources and tools
 * @throws Error with buf's own words (file:line:column) when a .proto file is wrong
 */
export async function generate(root: string): Promise<boolean> {
  const files = protoFiles(root);
  const stamp = stampOf(root, files);
  const gen = join(root, 'proto/gen');
  if (existsSync(join(gen, 'stamp')) && readFileSync(join(gen, 'stamp'), 'utf8') === stamp) return false;
  // Made aside and moved in whole, so that nothing ever reads half of it.
  const aside = mkdtempSync(join(root, 'proto/.gen-'));
  try {
    await writeAll(root, files, aside);
    writeFileSync(join(aside, 'stamp'), stamp);
    // A temporary folder is its owner's alone; this one is everybody's.
    chmodSync(aside, 0o755);
    replaceFolder(gen, aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return true;
}

/** Puts a new folder into the place of an old one; when another run has just done the same, theirs is as good. */
function replaceFolder(folder: string, next: string): void {
  const old = `${next}-old`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(next, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'stamp'))) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

/** What others wrote, as their package has no .proto files. */
const THIRD_PARTY = 'buf';

/** The .proto files of the project, or those of others, relative to `proto/`, sorted. */
function protoFiles(root: string, whose?: typeof THIRD_PARTY): string[] {
  const names = readdirSync(join(root, 'proto'), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.proto') && name.startsWith(`${THIRD_PARTY}/`) === (whose !== undefined))
    .sort();
}

function stampOf(root: string, files: string[]): string {
  const hash = createHash('sha256');
  for (const file of [...files, ...protoFiles(root, THIRD_PARTY)])
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, 'proto', file)))
      .update('\0');
  for (const tool of ['@grpc/proto-loader', '@bufbuild/buf', 'protobufjs']) hash.update(versionOf(root, tool));
  // What this file and its neighbour write is a source as well.
  for (const source of ['buf.yaml', 'proto/generate.ts', 'proto/contracts-source.ts', 'proto/used-types.ts'])
    if (existsSync(join(root, source))) hash.update(readFileSync(join(root, source)));
  return hash.digest('hex');
}

async function writeAll(root: string, files: string[], out: string): Promise<void> {
  // buf speaks first: its errors are the ones to read.
  const image = await buildDescriptorSet(root, join(out, 'descriptors.binpb'));
  const ours = (name: string): boolean => files.includes(name);
  const set = fromBinary(FileDescriptorSetSchema, image);
  writeFileSync(join(out, 'contracts.ts'), contractsSource(set, ours));
  const json = onlyUsedTypes(parse(root, files).toJSON(), set, ours);
  writeFileSync(join(out, 'descriptors.ts'), descriptorsSource(json, image));
  await generateTypes(root, files, join(out, 'types'));
}

async function buildDescriptorSet(root: string, out: string): Promise<Buffer> {
  const buf = packageFile(root, '@bufbuild/buf', 'bin/buf');
  const args = ['build', 'proto', '--as-file-descriptor-set', '--exclude-source-info', '-o', out];
  await node(root, [buf, ...args]);
  return readFileSync(out);
}

async function generateTypes(root: string, files: string[], out: string): Promise<void> {
  const tool = packageFile(root, '@grpc/proto-loader', 'build/bin/proto-loader-gen-types.js');
  const options = ['--longs=String', '--enums=String', '--defaults', '--oneofs', '--grpcLib=@grpc/grpc-js'];
  const folders = includeFolders(root).flatMap((folder) => ['-I', folder]);
  await node(root, [tool, ...options, ...folders, '-O', out, ...files]);
}

async function node(root: string, args: string[]): Promise<void> {
  await run(process.execPath, args, { cwd: root }).catch(
    (error: { stderr?: string; stdout?: string; message: string }) => {
      const said = [error.stdout, error.stderr].join('').trim();
      throw new Error(`proto: the contracts could not be generated\n${said || error.message}`);
    },
  );
}

/** protobufjs's own reading of the sources keeps the options (idempotency, HTTP) that its reading of a set drops. */
function parse(root: string, files: string[]): Root {
  const parsed = new Root();
  parsed.resolvePath = (_, target) =>
    includeFolders(root)
      .map((folder) => join(folder, target))
      .find(existsSync) ?? target;
  return parsed.loadSync(files);
}

function descriptorsSource(json: object, image: Buffer): string {
  return [
    '// Made by proto/generate.ts from the .proto files.',
    "import type { DescriptorJson } from '../contract';",
    `export const descriptorJson: DescriptorJson = JSON.parse(${JSON.stringify(JSON.stringify(json))});`,
    '/** A google.protobuf.FileDescriptorSet with all imports, in bytes. */',
    `export const descriptorSet: Uint8Array = Buffer.from('${image.toString('base64')}', 'base64');`,
    '',
  ].join('\n');
}

function includeFolders(root: string): string[] {
  return [join(root, 'proto'), packageFile(root, 'protobufjs', '')];
}

function packageFile(root: string, name: string, file: string): string {
  const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  return join(dirname(manifest), file);
}

function versionOf(root: string, name: string): string {
  return readFileSync(packageFile(root, name, 'package.json'), 'utf8');
}
