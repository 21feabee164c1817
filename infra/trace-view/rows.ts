import type { Span } from './span';
import type { Node } from './tree';

/** A line of the waterfall: a span, or several that are alike. */
export interface Row {
  /** At least one; in the order in which they began. */
  spans: Span[];
  /** The lines that connect it with its parent, as text. */
  guide: string;
  /** Goes below it, in front of what belongs to the same span. */
  below: string;
  /** How many rows are above it up to its root. */
  depth: number;
  /** The service of the row above it. */
  parentService: string | undefined;
}

/** How rows are made. */
export interface RowOptions {
  /** Siblings that are alike share a row from this number on. */
  collapseFrom: number;
  /** How wide a guide may be; what is deeper is not indented further. */
  guideWidth: number;
}

interface Group {
  nodes: Node[];
  above: string;
  depth: number;
  parentService: string | undefined;
  isLast: boolean;
}

/** The rows of a tree, each below its parent. Every span is in exactly one. */
export function rowsOf(roots: Node[], { collapseFrom, guideWidth }: RowOptions): Row[] {
  const rows: Row[] = [];
  const open = groupsOf(roots, collapseFrom, { above: '', depth: 0, parentService: undefined });
  // Spans may be nested deeper than functions can be.
  for (let group = open.pop(); group; group = open.pop()) {
    const row = rowOf(group, guideWidth);
    rows.push(row);
    const children = group.nodes.flatMap((node) => node.children);
    const where = { above: row.below, depth: group.depth + 1, parentService: row.spans[0]?.service };
    // One by one: there may be more of them than a function takes arguments.
    for (const each of groupsOf(children, collapseFrom, where)) open.push(each);
  }
  return rows;
}

/** Siblings, those that are alike together, the last first. */
function groupsOf(nodes: Node[], collapseFrom: number, where: Omit<Group, 'nodes' | 'isLast'>): Group[] {
  const alike = new Map<string, Node[]>();
  for (const node of nodes) {
    const likeness = likenessOf(node.span);
    const others = alike.get(likeness);
    if (others) others.push(node);
    else alike.set(likeness, [node]);
  }
  const groups = [...alike.values()].flatMap((each) =>
    each.length >= collapseFrom ? [each] : each.map((node) => [node]),
  );
  const ordered = groups.sort((a, b) => startOf(b) - startOf(a));
  return ordered.map((each, index) => ({ ...where, nodes: each, isLast: index === 0 }));
}

function likenessOf({ service, name, kind, code, isError }: Span): string {
  return JSON.stringify([service, name, kind, code, isError]);
}

function startOf([first]: Node[]): number {
  return first?.span.from ?? 0;
}

function rowOf({ nodes, above, depth, parentService, isLast }: Group, guideWidth: number): Row {
  const spans = nodes.map(({ span }) => span);
  if (depth === 0) return { spans, guide: '', below: '', depth, parentService };
  if (above.length + 2 > guideWidth)
    return { spans, guide: `${above.slice(0, Math.max(0, guideWidth - 2))}» `, below: above, depth, parentService };
  return { spans, guide: above + (isLast ? '└ ' : '├ '), below: above + (isLast ? '  ' : '│ '), depth, parentService };
}
