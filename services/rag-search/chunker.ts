/** A piece of a document, with its heading. */
export interface Piece {
  heading: string;
  content: string;
}

/**
 * Cuts Markdown or plain text at headings. Sections that are too long are cut at paragraphs, then lines, then anywhere.
 *
 * @param maxCharacters the longest piece
 */
export function chunkText(text: string, maxCharacters: number): Piece[] {
  return sectionsOf(text).flatMap(({ heading, content }) =>
    split(content.trim(), maxCharacters, ['\n\n', '\n', ' '])
      .filter((part) => part.trim() !== '')
      .map((part) => ({ heading, content: part.trim() })),
  );
}

function sectionsOf(text: string): Piece[] {
  const sections: Piece[] = [{ heading: '', content: '' }];
  let fence = '';
  for (const line of text.split(/\r?\n/)) {
    fence = fenceAfter(line, fence);
    // A # in a code block is a comment, not a heading.
    const heading = fence === '' ? headingOf(line) : undefined;
    if (heading !== undefined) sections.push({ heading, content: bareHeading(sections) });
    const section = sections.at(-1);
    if (section) section.content += `${line}\n`;
  }
  return sections;
}

/**
 * The code fence that is open after a line, given the one that was open before. A fence of the same character and at
 * least the same length closes it, with nothing behind. A line with more backticks behind its backticks opens none.
 *
 * @see https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
function fenceAfter(line: string, open: string): string {
  const [, fence = '', rest = ''] = /^\s*(`{3,}|~{3,})(.*)$/s.exec(line) ?? [];
  if (open === '') return fence.startsWith('`') && rest.includes('`') ? '' : fence;
  return fence.startsWith(open) && rest.trim() === '' ? '' : open;
}

/** @see https://spec.commonmark.org/0.31.2/#atx-headings */
function headingOf(line: string): string | undefined {
  const [, title = ''] = /^#{1,6}\s(.*)$/s.exec(line) ?? [];
  return (
    title
      .trim()
      .replace(/(^|\s)#+$/, '')
      .trimEnd() || undefined
  );
}

/** A heading without text says little, so it moves from its section to the start of the next one. */
function bareHeading(sections: Piece[]): string {
  const last = sections.at(-1);
  if (!last || !hasOnlyHeadings(last.content)) return '';
  sections.pop();
  return last.content;
}

function hasOnlyHeadings(content: string): boolean {
  return /^(#{1,6}\s.*\n\s*)+$/.test(`${content}\n`);
}

/**
 * Packs the parts between separators into pieces of the allowed length. A part that is too long, or that would leave
 * its heading alone, is cut finer.
 */
function split(text: string, max: number, [separator, ...finer]: string[]): string[] {
  if (text.length <= max) return [text];
  if (separator === undefined) return hardSplit(text, max);
  const pieces: string[] = [];
  let open = '';
  for (const part of text.split(separator)) {
    const joined = open === '' ? part : open + separator + part;
    if (joined.length <= max) {
      open = joined;
      continue;
    }
    const together = finer.length > 0 && hasOnlyHeadings(open);
    if (open !== '' && !together) pieces.push(open);
    const cut = split(together ? joined : part, max, finer);
    pieces.push(...cut.slice(0, -1));
    open = cut.at(-1) ?? '';
  }
  return [...pieces, open];
}

/** Cuts anywhere, except inside a character of two UTF-16 units. */
function hardSplit(text: string, max: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + max;
    const pair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && max > 1;
    pieces.push(text.slice(at, pair ? end - 1 : end));
    at = pair ? end - 1 : end;
  }
  return pieces;
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** An estimate of the tokens of a text: one per CJK character, one per four other characters. */
export function estimateTokens(text: string): number {
  const cjk = text.match(CJK) ?? [];
  // Some characters have two UTF-16 units.
  return cjk.length + Math.ceil((text.length - cjk.join('').length) / 4);
}

/** The words of a text, in lower case; CJK characters count as words, since nothing separates them. */
export function wordsOf(text: string): string[] {
  return (
    text
      // The same word may be written with an accent of its own or with a combining one.
      .normalize('NFC')
      .toLowerCase()
      .replace(CJK, ' $& ')
      .match(/[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*/gu) ?? []
  );
}
