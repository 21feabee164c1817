import { isMap, LineCounter, type Node, type ParsedNode, parseDocument, type YAMLParseError } from 'yaml';
import type { FieldFault } from '../../services/kit/faults/fault';

/** YAML as it was read, with the lines of its fields. */
export interface YamlText {
  value: unknown;
  faults: FieldFault[];
  /** The line of a field, or of the innermost field around it. */
  lineOf(path: string): number | undefined;
}

/** Reads a YAML document. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: string): number | undefined => lineOfPath(document.contents, path.split('.'), lines);
  if (document.errors.length > 0) return { value: undefined, faults: document.errors.map(syntaxFault), lineOf };
  try {
    return { value: document.toJS() as unknown, faults: [], lineOf };
  } catch (error) {
    // An alias without an anchor, or so many that they would fill the memory.
    const fault = { path: '', message: (error as Error).message, fix: 'write the value itself' };
    return { value: undefined, faults: [fault], lineOf };
  }
}

function syntaxFault({ code, message, linePos }: YAMLParseError): FieldFault {
  const line = linePos?.[0].line;
  if (code === 'MULTIPLE_DOCS')
    return { path: '', line, message: 'the file has several documents', fix: 'remove the line --- between them' };
  // The rest of the message is the place and an excerpt.
  const [sentence = message] = message.split(/ at line |\n/);
  return { path: '', line, message: `this is not valid YAML: ${sentence}`, fix: 'correct the syntax' };
}

function lineOfPath(root: ParsedNode | null, path: readonly string[], lines: LineCounter): number | undefined {
  let [node, line]: [Node | null, number | undefined] = [root, undefined];
  for (const name of path) {
    const pair = isMap<Node, Node | null>(node) ? node.items.find(({ key }) => String(key) === name) : undefined;
    if (!pair) return line;
    if (pair.key.range) line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}
