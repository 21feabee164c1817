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
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createFileRegistry, type DescMethod, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { commentsSource } from './comments';
import { contractFaults } from './contract-faults';
import { describeRuleFaults } from './http/rules';
import { loadGenerated } from './load-generated';

const run = promisify(execFile);

/**
 * Makes `proto/gen` from the .proto files below `proto/`: for each of them what protoc-gen-es makes, with the types of
 * its messages, its services and its descriptors.
 *
 * @param root the project's folder
 * @returns whether anything was made: nothing is when `proto/gen` came from the same sources and tools
 * @throws Error with buf's message (file:line:column) for an invalid .proto file, or with everything in contracts that
 *   Weft does not support
 */
export async function generate(root: string): Promise<boolean> {
  const files = protoFiles(root);
  const stamp = stampOf(root, files);
  const gen = join(root, 'proto/gen');
  if (existsSync(join(gen, 'stamp')) && readFileSync(join(gen, 'stamp'), 'utf8') === stamp) return false;
  // Written elsewhere and then moved, so nobody reads an incomplete folder.
  const aside = mkdtempSync(join(root, 'proto/.gen-'));
  try {
    await writeAll(root, files, aside);
    writeFileSync(join(aside, 'stamp'), stamp);
    // A temporary folder is readable by its owner only.
    chmodSync(aside, 0o755);
    replaceFolder(gen, aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return true;
}

/** Replaces a folder. If another run has just done so, its result is as good. */
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

/** The .proto files of the project and those of others that are kept with them, relative to `proto/`, sorted. */
function protoFiles(root: string): string[] {
  const names = readdirSync(join(root, 'proto'), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.proto'))
    .sort();
}

const TOOLS = ['@bufbuild/buf', '@bufbuild/protoc-gen-es'];

function stampOf(root: string, files: string[]): string {
  const hash = createHash('sha256');
  // A change of the generator changes its output too.
  const programs = readdirSync(join(root, 'proto'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?!gen\/|\.gen-).*(?<!\.test)\.ts$/.test(name))
    .sort();
  const sources = [...files, ...programs, 'buf.gen.yaml'].map((name) => join('proto', name));
  for (const source of [...sources, 'buf.yaml'])
    if (existsSync(join(root, source)))
      hash
        .update(`${source}\0`)
        .update(readFileSync(join(root, source)))
        .update('\0');
  for (const tool of TOOLS) hash.update(readFileSync(packageFile(root, tool, 'package.json')));
  return hash.digest('hex');
}

async function writeAll(root: string, files: string[], out: string): Promise<void> {
  const image = join(out, 'image.binpb');
  await buf(root, ['build', 'proto', '-o', image]);
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
  // Loaded only when something is generated, since it is large.
  const { ruleFaults } = await import('./rule-faults');
  const registry = createFileRegistry(set);
  refuse([
    ...contractFaults(set, files),
    ...describeRuleFaults(methodsOf(registry, files)),
    ...ruleFaults(registry, files),
  ]);
  await buf(root, ['generate', image, '--template', 'proto/buf.gen.yaml', '-o', out]);
  shareRules(out);
  const ours = (name: string): boolean => files.includes(name) && !/^(google|buf|grpc|opentelemetry)\//.test(name);
  writeFileSync(join(out, 'comments.ts'), commentsSource(set, ours));
  rmSync(image);
  await loadGenerated(root, out);
}

/** Protovalidate reads rules with its own copy of this file, so contracts import that one. */
function shareRules(out: string): void {
  const file = join(out, 'buf/validate/validate_pb.ts');
  const original = '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
  if (existsSync(file)) writeFileSync(file, `export * from '${original}';\n`);
}

function methodsOf(registry: FileRegistry, files: readonly string[]): DescMethod[] {
  return files.flatMap((name) => registry.getFile(name)?.services.flatMap(({ methods }) => methods) ?? []);
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`the contracts are wrong:\n  ${faults.join('\n  ')}`);
}

async function buf(root: string, args: string[]): Promise<void> {
  const command = packageFile(root, '@bufbuild/buf', 'bin/buf');
  // buf looks for its plugins on the PATH.
  const plugins = dirname(packageFile(root, '@bufbuild/protoc-gen-es', 'bin/protoc-gen-es'));
  const env = { ...process.env, PATH: `${plugins}${delimiter}${process.env['PATH']}` };
  await run(process.execPath, [command, ...args], { cwd: root, env }).catch(
    (error: { stderr?: string; stdout?: string; message: string }) => {
      const said = [error.stdout, error.stderr].join('').trim();
      throw new Error(`proto: the contracts could not be generated\n${said || error.message}`);
    },
  );
}

function packageFile(root: string, name: string, file: string): string {
  const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  return join(dirname(manifest), file);
}
