import type { TraceTree, TreeNode } from "./build-tree.ts";

/**
 * For a model call: the model call before it in the same conversation, so that the page can show what is new in its
 * prompt. That is the latest LLM span that started earlier under the same agent; else, where an agent's
 * every step is an agent span, in the step before (an agent of the same name); outside any agent, among the calls
 * outside. Spans above or below it describe the same call and do not count; of two that describe one call, the one
 * that tells what was said. undefined when it is the first.
 */
export function findPreviousModelCall(tree: TraceTree, spanId: string): TreeNode | undefined {
  const call = tree.bySpanId.get(spanId);
  if (!call) return undefined;
  const own = nearestAgent(call);
  const sameSpeaker = (candidate: TreeNode): boolean => {
    const other = nearestAgent(candidate);
    return other === own || (own !== undefined && other !== undefined && agentName(other) === agentName(own));
  };
  let agent = own;
  for (;;) {
    const found = latestBefore(call, subtree(tree, agent), sameSpeaker);
    if (found || !agent) return found;
    agent = nearestAgent(agent);
  }
}

function nearestAgent(node: TreeNode): TreeNode | undefined {
  let at = node.parent;
  while (at && at.span.kind !== "AGENT") at = at.parent;
  return at;
}

function agentName(agent: TreeNode): string {
  return agent.span.agentName ?? agent.span.name;
}

function subtree(tree: TraceTree, node: TreeNode | undefined): TreeNode[] {
  return node ? tree.nodes.slice(node.index, node.index + 1 + node.descendantCount) : tree.nodes;
}

function latestBefore(
  call: TreeNode,
  nodes: TreeNode[],
  accepts: (node: TreeNode) => boolean,
): TreeNode | undefined {
  let latest: TreeNode | undefined;
  for (const node of nodes) {
    if (node.span.kind !== "LLM" || node === call || contains(node, call) || contains(call, node)) continue;
    if (node.startOffsetNs >= call.startOffsetNs || !accepts(node)) continue;
    // A client's own span of a call may have no more than its tokens.
    if (latest && tells(latest) && !tells(node) && node.startOffsetNs < latest.endOffsetNs) continue;
    // Of a wrapper and the call inside it, the inner one (later in the list) is nearer to the wire.
    if (!latest || node.startOffsetNs > latest.startOffsetNs || contains(latest, node)) latest = node;
  }
  return latest;
}

function tells({ span }: TreeNode): boolean {
  return Boolean(span.inputPreview) || Boolean(span.outputPreview);
}

function contains(upper: TreeNode, lower: TreeNode): boolean {
  return lower.index > upper.index && lower.index <= upper.index + upper.descendantCount;
}
