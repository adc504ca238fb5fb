import type { TraceTree, TreeNode } from "@nightowl/model/trace/build-tree";

/**
 * The lines of the waterfall in order: every node but those below a collapsed one. Linear in the number of
 * lines shown; done when something collapses or arrives, never while scrolling.
 */
export function visibleRows(tree: TraceTree, collapsed: ReadonlySet<string>): TreeNode[] {
  if (collapsed.size === 0) return tree.nodes;
  const rows: TreeNode[] = [];
  for (let i = 0; i < tree.nodes.length; i++) {
    const node = tree.nodes[i];
    if (!node) break;
    rows.push(node);
    if (collapsed.has(node.span.spanId)) i += node.descendantCount;
  }
  return rows;
}

/** Where each node stands among the visible rows: index by {@link TreeNode.index}, −1 where hidden. */
export function rowPositions(tree: TraceTree, rows: readonly TreeNode[]): Int32Array {
  const positions = new Int32Array(tree.nodes.length).fill(-1);
  for (const [position, node] of rows.entries()) positions[node.index] = position;
  return positions;
}

/** The failed spans, in the waterfall's order. */
export function failedNodes(tree: TraceTree): TreeNode[] {
  return tree.nodes.filter((node) => node.span.statusCode === "ERROR");
}

/** Everything with children collapsed. */
export function collapseAll(tree: TraceTree): Set<string> {
  return new Set(tree.nodes.filter((node) => node.children.length > 0).map((node) => node.span.spanId));
}

/** Collapsed but for the ways to these nodes, so that they, and what stands around them, are seen. */
export function collapseAround(tree: TraceTree, shown: readonly TreeNode[]): Set<string> {
  const collapsed = collapseAll(tree);
  for (const node of shown) openWayTo(node, collapsed);
  return collapsed;
}

/** The same set with the way to a node opened; the set itself where nothing hides the node. */
export function expandTo(collapsed: ReadonlySet<string>, node: TreeNode): ReadonlySet<string> {
  for (let at = node.parent; at; at = at.parent) {
    if (collapsed.has(at.span.spanId)) {
      const opened = new Set(collapsed);
      openWayTo(node, opened);
      return opened;
    }
  }
  return collapsed;
}

function openWayTo(node: TreeNode, collapsed: Set<string>): void {
  for (let at = node.parent; at; at = at.parent) collapsed.delete(at.span.spanId);
}

/**
 * The span to show first, when the address names none:
 * 1. The origin of the first failure: of the failed spans without a failed one below them, the earliest to
 *    fail. An error travels up through its callers; at 2 a.m. one wants where it began.
 * 2. The root, where it carries an input or an output: question and answer at a glance.
 * 3. The last model call: it saw the whole conversation and gave the answer.
 * 4. The first line.
 */
export function firstSelection(tree: TraceTree): TreeNode | undefined {
  const failure = originOfFailure(tree);
  if (failure) return failure;
  const root = tree.roots.find((node) => node.mark === undefined) ?? tree.roots[0];
  if (root && (root.span.inputPreview || root.span.outputPreview)) return root;
  return tree.nodes.findLast((node) => node.span.kind === "LLM") ?? root;
}

/** See {@link firstSelection}: where the trace's first failure began; `undefined` when nothing failed. */
export function originOfFailure(tree: TraceTree): TreeNode | undefined {
  const failedBelow = new Uint8Array(tree.nodes.length);
  let origin: TreeNode | undefined;
  for (let i = tree.nodes.length - 1; i >= 0; i--) {
    const node = tree.nodes[i];
    if (!node) continue;
    const failed = node.span.statusCode === "ERROR";
    if ((failed || failedBelow[i] === 1) && node.parent) failedBelow[node.parent.index] = 1;
    if (failed && failedBelow[i] !== 1 && (!origin || node.endOffsetNs <= origin.endOffsetNs)) origin = node;
  }
  return origin;
}

/** Where a key of the tree leads. */
export type TreeMove = "up" | "down" | "first" | "last" | "pageUp" | "pageDown";

/** The row that a movement leads to; stays at the ends. `undefined` only where there are no rows. */
export function moveRow(
  rows: readonly TreeNode[],
  position: number,
  move: TreeMove,
  pageRows: number,
): TreeNode | undefined {
  const step = { up: -1, down: 1, pageUp: -pageRows, pageDown: pageRows, first: -Infinity, last: Infinity }[
    move
  ];
  const target = Math.min(rows.length - 1, Math.max(0, position + step));
  return rows[target];
}

/** The next of some nodes after (or before) one, in the waterfall's order, going round at the end. */
export function nextNode(
  nodes: readonly TreeNode[],
  after: TreeNode | undefined,
  backwards = false,
): TreeNode | undefined {
  if (!after) return backwards ? nodes.at(-1) : nodes[0];
  if (backwards) return nodes.findLast((node) => node.index < after.index) ?? nodes.at(-1);
  return nodes.find((node) => node.index > after.index) ?? nodes[0];
}

/** Room for the tree's indent, as a share of the name column; names keep the rest. */
const INDENT_SHARE = 0.4;
const INDENT_STEP_PX = 16;
const MIN_INDENT_STEP_PX = 4;

/** How far a line is indented, px; `capped` where its depth no longer shows and has to be said. */
export interface Indent {
  px: number;
  stepPx: number;
  capped: boolean;
}

/**
 * The indent of a depth. Steps get smaller in a deep tree, and stop growing past {@link INDENT_SHARE} of the
 * column, so that a name is never pushed out of view.
 */
export function indentOf(depth: number, maxDepth: number, nameWidthPx: number): Indent {
  const roomPx = Math.max(MIN_INDENT_STEP_PX, nameWidthPx * INDENT_SHARE);
  const stepPx = Math.max(
    MIN_INDENT_STEP_PX,
    Math.min(INDENT_STEP_PX, Math.floor(roomPx / Math.max(1, maxDepth))),
  );
  const levels = Math.floor(roomPx / stepPx);
  return { px: Math.min(depth, levels) * stepPx, stepPx, capped: depth > levels };
}

/** The deepest level of a tree. */
export function maxDepthOf(tree: TraceTree): number {
  let max = 0;
  for (const node of tree.nodes) if (node.depth > max) max = node.depth;
  return max;
}
