import type { TraceTree, TreeNode } from "./build-tree.ts";

/** A stretch of time in which nothing but this span itself kept the trace from ending. */
export interface CriticalSegment {
  spanId: string;
  /** Nanoseconds since the tree's origin. */
  startOffsetNs: number;
  endOffsetNs: number;
}

interface Frame {
  node: TreeNode;
  /** The part of the span's time that its ancestors leave it: clocks differ, and children outlive parents. */
  fromNs: number;
  limitNs: number;
  /** Everything after this moment is explained. */
  untilNs: number;
  /** Children by end, latest last. */
  children: TreeNode[];
}

/**
 * The critical path below a span (the trace's root, usually): walking back from its end, the child that finished
 * last is what it waited for, then what that child waited for, and so on. Segments are in time order, do not
 * overlap, and cover the span from start to end. A child that outlives its parent counts up to the parent's
 * end; one that starts after it (left running in the background) not at all. No recursion.
 */
export function findCriticalPath(root: TreeNode): CriticalSegment[] {
  const segments: CriticalSegment[] = [];
  const stack: Frame[] = [openFrame(root, root.startOffsetNs, root.endOffsetNs)];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const child = takeLastFinishing(frame);
    const resumeNs = child ? Math.min(child.endOffsetNs, frame.limitNs) : frame.fromNs;
    if (resumeNs < frame.untilNs) {
      segments.push({
        spanId: frame.node.span.spanId,
        startOffsetNs: resumeNs,
        endOffsetNs: frame.untilNs,
      });
    }
    if (child) {
      const childFromNs = Math.max(child.startOffsetNs, frame.fromNs);
      frame.untilNs = childFromNs;
      stack.push(openFrame(child, childFromNs, resumeNs));
    } else {
      stack.pop();
    }
  }
  return segments.reverse();
}

/** The same per span: its segments by span id. */
export function groupSegments(segments: CriticalSegment[]): Map<string, CriticalSegment[]> {
  const bySpan = new Map<string, CriticalSegment[]>();
  for (const segment of segments) {
    const own = bySpan.get(segment.spanId);
    if (own) own.push(segment);
    else bySpan.set(segment.spanId, [segment]);
  }
  return bySpan;
}

/** Path of the trace: from its earliest real root, else its earliest root. */
export function findTraceCriticalPath(tree: TraceTree): CriticalSegment[] {
  const root = tree.roots.find((node) => node.mark === undefined) ?? tree.roots[0];
  return root ? findCriticalPath(root) : [];
}

function openFrame(node: TreeNode, fromNs: number, limitNs: number): Frame {
  const children = node.children
    .filter((child) => child.startOffsetNs < limitNs && child.endOffsetNs > fromNs)
    .sort((a, b) => Math.min(a.endOffsetNs, limitNs) - Math.min(b.endOffsetNs, limitNs));
  return { node, fromNs, limitNs, untilNs: limitNs, children };
}

/**
 * The child that finished last before what is explained. One that still ran then was not waited for,
 * unless it outlived the parent itself.
 */
function takeLastFinishing(frame: Frame): TreeNode | undefined {
  for (let child = frame.children.pop(); child; child = frame.children.pop()) {
    if (Math.min(child.endOffsetNs, frame.limitNs) <= frame.untilNs) return child;
  }
  return undefined;
}
