import type { SpanRow } from "@nightowl/model/api/span-row";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { buildTree, findRoot, type TraceTree, type TreeNode } from "@nightowl/model/trace/build-tree";
import { countUsage, type UsageCount } from "@nightowl/model/trace/count-usage";
import { failedNodes, maxDepthOf } from "../../view/waterfall-rows.ts";
import { rowTotals, type RowTotals } from "../../view/waterfall-totals.ts";

/** A trace as the page works with it: read once when it arrives, shared by every part. */
export interface TraceModel {
  project: string;
  traceId: string;
  summary: TraceSummary;
  tree: TraceTree;
  root: TreeNode | undefined;
  failed: TreeNode[];
  usage: UsageCount;
  totals: RowTotals;
  totalMs: number;
  maxDepth: number;
}

/** Reads a trace's answer. Linear but for the tree's sorting; 50,000 spans take well under a second. */
export function createTraceModel(
  project: string,
  traceId: string,
  answer: { trace: TraceSummary; spans: SpanRow[] },
): TraceModel {
  const tree = buildTree(answer.spans);
  const usage = countUsage(tree);
  return {
    project,
    traceId,
    summary: answer.trace,
    tree,
    root: findRoot(tree) ?? tree.roots[0],
    failed: failedNodes(tree),
    usage,
    totals: rowTotals(tree, usage),
    totalMs: tree.durationNs / 1e6,
    maxDepth: maxDepthOf(tree),
  };
}

/** A node's length in milliseconds; of a running span, so far. */
export function nodeDurationMs(node: TreeNode): number {
  return (node.endOffsetNs - node.startOffsetNs) / 1e6;
}
