import type { TraceTree, TreeNode } from "./build-tree.ts";

/** A tool call as a transcript names it: one `tool_call` part of an assistant's message. */
export interface TranscriptToolCall {
  id?: string;
  name: string;
}

/**
 * Which TOOL span ran each tool call that a model call answered with, in the order given; undefined where none did.
 * By call id wherever the span says it (of several, the earliest from this call on); else by name: the next tool
 * span of that name between this model call and the following one of the same agent, each span once.
 */
export function linkToolCalls(
  tree: TraceTree,
  llmSpanId: string,
  calls: readonly TranscriptToolCall[],
): (TreeNode | undefined)[] {
  const call = tree.bySpanId.get(llmSpanId);
  if (!call) return calls.map(() => undefined);
  const tools = tree.nodes
    .filter((node) => node.span.kind === "TOOL")
    .sort((a, b) => a.startOffsetNs - b.startOffsetNs);
  const taken = new Set<TreeNode>();
  const linked = calls.map(({ id }) => {
    if (!id) return undefined;
    const sameId = tools.filter((tool) => tool.span.toolCallId === id && !taken.has(tool));
    const found = sameId.find((tool) => tool.startOffsetNs >= call.startOffsetNs) ?? sameId[0];
    if (found) taken.add(found);
    return found;
  });
  const followingNs = startOfFollowingCall(tree, call);
  return linked.map((tool, index) => {
    const wanted = calls[index];
    if (tool || !wanted) return tool;
    const found = tools.find(
      (node) =>
        !taken.has(node) &&
        // A span with another id ran another call, whatever its name.
        (!wanted.id || !node.span.toolCallId) &&
        isNamed(node, wanted.name) &&
        node.startOffsetNs >= call.startOffsetNs &&
        node.startOffsetNs < followingNs,
    );
    if (found) taken.add(found);
    return found;
  });
}

function isNamed(node: TreeNode, name: string): boolean {
  const { toolName, name: spanName } = node.span;
  if (toolName) return toolName === name;
  return spanName === name || spanName === `execute_tool ${name}` || spanName === `${name}.tool`;
}

/** Start of the next model call under the same agent or tool (a tool's own model calls are not the next turn). */
function startOfFollowingCall(tree: TraceTree, call: TreeNode): number {
  const scope = conversationScope(call);
  let followingNs = Infinity;
  for (const node of tree.nodes) {
    if (node.span.kind !== "LLM" || node.startOffsetNs <= call.startOffsetNs) continue;
    if (isWithin(node, call) || conversationScope(node) !== scope) continue;
    followingNs = Math.min(followingNs, node.startOffsetNs);
  }
  return followingNs;
}

function conversationScope(node: TreeNode): TreeNode | undefined {
  let at = node.parent;
  while (at && at.span.kind !== "AGENT" && at.span.kind !== "TOOL") at = at.parent;
  return at;
}

function isWithin(lower: TreeNode, upper: TreeNode): boolean {
  return lower.index > upper.index && lower.index <= upper.index + upper.descendantCount;
}
