import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Contract } from '../declaration/contract';

const PROTO = join(__dirname, '../../../proto');

/** The service of every contract made here; its one method is unary. */
const SERVICE = 'service Test { rpc Try(Message) returns (Message); }';

// A type, not an interface: only types have the index signature that contracts ask for.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type TestMethods = { try: { methodKind: 'unary'; input: DescMessage; output: DescMessage } };

/**
 * A contract of a text, with the descriptors that buf makes of it.
 *
 * @param text the messages of package `test`; one is called `Message`
 */
export async function protoContract(text: string): Promise<Contract<TestMethods>> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-contract-'));
  try {
    mkdirSync(join(folder, 'test'));
    cpSync(join(PROTO, 'buf'), join(folder, 'buf'), { recursive: true });
    writeFileSync(join(folder, 'buf.yaml'), 'version: v2\nmodules:\n  - path: .\n');
    const imports = ['buf/validate/validate', 'google/protobuf/timestamp', 'google/protobuf/wrappers'];
    const head = imports.map((file) => `import "${file}.proto";`).join('\n');
    writeFileSync(join(folder, 'test/test.proto'), `syntax = "proto3";\npackage test;\n${head}\n${SERVICE}\n${text}`);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await descriptorSetOf(folder)));
    return registry.getService('test.Test') as unknown as Contract<TestMethods>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function descriptorSetOf(folder: string): Promise<Uint8Array> {
  const buf = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin/buf');
  const out = join(folder, 'set.binpb');
  await promisify(execFile)(process.execPath, [buf, 'build', '--as-file-descriptor-set', '-o', out], { cwd: folder });
  return readFileSync(out);
}

/** The message of that name in the package `test`. */
export function messageOf({ file }: Contract, name: string): DescMessage {
  const found = file.messages.find((each) => each.name === name);
  if (!found) throw new Error(`the contract has no message ${name}`);
  return found;
}
