import type { Span, Trace } from './span';

/** A span with the spans that it caused, in the order in which they began. */
export interface Node {
  span: Span;
  children: Node[];
}

/** The spans of a trace by parent. */
export interface SpanTree {
  /** In the order in which they began; there is at least one, and every span is below one of them. */
  roots: Node[];
  /** Spans whose parent should be in the trace and is not: lost, not sampled, or still on its way. */
  orphans: Span[];
  /** Spans that began before their parent: the clocks of two machines differ. */
  early: Span[];
}

/** Two processes of one machine may tell times that differ by as much, in nanoseconds. */
const CLOCK_NOISE = 2e6;

/** Puts spans below their parents. Any set of spans makes a tree: two with one id, parents that are missing, circles. */
export function treeOf({ spans }: Trace): SpanTree {
  const nodes = spans.map((span): Node => ({ span, children: [] }));
  const byId = new Map<string, Node>();
  for (const node of nodes) if (!byId.has(node.span.id)) byId.set(node.span.id, node);
  const roots: Node[] = [];
  for (const node of nodes) {
    const parent = parentOf(node, byId);
    (parent ? parent.children : roots).push(node);
  }
  breakCircles(nodes, roots);
  roots.sort((a, b) => a.span.from - b.span.from);
  return { roots, orphans: orphansOf(roots.map(({ span }) => span)), early: nodes.flatMap(earlyChildren) };
}

/** Of two spans with one id, as Zipkin has them for the two sides of a call, the later is a child of the earlier. */
function parentOf(node: Node, byId: Map<string, Node>): Node | undefined {
  const first = byId.get(node.span.id);
  if (first !== node && first?.span.parentId === node.span.parentId) return first;
  const parent = node.span.parentId === undefined ? undefined : byId.get(node.span.parentId);
  return parent === node ? undefined : parent;
}

/** Spans that are each other's ancestors hang below no root: the first of each circle becomes one. */
function breakCircles(nodes: Node[], roots: Node[]): void {
  const reached = new Set<Node>();
  for (const root of roots) reach(root, reached);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    reach(node, reached);
    for (const each of reached) each.children = each.children.filter((child) => child !== node);
    roots.push(node);
  }
}

function reach(start: Node, reached: Set<Node>): void {
  const open = [start];
  for (let node = open.pop(); node; node = open.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    open.push(...node.children);
  }
}

/**
 * A trace may begin in a process that records nothing, such as `weft call` or a browser: its first spans then have one
 * remote parent, which nobody misses.
 */
function orphansOf(roots: Span[]): Span[] {
  const parentless = roots.filter(({ parentId }) => parentId !== undefined);
  const beginsElsewhere =
    parentless.length === roots.length &&
    new Set(parentless.map(({ parentId }) => parentId)).size === 1 &&
    parentless.every(hasRemoteParent);
  return beginsElsewhere ? [] : parentless;
}

function hasRemoteParent({ hasRemoteParent: said, kind }: Span): boolean {
  return said ?? (kind === 'server' || kind === 'consumer');
}

function earlyChildren({ span: { from }, children }: Node): Span[] {
  return children.map(({ span }) => span).filter((child) => child.from < from - CLOCK_NOISE);
}
