import type { Span } from './span';
import type { Node } from './tree';

/** A stretch of time during which a trace waited for one span. In nanoseconds, from the start of the trace. */
export interface Section {
  span: Span;
  from: number;
  to: number;
}

/**
 * The critical path of a trace: what to make faster to make the whole faster. From the end of the root backwards, time
 * belongs to the child that finished last, before it to the last that had finished when that one began, and to the span
 * itself where no child ran. A child counts for as long as its parent runs, so the sections fill the root's time exactly.
 *
 * @returns from the last to the first; sections without a length are left out
 * @see https://www.usenix.org/conference/atc22/presentation/zhang-zhizhou (CRISP, section 3)
 * @see https://www.jaegertracing.io/docs/latest/frontend-ui/ (the critical path in Jaeger's page)
 */
export function criticalPath(root: Node): Section[] {
  const sections: Section[] = [];
  // Spans may be nested deeper than functions can be.
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

/** A span whose time is being divided, and its children, the last to finish at the end. */
interface Frame {
  span: Span;
  from: number;
  /** What lies after it is divided. */
  cursor: number;
  children: Clipped[];
}

function frameOf({ span, children }: Node, from: number, to: number): Frame {
  const clipped = children
    .map((node) => ({ node, from: Math.max(node.span.from, from), to: Math.min(node.span.to, to) }))
    // Also those that began after it had ended: nothing waited for them.
    .filter((child) => child.from < child.to);
  return { span, from, cursor: to, children: clipped.sort((a, b) => a.to - b.to || b.from - a.from) };
}

/** How long each span is on the critical path, in nanoseconds. */
export function criticalTimes(sections: Section[]): Map<Span, number> {
  const times = new Map<Span, number>();
  for (const { span, from, to } of sections) times.set(span, (times.get(span) ?? 0) + to - from);
  return times;
}
