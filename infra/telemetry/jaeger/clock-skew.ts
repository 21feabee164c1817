import type { ResourceSpans, Span } from '../../../proto/gen/opentelemetry/proto/trace/v1/trace_pb';
import { hexOf } from '../ids';
import { formatGoDuration } from '../traces/go-time';
import { durationOf, type SpanPlace, spansOf } from '../traces/trace-data';

/** The differences between the versions of Jaeger's API in reading and marking a trace. */
export interface Dialect {
  /** Identifies the host; empty if unknown. */
  hostOf(place: SpanPlace): string;
  /** The id of the parent in hex; empty without one. */
  parentOf(span: Span): string;
  missingParent(id: string): string;
  warn(span: Span, warning: string): void;
}

interface Node {
  place: SpanPlace;
  host: string;
  children: Node[];
}

interface Skew {
  host: string;
  delta: bigint;
}

/**
 * Marks spans whose clock seems to differ from their parent's. Like Jaeger by default, it does not change any time.
 */
export function warnOfSkew(trace: readonly ResourceSpans[], dialect: Dialect): void {
  const nodes = nodesOf(trace, dialect);
  const stack: [Node, Node | undefined, Skew][] = rootsOf(nodes, dialect).map((root) => [
    root,
    undefined,
    { host: root.host, delta: 0n },
  ]);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [node, parent, inherited] = next;
    const isElsewhere = (node.host !== inherited.host || node.host === '') && parent;
    const skew = isElsewhere ? { host: node.host, delta: skewOf(node.place.span, parent.place.span) } : inherited;
    const delta = formatGoDuration(skew.delta);
    if (skew.delta !== 0n)
      dialect.warn(node.place.span, `clock skew adjustment disabled; not applying calculated delta of ${delta}`);
    for (const child of node.children) stack.push([child, node, skew]);
  }
}

function nodesOf(trace: readonly ResourceSpans[], dialect: Dialect): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const place of spansOf(trace)) {
    const id = hexOf(place.span.spanId);
    if (nodes.has(id)) dialect.warn(place.span, 'duplicate span IDs; skipping clock skew adjustment');
    else nodes.set(id, { place, host: dialect.hostOf(place), children: [] });
  }
  return nodes;
}

function rootsOf(nodes: ReadonlyMap<string, Node>, { parentOf, missingParent, warn }: Dialect): Node[] {
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = parentOf(node.place.span);
    const above = nodes.get(parent);
    if (above) above.children.push(node);
    else roots.push(node);
    if (!above && parent !== '') warn(node.place.span, missingParent(parent));
  }
  return roots;
}

/** The offset that would move a child into its parent. */
function skewOf(child: Span, parent: Span): bigint {
  const [childDuration, parentDuration] = [durationOf(child), durationOf(parent)];
  const late = parent.startTimeUnixNano - child.startTimeUnixNano;
  if (childDuration > parentDuration) return late > 0n ? late : 0n;
  if (late <= 0n && child.endTimeUnixNano <= parent.endTimeUnixNano) return 0n;
  return late + (parentDuration - childDuration) / 2n;
}
