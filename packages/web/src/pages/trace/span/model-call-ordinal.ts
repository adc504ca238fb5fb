import type { TreeNode } from "@nightowl/model/trace/build-tree";
import { formatOrdinal } from "../short-id.ts";
import type { TraceModel } from "../trace-model.ts";

/** `3rd model call`: the place in time among the calls that count. undefined for what is no model call. */
export function ordinalOf(model: TraceModel, node: TreeNode): string | undefined {
  if (node.span.kind !== "LLM") return undefined;
  const { uncounted, answeredLater } = model.usage;
  const calls = model.tree.nodes.filter(
    ({ span }) => span.kind === "LLM" && !uncounted.has(span.spanId) && !answeredLater.has(span.spanId),
  );
  if (calls.length < 2 || !calls.includes(node)) return "Model call";
  const before = calls.filter(
    (each) =>
      each.startOffsetNs < node.startOffsetNs ||
      (each.startOffsetNs === node.startOffsetNs && each.index < node.index),
  );
  return `${formatOrdinal(before.length + 1)} model call`;
}
