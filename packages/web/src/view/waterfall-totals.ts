import type { TraceTree } from "@nightowl/model/trace/build-tree";
import type { UsageCount } from "@nightowl/model/trace/count-usage";

/** Tokens and cost of each line and of everything below it; NaN where nothing is known. Index by `TreeNode.index`. */
export interface RowTotals {
  tokens: Float64Array;
  costUsd: Float64Array;
}

/**
 * Sums what counts (see `countUsage`) up the tree, so that a parent shows the tokens below it once, whether
 * or not it repeats them itself.
 */
export function rowTotals(tree: TraceTree, count: UsageCount): RowTotals {
  const tokens = new Float64Array(tree.nodes.length).fill(Number.NaN);
  const costUsd = new Float64Array(tree.nodes.length).fill(Number.NaN);
  for (let i = tree.nodes.length - 1; i >= 0; i--) {
    const node = tree.nodes[i];
    if (!node) continue;
    const { span } = node;
    if (count.countedSpanIds.has(span.spanId))
      add(tokens, i, (span.inputTokens ?? 0) + (span.outputTokens ?? 0));
    if (count.costSpanIds.has(span.spanId)) add(costUsd, i, span.costUsd ?? Number.NaN);
    if (node.parent) {
      add(tokens, node.parent.index, tokens[i] ?? Number.NaN);
      add(costUsd, node.parent.index, costUsd[i] ?? Number.NaN);
    }
  }
  return { tokens, costUsd };
}

function add(sums: Float64Array, index: number, amount: number): void {
  if (Number.isNaN(amount)) return;
  const sum = sums[index] ?? Number.NaN;
  sums[index] = Number.isNaN(sum) ? amount : sum + amount;
}
