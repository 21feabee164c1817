import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter();

/** The width of a text in columns, without its colours. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/**
 * Makes a foreign text safe to print: control characters, which could move the cursor, become spaces.
 *
 * @see https://cwe.mitre.org/data/definitions/150.html
 */
export function printable(text: string): string {
  // Includes the characters that reverse the writing direction and can disguise a line.
  return text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ');
}

/** Cuts the middle out of an uncoloured text that is too wide. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return '…'.slice(0, Math.max(0, width));
  const end = takeWhileFits(graphemesOf(text).reverse(), Math.ceil((width - 1) / 2)).reverse();
  const start = takeWhileFits(graphemesOf(text), width - 1 - widthOf(end.join('')));
  return `${start.join('')}…${end.join('')}`;
}

/** Cuts the end off an uncoloured text that is too wide. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? '' : `${takeWhileFits(graphemesOf(text), width - 1).join('')}…`;
}

/** Pads a text, which may have colours, to a width. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Like {@link padEnd}, but on the left. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

function graphemesOf(text: string): string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

function takeWhileFits(graphemes: string[], width: number): string[] {
  let left = width;
  const tooWide = graphemes.findIndex((each) => (left -= widthOf(each)) < 0);
  return tooWide === -1 ? graphemes : graphemes.slice(0, tooWide);
}
