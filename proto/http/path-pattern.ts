import type { PathTemplate, TemplateSegment } from './path-template';

/** What a proxy compares with the path of a request: escaped as it was sent, whole, without the query. */
export type PathPattern = { readonly exact: string } | { readonly regex: string };

/**
 * The paths that a template matches, for a proxy that normalizes them as RFC 3986 says. Characters that may be sent
 * escaped or not match both ways. The syntax is what RE2 and JavaScript share.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
 */
export function pathPattern({ segments, verb }: PathTemplate): PathPattern {
  const path = segments.map(segmentPattern).join('') || '/';
  const regex = verb === undefined ? path : `${path}:${literalPattern(verb)}`;
  const exact = regex.replaceAll('\\.', '.');
  return /^[\w.~/:-]*$/.test(exact) ? { exact } : { regex };
}

function segmentPattern(segment: TemplateSegment): string {
  if (segment === '**') return '(?:/[^/]+)*';
  return segment === '*' ? '/[^/]+' : `/${literalPattern(segment.literal)}`;
}

function literalPattern(text: string): string {
  return Array.from(text, characterPattern).join('');
}

/** Reserved characters that may stand in a path as they are. */
const RESERVED = "!$&'()*+,;=:@";

function characterPattern(character: string): string {
  if (/^[\w~-]$/.test(character)) return character;
  if (character === '.') return '\\.';
  const escapes = Array.from(new TextEncoder().encode(character), escapePattern).join('');
  return RESERVED.includes(character) ? `(?:[${character}]|${escapes})` : escapes;
}

/** A percent-encoded byte, whose digits may be of either case. */
function escapePattern(byte: number): string {
  const digits = byte.toString(16).toUpperCase().padStart(2, '0');
  return `%${digits.replaceAll(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`)}`;
}

/** False where no path matches both templates. With `**` it may be true where none does. */
export function mayOverlap(a: PathTemplate, b: PathTemplate): boolean {
  const hasDepth = a.segments.includes('**') || b.segments.includes('**');
  if (!hasDepth && a.segments.length !== b.segments.length) return false;
  const length = Math.min(fixedLength(a), fixedLength(b));
  const differ = a.segments.slice(0, length).some((each, index) => areDifferent(each, b.segments[index]));
  return !differ && (hasDepth || endsOverlap(lastOf(a), lastOf(b)));
}

/** The number of segments before the last, which has the verb, and before `**`. */
function fixedLength({ segments }: PathTemplate): number {
  const depth = segments.indexOf('**');
  return depth < 0 ? segments.length - 1 : depth;
}

function areDifferent(a: TemplateSegment | undefined, b: TemplateSegment | undefined): boolean {
  return typeof a === 'object' && typeof b === 'object' && a.literal !== b.literal;
}

/** How the last segment ends; a literal one has no other beginning. */
interface Ending {
  readonly isWhole: boolean;
  readonly text: string;
}

function lastOf({ segments, verb }: PathTemplate): Ending {
  const last = segments.at(-1);
  const suffix = verb === undefined ? '' : `:${verb}`;
  return typeof last === 'object' ? { isWhole: true, text: last.literal + suffix } : { isWhole: false, text: suffix };
}

function endsOverlap(a: Ending, b: Ending): boolean {
  return a.text === b.text || (!b.isWhole && a.text.endsWith(b.text)) || (!a.isWhole && b.text.endsWith(a.text));
}
