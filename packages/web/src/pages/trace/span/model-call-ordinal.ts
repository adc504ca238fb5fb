import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { formatOrdinal } from "../short-id.ts";
import type { TraceModel } from "../trace-model.ts";

/** `3rd model call`: the place in time among the calls that count. undefined for what is no model call. */
export function ordinalOf(model: TraceModel, node: TreeNode): string | undefined {
  if (node.span.kind !== "LLM") return undefined;
  const { uncounted, answeredLater } = model.usage;
  const all = model.tree.nodes.filter(({ span }) => span.kind === "LLM");
  const wrappers = wrappersAmong(all);
  const calls = all.filter(
    (each) => !wrappers.has(each) && !uncounted.has(each.span.spanId) && !answeredLater.has(each.span.spanId),
  );
  if (calls.length < 2 || !calls.includes(node)) return "Model call";
  const before = calls.filter(
    (each) =>
      each.startOffsetNs < node.startOffsetNs ||
      (each.startOffsetNs === node.startOffsetNs && each.index < node.index),
  );
  return `${formatOrdinal(before.length + 1)} model call`;
}

/** Model spans with another one below them: what they tell of is that one's call. */
function wrappersAmong(calls: readonly TreeNode[]): Set<TreeNode> {
  const wrappers = new Set<TreeNode>();
  for (const call of calls) {
    for (let above = call.parent; above && !wrappers.has(above); above = above.parent)
      if (above.span.kind === "LLM") wrappers.add(above);
  }
  return wrappers;
}
