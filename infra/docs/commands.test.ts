import { type Block, blocksOf, pages, readPage } from './testing/pages';
import { Shell } from './testing/shell';

// Runs what pages tell a reader to type. CONTRIBUTING.md says how a page marks what cannot run here.

jest.setTimeout(300_000);

const LANGUAGES = ['sh', 'console'];
/** The second word of a block that is not run. */
const MARKS = ['', 'cluster', 'elsewhere', 'minutes', 'endless', 'example'];

const shellBlocks = (page: string): Block[] =>
  blocksOf(readPage(page)).filter(({ language }) => LANGUAGES.includes(language));

const isRun = ({ needs }: Block): boolean => needs === '';

let shell: Shell;

beforeAll(async () => {
  shell = new Shell();
  expect(await shell.build()).toMatchObject({ status: 0 });
});

afterAll(() => shell.close());

test.each(pages())('every block of %s for a shell says what it needs', (page) => {
  for (const { line, needs, language } of blocksOf(readPage(page))) {
    expect(`${page}:${line} ${language}`).not.toMatch(/ (bash|shell|zsh)$/);
    if (LANGUAGES.includes(language)) expect(MARKS).toContain(needs);
  }
});

describe.each(pages().filter((page) => shellBlocks(page).some(isRun)))('%s', (page) => {
  test.each(shellBlocks(page).filter(isRun))('line $line', async ({ language, lines }) => {
    await (language === 'sh' ? runLines(lines) : compareOutputs(lines));
  });
});

/** Runs lines until one fails. `npm start` does not end, so the next lines run beside it. */
async function runLines(lines: readonly string[]): Promise<void> {
  const start = lines.findIndex((line) => line.startsWith('npm start'));
  const { status, output } = await shell.runStrictly(start < 0 ? lines : lines.slice(0, start));
  expect({ status, output }).toEqual({ status: 0, output });
  if (start < 0) return;
  await shell.start();
  await runLines(lines.slice(start + 1));
}

/** Runs each line behind a `$`, and compares what it prints with the lines below. */
async function compareOutputs(lines: readonly string[]): Promise<void> {
  for (const [command = '', ...shown] of sessionsOf(lines)) {
    const { output } = await shell.run(command);
    expect(output.trim()).toMatch(patternOf(shown));
  }
}

function sessionsOf(lines: readonly string[]): string[][] {
  const starts = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  return starts.map((start, index) => [lines[start]?.slice(2) ?? '', ...lines.slice(start + 1, starts[index + 1])]);
}

/** `…` stands for any text, and alone on a line for any lines. */
function patternOf(shown: readonly string[]): RegExp {
  const escaped = shown
    .join('\n')
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/^…$/gm, '[^]*').replace(/…/g, '.*')}$`);
}
