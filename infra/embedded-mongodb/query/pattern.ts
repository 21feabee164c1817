import { BSONRegExp, type Document } from 'bson';
import { badValue, located } from '../errors';

/** A regular expression with options, as sent to MongoDB. */
export interface Pattern {
  source: string;
  options: string;
}

/** The pattern in a value, if any. */
export function patternOf(value: unknown): Pattern | undefined {
  if (value instanceof BSONRegExp) return { source: value.pattern, options: value.options };
  return value instanceof RegExp ? { source: value.source, options: value.flags } : undefined;
}

/** The pattern of `$regex` and `$options`. @throws MongoError 2 if it is invalid */
export function patternOfOperator(operand: unknown, { $options }: Document): Pattern {
  const pattern = patternOf(operand);
  if (!pattern && typeof operand !== 'string') throw badValue('$regex has to be a string');
  if ($options !== undefined && typeof $options !== 'string') throw badValue('$options has to be a string');
  const { source, options } = pattern ?? { source: operand as string, options: '' };
  return { source, options: ($options as string | undefined) ?? options };
}

/** Compiles a pattern to a test; a value that is not a text never matches. @throws MongoError 51091, 51108 */
export function compilePattern(pattern: Pattern): (value: unknown) => boolean {
  const expression = toRegExp(pattern);
  // An equal pattern stored as a value matches too.
  return (value) => (typeof value === 'string' ? expression.test(value) : isSame(patternOf(value), pattern));
}

const isSame = (a: Pattern | undefined, b: Pattern): boolean => a?.source === b.source && a.options === b.options;

function toRegExp({ source, options }: Pattern): RegExp {
  const wrong = /[^imsxu]/.exec(options)?.[0];
  if (wrong) throw located(51_108, `invalid flag in regex options: ${wrong}`);
  // JavaScript lacks inline options and the extended option x.
  const [, inline = '', rest = source] = /^\(\?([imsx]+)\)([^]*)$/.exec(source) ?? [];
  const flags = new Set(`${options}${inline}`);
  const text = flags.has('x') ? withoutBlanks(rest) : rest;
  return construct(text, [...flags].filter((flag) => 'ims'.includes(flag)).join(''));
}

/** Uses code points if the pattern allows it: JavaScript is then stricter about escapes. */
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

/** Removes blanks and comments, except escaped ones and those in classes. */
function withoutBlanks(source: string): string {
  return source.replace(/(\\[^]|\[(?:\\[^]|[^\]])*\])|\s+|#.*$/gm, (_, kept: string | undefined) => kept ?? '');
}
