import type { Span } from './span';
import type { Node } from './tree';

/** A row of the waterfall: one span, or several similar ones. */
export interface Row {
  /** At least one, in order of their start. */
  spans: Span[];
  /** The lines that connect it with its parent, as text. */
  guide: string;
  /** The guide of the lines below it that belong to the same span. */
  below: string;
  /** The number of its ancestors. */
  depth: number;
  /** The service of the row above it. */
  parentService: string | undefined;
}

/** Options of the rows. */
export interface RowOptions {
  /** This many similar siblings share a row. */
  collapseFrom: number;
  /** The widest guide; deeper rows are not indented further. */
  guideWidth: number;
}

interface Group {
  nodes: Node[];
  above: string;
  depth: number;
  parentService: string | undefined;
  isLast: boolean;
}

/** Makes the rows of a tree, each below its parent. Every span is in exactly one row. */
export function rowsOf(roots: Node[], { collapseFrom, guideWidth }: RowOptions): Row[] {
  const rows: Row[] = [];
  const open = groupSiblings(roots, collapseFrom, { above: '', depth: 0, parentService: undefined });
  // Not recursive: spans can be nested deeper than the call stack.
  for (let group = open.pop(); group; group = open.pop()) {
    const row = makeRow(group, guideWidth);
    rows.push(row);
    const children = group.nodes.flatMap((node) => node.children);
    const where = { above: row.below, depth: group.depth + 1, parentService: row.spans[0]?.service };
    // One by one: a function cannot take that many arguments.
    for (const each of groupSiblings(children, collapseFrom, where)) open.push(each);
  }
  return rows;
}

/** Groups similar siblings; the last group comes first. */
function groupSiblings(nodes: Node[], collapseFrom: number, where: Omit<Group, 'nodes' | 'isLast'>): Group[] {
  const alike = new Map<string, Node[]>();
  for (const node of nodes) {
    const likeness = similarityKey(node.span);
    const others = alike.get(likeness);
    if (others) others.push(node);
    else alike.set(likeness, [node]);
  }
  const groups = [...alike.values()].flatMap((each) =>
    each.length >= collapseFrom ? [each] : each.map((node) => [node]),
  );
  const ordered = groups.sort((a, b) => startTime(b) - startTime(a));
  return ordered.map((each, index) => ({ ...where, nodes: each, isLast: index === 0 }));
}

function similarityKey({ service, name, kind, code, isError }: Span): string {
  return JSON.stringify([service, name, kind, code, isError]);
}

function startTime([first]: Node[]): number {
  return first?.span.from ?? 0;
}

function makeRow({ nodes, above, depth, parentService, isLast }: Group, guideWidth: number): Row {
  const spans = nodes.map(({ span }) => span);
  if (depth === 0) return { spans, guide: '', below: '', depth, parentService };
  if (above.length + 2 > guideWidth)
    return { spans, guide: `${above.slice(0, Math.max(0, guideWidth - 2))}» `, below: above, depth, parentService };
  return { spans, guide: above + (isLast ? '└ ' : '├ '), below: above + (isLast ? '  ' : '│ '), depth, parentService };
}
