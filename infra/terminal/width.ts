import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter();

/** How many columns of a terminal a text takes; colours take none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/**
 * A text of somebody else's that cannot move the cursor or change colours: control characters become spaces.
 *
 * @see https://cwe.mitre.org/data/definitions/150.html
 */
export function printable(text: string): string {
  // Also the ones that turn the direction of writing around, which can make a line read as another.
  return text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ');
}

/** Cuts a text without colours in the middle, where it is too wide, so that it still begins and ends as it did. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return '…'.slice(0, Math.max(0, width));
  const end = takeWhileFits(graphemesOf(text).reverse(), Math.ceil((width - 1) / 2)).reverse();
  const start = takeWhileFits(graphemesOf(text), width - 1 - widthOf(end.join('')));
  return `${start.join('')}…${end.join('')}`;
}

/** Cuts the end of a text without colours where it is too wide. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? '' : `${takeWhileFits(graphemesOf(text), width - 1).join('')}…`;
}

/** Fills a text with spaces, which may have colours, up to a width. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Like {@link padEnd}, with the spaces in front. */
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
