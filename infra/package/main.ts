import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeCode, writeTypes } from './library';

/** Builds `lib`, which is what the npm package has: see package.json, `files` and `exports`. */
async function main(root: string): Promise<void> {
  const lib = join(root, 'lib');
  rmSync(lib, { recursive: true, force: true });
  await Promise.all([writeCode(root, lib), writeTypes(root, lib)]);
  for (const name of ['buf', 'google', 'buf.gen.yaml'])
    cpSync(join(root, 'proto', name), join(lib, 'proto', name), { recursive: true });
}

main(process.cwd()).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
