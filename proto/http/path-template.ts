/** One segment of a template: literal text (decoded), `*` for one segment, or `**` for any number of them. */
export type TemplateSegment = { readonly literal: string } | '*' | '**';

/** A field that the path sets, and the segments that it takes, from `start` up to but not including `end`. */
export interface PathVariable {
  /** In the contract's names, for example `book.name`. */
  readonly fieldPath: string;
  readonly start: number;
  readonly end: number;
}

/** A parsed path of google.api.http. */
export interface PathTemplate {
  /** As written in the contract. */
  readonly text: string;
  readonly segments: readonly TemplateSegment[];
  readonly variables: readonly PathVariable[];
  /** The text after the colon at the end, decoded. */
  readonly verb: string | undefined;
}

/** Thrown for a template that cannot be routed; the message names the template, the character and what to write. */
export class TemplateError extends Error {}

/**
 * Parses a path template such as `/v1/{book.name=shelves/**}:archive`.
 *
 * `**` may be followed by literal segments, which Envoy accepts too, although the specification wants it last.
 *
 * @throws TemplateError
 * @see https://github.com/googleapis/googleapis/blob/master/google/api/http.proto
 */
export function parsePathTemplate(text: string): PathTemplate {
  if (!text.startsWith('/')) throw failure(text, 0, 'begin it with a slash');
  const verbAt = verbIndex(text);
  const verb = verbAt < 0 ? undefined : literalText(text, { text: text.slice(verbAt + 1), at: verbAt + 1 }, 'verb');
  const path = { text: text.slice(1, verbAt < 0 ? undefined : verbAt), at: 1 };
  const segments: TemplateSegment[] = [];
  const variables: PathVariable[] = [];
  // A path that is just `/` has no segments.
  for (const part of path.text === '' ? [] : splitSegments(text, path)) addPart(text, part, segments, variables);
  return { text, segments, variables, verb };
}

/** A piece of a template and where it begins. */
interface Part {
  readonly text: string;
  readonly at: number;
}

/** After a field, the verb is everything after the colon; after literal text, everything after the last colon. */
function verbIndex(text: string): number {
  const brace = text.lastIndexOf('}');
  if (brace > text.lastIndexOf('/')) return text.startsWith(':', brace + 1) ? brace + 1 : -1;
  const colon = text.lastIndexOf(':');
  return colon > text.lastIndexOf('/') ? colon : -1;
}

function splitSegments(template: string, path: Part): Part[] {
  const parts: Part[] = [];
  let start = 0;
  let open = -1;
  for (let index = 0; index <= path.text.length; index++) {
    const char = path.text[index];
    if (char === '{' && open >= 0) throw failure(template, path.at + index, 'a field cannot contain another field');
    if (char === '}' && open < 0) throw failure(template, path.at + index, 'there is no "{" before this "}"');
    if (char === '{') open = index;
    if (char === '}') open = -1;
    if ((char !== '/' || open >= 0) && char !== undefined) continue;
    parts.push({ text: path.text.slice(start, index), at: path.at + start });
    start = index + 1;
  }
  if (open >= 0) throw failure(template, path.at + open, 'close this "{" with "}"');
  return parts;
}

function addPart(template: string, part: Part, segments: TemplateSegment[], variables: PathVariable[]): void {
  if (!part.text.startsWith('{')) {
    addSegment(template, part, segments);
    return;
  }
  if (!part.text.endsWith('}') || part.text.indexOf('}') < part.text.length - 1)
    throw failure(template, part.at, 'a field has to fill its whole segment');
  const { fieldPath, pattern } = variableParts(template, part);
  const start = segments.length;
  for (const each of splitSegments(template, pattern)) addSegment(template, each, segments);
  variables.push({ fieldPath, start, end: segments.length });
}

function variableParts(template: string, { text, at }: Part): { fieldPath: string; pattern: Part } {
  const [fieldPath = ''] = text.slice(1, -1).split('=', 1);
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(fieldPath))
    throw failure(template, at + 1, `"${fieldPath}" is not the name of a field`);
  const equals = 1 + fieldPath.length;
  if (text[equals] !== '=') return { fieldPath, pattern: { text: '*', at } };
  return { fieldPath, pattern: { text: text.slice(equals + 1, -1), at: at + equals + 1 } };
}

function addSegment(template: string, part: Part, segments: TemplateSegment[]): void {
  const deep = segments.includes('**');
  if (part.text === '*' || part.text === '**') {
    if (deep) throw failure(template, part.at, 'only literal segments can follow "**"');
    segments.push(part.text);
  } else {
    segments.push({ literal: literalText(template, part, 'segment') });
  }
}

/** Characters that RFC 3986 reserves outside of paths, and those with a meaning in templates. */
const NOT_LITERAL = /[\s?#[\]{}/*"<>\\^`|]|%(?![\dA-Fa-f]{2})/;

function literalText(template: string, { text, at }: Part, what: string): string {
  if (text === '') throw failure(template, at, `this ${what} is empty`);
  const wrong = NOT_LITERAL.exec(text);
  if (wrong)
    throw failure(template, at + wrong.index, `escape "${wrong[0]}", or write "*" or {field} for a whole segment`);
  try {
    return decodeURIComponent(text);
  } catch {
    throw failure(template, at, 'these escapes are not UTF-8');
  }
}

function failure(template: string, at: number, problem: string): TemplateError {
  return new TemplateError(`the path "${template}" cannot be routed: character ${at + 1}: ${problem}`);
}
