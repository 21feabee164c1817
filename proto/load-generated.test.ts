import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGenerated } from './load-generated';

const ROOT = join(__dirname, '..');

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'weft-gen-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['a name that stands twice', 'export const a = 1;\nexport const a = 2;\n', '"a" has already been declared'],
  ['descriptors that do not fit', 'throw new Error("cannot find acme.Old");\n', 'cannot find acme.Old'],
])('what does not load is told: %s', async (_, text, fault) => {
  writeFileSync(join(folder, 'odd_pb.ts'), text);
  const loading = loadGenerated(ROOT, folder);
  await expect(loading).rejects.toThrow('proto: the generated code does not load: ');
  await expect(loading).rejects.toThrow(fault);
});
