/** A sample of a metric. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,?)/y;
const ESCAPES: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/**
 * Parses Prometheus's text format, without comments, timestamps and exemplars.
 *
 * @param isWanted true for the names of the samples to keep
 * @throws Error with the number of the malformed line
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function parseExposition(text: string, isWanted: (name: string) => boolean): Sample[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const sample = parseLine(line.trim());
    if (!sample) throw new Error(`line ${index + 1} is not in Prometheus's text format: ${line.slice(0, 80)}`);
    return isWanted(sample.name) ? [sample] : [];
  });
}

function parseLine(line: string): Sample | undefined {
  const name = matchAt(NAME, line, 0)?.[0];
  if (name === undefined) return undefined;
  const labels = line[name.length] === '{' ? parseLabels(line, name.length + 1) : { labels: {}, end: name.length };
  if (!labels) return undefined;
  const value = /^\s+(\S+)(?:\s+-?\d+)?(?:\s+#.*)?$/.exec(line.slice(labels.end))?.[1];
  const number = value === undefined ? undefined : parseNumber(value);
  return number === undefined ? undefined : { name, labels: labels.labels, value: number };
}

function parseLabels(line: string, start: number): { labels: Record<string, string>; end: number } | undefined {
  const labels: [string, string][] = [];
  let end = start;
  for (let isMore = true; isMore;) {
    const found = matchAt(LABEL, line, end);
    if (!found) break;
    const [all, name = '', value = '', comma] = found;
    labels.push([name, value.replace(/\\./g, (escape) => ESCAPES[escape] ?? escape)]);
    end += all.length;
    isMore = comma === ',';
  }
  while (line[end] === ' ' || line[end] === '\t') end++;
  return line[end] === '}' ? { labels: Object.fromEntries(labels), end: end + 1 } : undefined;
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

const SPECIAL: Record<string, number> = { '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity, NaN: NaN };

/** Parses a number as Go writes it. */
export function parseNumber(text: string): number | undefined {
  if (text in SPECIAL) return SPECIAL[text];
  const number = Number(text);
  return /^[+-]?[\d.]/.test(text) && !Number.isNaN(number) ? number : undefined;
}
