import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

/** Folders below which pages lie, beside those at the root. */
const FOLDERS = ['charts', 'docs', 'infra', 'observability', 'proto', 'services'];

/** A fenced block of a page. */
export interface Block {
  /** The number of its first line. */
  readonly line: number;
  /** The first word behind the fence: `sh`, `console`, `ts`. */
  readonly language: string;
  /** The second word, if any: what the block needs that a test does not have. */
  readonly needs: string;
  readonly lines: readonly string[];
}

/** Every Markdown file of the project, README first. */
export function pages(): string[] {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  const found = [...readdirSync(ROOT), ...below].filter((name) => name.endsWith('.md'));
  return ['README.md', ...found.filter((name) => name !== 'README.md').sort()];
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The fenced blocks of a page, without the indentation that they have in a list. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; indent: number; block: Block & { lines: string[] } } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, indent = '', fence, info = ''] = /^(\s*)(`{3,})(.*)$/.exec(line) ?? [];
    if (open && fence === open.fence && info === '') {
      blocks.push(open.block);
      open = undefined;
    } else if (open) open.block.lines.push(line.slice(open.indent));
    else if (fence !== undefined) {
      const [language = '', needs = ''] = info.trim().split(/\s+/);
      open = { fence, indent: indent.length, block: { line: index + 2, language, needs, lines: [] } };
    }
  }
  return blocks;
}
