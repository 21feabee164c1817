import type { PathTemplate, TemplateSegment } from './path-template';

/** Thrown for a path with escapes that are not UTF-8, or with a stray `%`; the answer is 400. */
export class PathError extends Error {}

/** The path of a request, cut at its slashes before anything is decoded. */
export interface RequestPath {
  readonly raw: readonly string[];
  readonly decoded: readonly string[];
}

/** A field that the path sets. */
export interface PathValue {
  readonly fieldPath: string;
  readonly value: string;
}

/**
 * Cuts a path as it was sent into segments, and decodes each once.
 *
 * @param path without a query
 * @returns undefined for a path with an empty segment, which no template matches
 * @throws PathError
 */
export function parseRequestPath(path: string): RequestPath | undefined {
  const raw = path === '/' ? [] : path.slice(1).split('/');
  if (!path.startsWith('/') || raw.includes('')) return undefined;
  return { raw, decoded: raw.map(decode) };
}

/**
 * The values of a template's fields where it matches the path, in the template's order.
 *
 * A field of one segment is decoded. In a field of several segments `%2F` stays escaped, to differ from a separator.
 */
export function matchTemplate(template: PathTemplate, path: RequestPath): PathValue[] | undefined {
  const { segments, variables } = template;
  const extra = path.raw.length - segments.length;
  const deep = segments.indexOf('**');
  if (deep < 0 ? extra !== 0 : extra < -1) return undefined;
  if (differsBeforeEnd(deep < 0 ? segments : segments.slice(0, deep), path)) return undefined;
  const parts = withoutVerb(template, path);
  if (!parts) return undefined;
  // Where a segment of the template begins in the path: `**` takes whatever the others leave.
  const offset = (index: number): number => (deep >= 0 && index > deep ? index + extra : index);
  if (!segments.every((segment, index) => matchesSegment(segment, parts.decoded[offset(index)]))) return undefined;
  return variables.map(({ fieldPath, start, end }) => {
    const [from, to] = [offset(start), offset(end)];
    const isSingle = end - start === 1 && segments[start] !== '**';
    const taken = isSingle ? parts.decoded.slice(from, to) : parts.raw.slice(from, to).map(decodeKeepingSlashes);
    return { fieldPath, value: taken.join('/') };
  });
}

/** Most templates differ from a path before the last segment, the only one with a verb. */
function differsBeforeEnd(segments: readonly TemplateSegment[], { decoded }: RequestPath): boolean {
  return segments.some((segment, index) => index < decoded.length - 1 && !matchesSegment(segment, decoded[index]));
}

function matchesSegment(segment: TemplateSegment, decoded: string | undefined): boolean {
  return typeof segment === 'string' || segment.literal === decoded;
}

/** The path before the colon of the verb. An escaped colon belongs to the segment and begins no verb. */
function withoutVerb({ verb }: PathTemplate, path: RequestPath): RequestPath | undefined {
  if (verb === undefined) return path;
  const last = (path.raw.at(-1) ?? '').split(':');
  const colons = verb.split(':').length;
  const rest = last.slice(0, -colons).join(':');
  if (rest === '' || decode(last.slice(-colons).join(':')) !== verb) return undefined;
  return { raw: [...path.raw.slice(0, -1), rest], decoded: [...path.decoded.slice(0, -1), decode(rest)] };
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PathError(`"${text}" has an escape that is not UTF-8`);
  }
}

/** @see https://github.com/googleapis/googleapis/blob/master/google/api/http.proto "except %2F and %2f are left unchanged" */
function decodeKeepingSlashes(text: string): string {
  return text
    .split(/(%2f)/i)
    .map((part) => (/^%2f$/i.test(part) ? part : decode(part)))
    .join('');
}
