import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
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
 * Generates `proto/gen` from the .proto files below `proto/`: what protoc-gen-es makes of each, with the types of its
 * messages, its services and its descriptors.
 *
 * @param root the project's folder
 * @param platform the folder of Weft itself, with the .proto files of Google and Protovalidate that contracts import
 * @returns whether anything was made: nothing is when `proto/gen` came from the same sources and tools
 * @throws Error with buf's message (file:line:column) for an invalid .proto file, or with everything in contracts that
 *   Weft does not support
 */
export async function generate(root: string, platform = root): Promise<boolean> {
  const own = protoFiles(join(root, 'proto'));
  if (own.length === 0) return false;
  const sources = { root, platform, own, shared: sharedFiles(root, platform, own) };
  const stamp = stampOf(sources);
  const gen = join(root, 'proto/gen');
  if (existsSync(join(gen, 'stamp')) && readFileSync(join(gen, 'stamp'), 'utf8') === stamp) return false;
  // Written elsewhere and then moved, so nobody reads an incomplete folder.
  const aside = mkdtempSync(join(root, 'proto/.gen-'));
  try {
    await writeAll(sources, aside);
    writeFileSync(join(aside, 'stamp'), stamp);
    // A temporary folder is readable by its owner only.
    chmodSync(aside, 0o755);
    replaceFolder(gen, aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return true;
}

/** The files that contracts may import without a copy in the project. */
function sharedFiles(root: string, platform: string, own: readonly string[]): string[] {
  if (existsSync(join(root, 'buf.yaml'))) return [];
  return protoFiles(join(platform, 'proto')).filter((name) => /^(buf|google)\//.test(name) && !own.includes(name));
}

/** The files to generate from, and the Weft that does it. */
interface Sources {
  root: string;
  platform: string;
  /** The .proto files of the project, and those that Weft adds, relative to their `proto/`. */
  own: string[];
  shared: string[];
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

/** Relative to the folder, sorted. */
function protoFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.proto') && !name.startsWith('.gen-'))
    .sort();
}

const TOOLS = ['@bufbuild/buf', '@bufbuild/protoc-gen-es'];

function stampOf({ root, platform, own, shared }: Sources): string {
  const hash = createHash('sha256');
  // A change of the generator changes its output too.
  const programs = readdirSync(join(platform, 'proto'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?!gen\/|\.gen-).*(?<!\.test|\.d)\.[jt]s$/.test(name))
    .sort();
  const add = (folder: string) => (name: string) =>
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, 'proto', name)))
      .update('\0');
  own.forEach(add(root));
  if (existsSync(join(root, 'buf.yaml'))) add(root)('../buf.yaml');
  [...shared, ...programs, 'buf.gen.yaml'].forEach(add(platform));
  // An installed Weft has its programs in one file.
  const packages = platform === root ? TOOLS : [...TOOLS, 'weft-mesh'];
  for (const tool of packages) hash.update(readFileSync(toolFile(platform, tool, 'package.json')));
  return hash.digest('hex');
}

async function writeAll(sources: Sources, out: string): Promise<void> {
  const { root, platform, own } = sources;
  const image = await buildImage(sources, out);
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
  // Loaded only when something is generated, since it is large.
  const { ruleFaults } = await import('./rule-faults');
  const registry = createFileRegistry(set);
  refuse([...contractFaults(set, own), ...describeRuleFaults(methodsOf(registry, own)), ...ruleFaults(registry, own)]);
  await buf(sources, out, ['generate', image, '--template', join(platform, 'proto/buf.gen.yaml'), '-o', out]);
  shareRules(out);
  const ours = (name: string): boolean => own.includes(name) && !/^(google|buf|grpc|opentelemetry)\//.test(name);
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

/** Builds as the project's buf.yaml says; without one, with the .proto files of Weft beside those of the project. */
async function buildImage(sources: Sources, out: string): Promise<string> {
  const image = join(out, 'image.binpb');
  if (existsSync(join(sources.root, 'buf.yaml'))) {
    await buf(sources, sources.root, ['build', 'proto', '-o', image]);
    return image;
  }
  const workspace = join(out, 'workspace');
  writeWorkspace(sources, workspace);
  await buf(sources, workspace, ['build', 'proto', '-o', image]);
  rmSync(workspace, { recursive: true });
  return image;
}

/** Copies the files: buf wants all modules below one folder, and npm may have installed Weft above the project. */
function writeWorkspace({ root, platform, own, shared }: Sources, workspace: string): void {
  for (const name of own) cpSync(join(root, 'proto', name), join(workspace, 'proto', name));
  for (const name of shared) cpSync(join(platform, 'proto', name), join(workspace, 'weft', name));
  const modules = ['proto', ...(shared.length > 0 ? ['weft'] : [])].map((path) => `  - path: ${path}\n`);
  writeFileSync(join(workspace, 'buf.yaml'), `version: v2\nmodules:\n${modules.join('')}`);
}

function methodsOf(registry: FileRegistry, files: readonly string[]): DescMethod[] {
  return files.flatMap((name) => registry.getFile(name)?.services.flatMap(({ methods }) => methods) ?? []);
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`the contracts are wrong:\n  ${faults.join('\n  ')}`);
}

async function buf({ platform }: Sources, cwd: string, args: string[]): Promise<void> {
  const command = toolFile(platform, '@bufbuild/buf', 'bin/buf');
  // buf looks for its plugins on the PATH.
  const plugins = dirname(toolFile(platform, '@bufbuild/protoc-gen-es', 'bin/protoc-gen-es'));
  const env = { ...process.env, PATH: `${plugins}${delimiter}${process.env['PATH']}` };
  await run(process.execPath, [command, ...args], { cwd, env }).catch(
    (error: { stderr?: string; stdout?: string; message: string }) => {
      const said = [error.stdout, error.stderr].join('').trim();
      throw new Error(`proto: the contracts could not be generated\n${said || error.message}`);
    },
  );
}

function toolFile(platform: string, name: string, file: string): string {
  const manifest = createRequire(join(platform, 'package.json')).resolve(`${name}/package.json`);
  return join(dirname(manifest), file);
}
