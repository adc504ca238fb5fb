import type { SpanRow } from "../api/span-row.ts";
import { giveOwnUsage } from "./own-usage.ts";
import { compareNs, offsetNs } from "./nanoseconds.ts";

/**
 * What is odd about a node's place:
 * - `orphan`: its parent has not arrived; it stands as a root.
 * - `self_parent`: it names itself as parent; it stands as a root.
 * - `cycle`: its parent is among its own descendants; the cycle is cut here and it stands as a root.
 */
export type TreeMark = "orphan" | "self_parent" | "cycle";

export interface TreeNode {
  /** The row given; with its own tokens where it told those of calls before it too. */
  span: SpanRow;
  parent: TreeNode | undefined;
  /** Ordered by start. */
  children: TreeNode[];
  /** 0 on a root. */
  depth: number;
  mark: TreeMark | undefined;
  /** Position in {@link TraceTree.nodes}. A node's subtree is `nodes.slice(index, index + 1 + descendantCount)`. */
  index: number;
  descendantCount: number;
  /** Nanoseconds since {@link TraceTree.originNs}. */
  startOffsetNs: number;
  /** At least the start; of a span that has not ended, the last moment that the trace knows of. */
  endOffsetNs: number;
  running: boolean;
}

export interface TraceTree {
  /** Ordered by start, real roots before orphans of the same start. */
  roots: TreeNode[];
  /** Every node once, parents before children, as the waterfall shows them. */
  nodes: TreeNode[];
  bySpanId: Map<string, TreeNode>;
  /** Earliest known start; "0" when none is known. */
  originNs: string;
  /** From the origin to the latest known moment. */
  durationNs: number;
}

/**
 * Spans of one trace, in any order → forest. Every span given appears once (of a span id given twice, the last);
 * children are ordered by start, then id. Linear but for sorting, and without recursion: a chain of
 * 50,000 spans is as good as a flat list.
 */
export function buildTree(rows: readonly SpanRow[]): TraceTree {
  const { originNs, durationNs } = findExtent(rows);
  const bySpanId = new Map<string, TreeNode>();
  for (const span of rows) bySpanId.set(span.spanId, createNode(span, originNs, durationNs));
  const ordered = [...bySpanId.values()].sort(byStart);
  const roots = attachToParents(ordered, bySpanId);
  let nodes = numberNodes(roots);
  if (nodes.length < ordered.length) {
    cutCycles(ordered, roots);
    roots.sort(byStart);
    nodes = numberNodes(roots);
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node?.parent) node.parent.descendantCount += node.descendantCount + 1;
  }
  giveOwnUsage(nodes);
  return { roots, nodes, bySpanId, originNs, durationNs };
}

/** The trace's root: the earliest span without a parent, or undefined while none has arrived. */
export function findRoot(tree: TraceTree): TreeNode | undefined {
  return tree.roots.find((node) => node.mark === undefined);
}

/** A start of "0" is unknown and would stretch the trace to 1970: it counts only when nothing else is known. */
function findExtent(rows: readonly SpanRow[]): { originNs: string; durationNs: number } {
  let originNs = "0";
  let lastNs = "0";
  for (const { startTimeNs, endTimeNs } of rows) {
    if (startTimeNs !== "0" && (originNs === "0" || compareNs(startTimeNs, originNs) < 0))
      originNs = startTimeNs;
    if (compareNs(startTimeNs, lastNs) > 0) lastNs = startTimeNs;
    if (compareNs(endTimeNs, lastNs) > 0) lastNs = endTimeNs;
  }
  if (originNs === "0") originNs = lastNs;
  return { originNs, durationNs: offsetNs(lastNs, originNs) };
}

function createNode(span: SpanRow, originNs: string, durationNs: number): TreeNode {
  const running = span.endTimeNs === "0";
  const startOffsetNs = span.startTimeNs === "0" ? 0 : offsetNs(span.startTimeNs, originNs);
  const endOffsetNs = running ? durationNs : Math.max(startOffsetNs, offsetNs(span.endTimeNs, originNs));
  return {
    span,
    parent: undefined,
    children: [],
    depth: 0,
    mark: undefined,
    index: -1,
    descendantCount: 0,
    startOffsetNs,
    endOffsetNs,
    running,
  };
}

function byStart(a: TreeNode, b: TreeNode): number {
  if (a.startOffsetNs !== b.startOffsetNs) return a.startOffsetNs - b.startOffsetNs;
  if ((a.mark === undefined) !== (b.mark === undefined)) return a.mark === undefined ? -1 : 1;
  return a.span.spanId < b.span.spanId ? -1 : 1;
}

function attachToParents(ordered: TreeNode[], bySpanId: Map<string, TreeNode>): TreeNode[] {
  const roots: TreeNode[] = [];
  for (const node of ordered) {
    const parentId = node.span.parentSpanId ?? "";
    const parent = parentId === "" ? undefined : bySpanId.get(parentId);
    if (parent === node) node.mark = "self_parent";
    else if (parent === undefined && parentId !== "") node.mark = "orphan";
    if (parent === undefined || parent === node) {
      roots.push(node);
    } else {
      node.parent = parent;
      parent.children.push(node);
    }
  }
  return roots;
}

/** What no root reached (its index is still -1) hangs on a cycle: cut it at its earliest span, which becomes a root. */
function cutCycles(ordered: TreeNode[], roots: TreeNode[]): void {
  for (const node of ordered) {
    if (node.index !== -1) continue;
    const start = earliestOfCycle(node);
    const parent = start.parent;
    if (parent) parent.children.splice(parent.children.indexOf(start), 1);
    start.parent = undefined;
    start.mark = "cycle";
    roots.push(start);
    numberNodes([start]);
  }
}

function earliestOfCycle(from: TreeNode): TreeNode {
  const seen = new Set<TreeNode>();
  let node = from;
  while (!seen.has(node) && node.parent) {
    seen.add(node);
    node = node.parent;
  }
  let earliest = node;
  for (let at = node.parent; at && at !== node; at = at.parent) {
    if (byStart(at, earliest) < 0) earliest = at;
  }
  return earliest;
}

/** The nodes that the roots reach, as the waterfall shows them; gives each its index and depth. */
function numberNodes(roots: TreeNode[]): TreeNode[] {
  const nodes: TreeNode[] = [];
  const stack = roots.toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    node.index = nodes.length;
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    nodes.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i] as TreeNode);
  }
  return nodes;
}
