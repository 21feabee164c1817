import type { Span, Trace } from './span';

/** A span with its children, in order of their start. */
export interface Node {
  span: Span;
  children: Node[];
}

/** The spans of a trace by parent. */
export interface SpanTree {
  /** At least one, in order of their start; every span is below one of them. */
  roots: Node[];
  /** Spans whose parent is missing: lost, not sampled, or not here yet. */
  orphans: Span[];
  /** Spans that began before their parent, because the clocks of two machines differ. */
  early: Span[];
}

/** Clocks of two processes on one machine can differ by this much, in nanoseconds. */
const CLOCK_NOISE = 2e6;

/** Puts spans below their parents. Any set of spans makes a tree, even with duplicate ids, missing parents or cycles. */
export function buildTree({ spans }: Trace): SpanTree {
  const nodes = spans.map((span): Node => ({ span, children: [] }));
  const byId = new Map<string, Node>();
  for (const node of nodes) if (!byId.has(node.span.id)) byId.set(node.span.id, node);
  const roots: Node[] = [];
  for (const node of nodes) {
    const parent = parentOf(node, byId);
    (parent ? parent.children : roots).push(node);
  }
  breakCycles(nodes, roots);
  roots.sort((a, b) => a.span.from - b.span.from);
  return { roots, orphans: findOrphans(roots.map(({ span }) => span)), early: nodes.flatMap(earlyChildren) };
}

/** Zipkin gives both sides of a call one id; the later span is then a child of the earlier. */
function parentOf(node: Node, byId: Map<string, Node>): Node | undefined {
  const first = byId.get(node.span.id);
  if (first !== node && first?.span.parentId === node.span.parentId) return first;
  const parent = node.span.parentId === undefined ? undefined : byId.get(node.span.parentId);
  return parent === node ? undefined : parent;
}

/** The spans of a cycle are below no root, so the first of each cycle becomes one. */
function breakCycles(nodes: Node[], roots: Node[]): void {
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
 * A trace may begin in a process without spans, such as `weft call` or a browser. Its first spans then share one remote
 * parent, which is not missing.
 */
function findOrphans(roots: Span[]): Span[] {
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
