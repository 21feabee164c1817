import type { Span } from './span';
import type { Node } from './tree';

/** A period in which the trace waited for one span, in nanoseconds from the start of the trace. */
export interface Section {
  span: Span;
  from: number;
  to: number;
}

/**
 * The critical path of a trace: making it faster makes the trace faster. Walking back from the end of the root, time
 * belongs to the child that finished last, then to the last child that finished before that one began, and to the span
 * itself in between. Children are clipped to their parent, so the sections fill the root's time exactly.
 *
 * @returns the sections, last first, without empty ones
 * @see https://www.usenix.org/conference/atc22/presentation/zhang-zhizhou (CRISP, section 3)
 * @see https://www.jaegertracing.io/docs/latest/frontend-ui/ (the critical path in Jaeger's page)
 */
export function criticalPath(root: Node): Section[] {
  const sections: Section[] = [];
  // Not recursive: spans can be nested deeper than the call stack.
  const open: Frame[] = [frameOf(root, root.span.from, root.span.to)];
  for (let frame = open.at(-1); frame; frame = open.at(-1)) {
    const child = frame.children.pop();
    const from = child ? Math.min(child.to, frame.cursor) : frame.from;
    if (child && child.to > frame.cursor) continue;
    if (from < frame.cursor) sections.push({ span: frame.span, from, to: frame.cursor });
    if (!child) open.pop();
    else {
      frame.cursor = child.from;
      open.push(frameOf(child.node, child.from, child.to));
    }
  }
  return sections;
}

interface Clipped {
  node: Node;
  from: number;
  to: number;
}

/** A span whose time is being divided; its children are sorted by end. */
interface Frame {
  span: Span;
  from: number;
  /** The time after it is already divided. */
  cursor: number;
  children: Clipped[];
}

function frameOf({ span, children }: Node, from: number, to: number): Frame {
  const clipped = children
    .map((node) => ({ node, from: Math.max(node.span.from, from), to: Math.min(node.span.to, to) }))
    // Children that began after the end of their parent drop out here: nothing waited for them.
    .filter((child) => child.from < child.to);
  return { span, from, cursor: to, children: clipped.sort((a, b) => a.to - b.to || b.from - a.from) };
}

/** The time of each span on the critical path, in nanoseconds. */
export function criticalTimes(sections: Section[]): Map<Span, number> {
  const times = new Map<Span, number>();
  for (const { span, from, to } of sections) times.set(span, (times.get(span) ?? 0) + to - from);
  return times;
}
