import { BSONRegExp, type Document } from 'bson';
import { badValue, located } from '../errors';

/** A regular expression as MongoDB gets it. */
export interface Pattern {
  source: string;
  options: string;
}

/** The pattern that a value is, if it is one. */
export function patternOf(value: unknown): Pattern | undefined {
  if (value instanceof BSONRegExp) return { source: value.pattern, options: value.options };
  return value instanceof RegExp ? { source: value.source, options: value.flags } : undefined;
}

/** The pattern of `$regex`, with `$options` beside it. @throws MongoError 2 when it is none */
export function patternOfOperator(operand: unknown, { $options }: Document): Pattern {
  const pattern = patternOf(operand);
  if (!pattern && typeof operand !== 'string') throw badValue('$regex has to be a string');
  if ($options !== undefined && typeof $options !== 'string') throw badValue('$options has to be a string');
  const { source, options } = pattern ?? { source: operand as string, options: '' };
  return { source, options: ($options as string | undefined) ?? options };
}

/** @returns whether a text matches; what is no text never does @throws MongoError 51091, 51108 */
export function compilePattern(pattern: Pattern): (value: unknown) => boolean {
  const expression = toRegExp(pattern);
  // The same pattern as a value is found as well.
  return (value) => (typeof value === 'string' ? expression.test(value) : isSame(patternOf(value), pattern));
}

const isSame = (a: Pattern | undefined, b: Pattern): boolean => a?.source === b.source && a.options === b.options;

function toRegExp({ source, options }: Pattern): RegExp {
  const wrong = /[^imsxu]/.exec(options)?.[0];
  if (wrong) throw located(51_108, `invalid flag in regex options: ${wrong}`);
  // JavaScript has no options inside a pattern, and none for blanks that do not count.
  const [, inline = '', rest = source] = /^\(\?([imsx]+)\)([^]*)$/.exec(source) ?? [];
  const flags = new Set(`${options}${inline}`);
  const text = flags.has('x') ? withoutBlanks(rest) : rest;
  return construct(text, [...flags].filter((flag) => 'ims'.includes(flag)).join(''));
}

/** With code points where the pattern allows it: JavaScript is stricter about escapes then. */
function construct(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      throw located(51_091, `Regular expression is invalid: ${(error as Error).message}`);
    }
  }
}

/** Leaves out blanks and comments, but not in classes and where they are escaped. */
function withoutBlanks(source: string): string {
  return source.replace(/(\\[^]|\[(?:\\[^]|[^\]])*\])|\s+|#.*$/gm, (_, kept: string | undefined) => kept ?? '');
}
