import type { SpanRow } from "@nightowl/model/api/span-row";
import type { TraceTree, TreeNode } from "@nightowl/model/trace/build-tree";
import { hasUsage } from "@nightowl/model/trace/count-usage";

/**
 * Whether a span tells of the work itself: a call of a model, a tool, a retrieval, an agent, a step of theirs. Others are
 * what general instrumentations record between them (HTTP, databases, an application's functions). A root, a failed
 * span and one that reports tokens or a cost always do.
 */
export function isAiSpan(node: TreeNode): boolean {
  const { span } = node;
  return (
    span.kind !== "UNKNOWN" ||
    node.parent === undefined ||
    span.statusCode === "ERROR" ||
    hasUsage(span) ||
    span.costUsd !== undefined
  );
}

/** The rows of the spans that {@link isAiSpan}, each below the nearest of them above it; the other rows are left out. */
export function aiSpansOf(tree: TraceTree): SpanRow[] {
  const rows: SpanRow[] = [];
  for (const node of tree.nodes) {
    if (!isAiSpan(node)) continue;
    const above = nearestAiSpan(node.parent);
    const isMoved = above !== undefined && above !== node.parent;
    rows.push(isMoved ? { ...node.span, parentSpanId: above.span.spanId } : node.span);
  }
  return rows;
}

/** The node itself, else the nearest above it that {@link isAiSpan}. Roots are, so there is one. */
export function nearestAiSpan(node: TreeNode | undefined): TreeNode | undefined {
  let at = node;
  while (at !== undefined && !isAiSpan(at)) at = at.parent;
  return at;
}
