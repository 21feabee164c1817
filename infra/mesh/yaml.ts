import { DEFAULT_SCHEMA, dump, type DumpOptions, Type } from 'js-yaml';
import { type Document, parseAllDocuments, type ScalarTag, type Tags } from 'yaml';

/** Words that some version of YAML reads as a boolean, null or a merge. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|~|<<|=)$/i;

/** Texts that some version of YAML reads as a number or, with colons, as a time. */
const NUMBER =
  /^(?=[-+]?[.\de])[-+]?(?:0x[\da-f_]+|0[bo][\d_]+|[\d_]*(?:\.[\d_]*)?(?:e[-+]?[\d_]+)?|[\d_]+(?::[\d_]+)+(?:\.[\d_]*)?|\.inf|\.nan)$/i;

const DATE = /^\d{4}-\d\d?-\d\d?(?:[t \t].*)?$/i;

/** Characters that every reader keeps as they are, even in quotes. */
const PRINTABLE =
  /^[\x20-\x7e\u{a1}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fefe}\u{ff00}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** JSON does not escape these; YAML readers break lines at some of them and refuse others. */
const UNSAFE_IN_JSON = /[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Strings that two readers would read differently. js-yaml knows YAML 1.2 and some of 1.1. It writes multi-line texts as
 * blocks, and go-yaml refuses blocks that begin with a tab; it quotes all others correctly.
 */
const AMBIGUOUS_TEXT = new Type('tag:weft,ambiguous', {
  kind: 'scalar',
  resolve: () => false,
  predicate: (value) => typeof value === 'string' && isAmbiguous(value),
  represent: (value: unknown) => quote(value as string),
});

/** Matches most texts of a manifest, to skip the slower checks. */
const CLEAR = /^[/a-df-z][\x20-\x7e]{5,}$/i;

function isAmbiguous(text: string): boolean {
  return !CLEAR.test(text) && (WORD.test(text) || NUMBER.test(text) || DATE.test(text) || !PRINTABLE.test(text));
}

function quote(text: string): string {
  return PRINTABLE.test(text)
    ? `'${text.replaceAll("'", "''")}'`
    : JSON.stringify(text).replace(UNSAFE_IN_JSON, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const OPTIONS: DumpOptions = {
  schema: DEFAULT_SCHEMA.extend({ implicit: [AMBIGUOUS_TEXT] }),
  noRefs: true,
  lineWidth: -1,
};

/**
 * Writes a resource as YAML that means the same in 1.1 and in 1.2. kubectl reads 1.1, most others 1.2.
 *
 * @param resource its strings must be well-formed Unicode
 * @param compareKeys sorts the keys of a mapping; without it they keep their order
 * @see https://yaml.org/type/ for 1.1
 */
export function writeYaml(resource: unknown, compareKeys?: (a: string, b: string) => number): string {
  return dump(resource, { ...OPTIONS, ...(compareKeys && { sortKeys: compareKeys }) });
}

/** kubectl reads a number that is too large as a text; a short commit hash can look like one. */
const EXPONENT: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)e[-+]?\d+$/i,
  resolve: (text) => (Number.isFinite(Number(text)) ? Number(text) : text),
};

/** kubectl reads dates, times and `e1` as texts; it knows the floating-point and octal numbers of 1.2. */
const KUBECTL_TAGS = (tags: Tags): Tags => [
  ...tags.filter((tag) => typeof tag !== 'object' || !(/:(?:timestamp|float)$/.test(tag.tag) || tag.format === 'TIME')),
  ...(['floatNaN', 'float', 'intOct'] as const),
  EXPONENT,
];

/**
 * Reads manifests as kubectl does: `yes` is true there, `017` is 15, and `<<` merges.
 *
 * @see https://github.com/kubernetes-sigs/yaml
 */
export function parseManifests(text: string): Document.Parsed[] {
  return [...parseAllDocuments(text, { version: '1.1', customTags: KUBECTL_TAGS })];
}
