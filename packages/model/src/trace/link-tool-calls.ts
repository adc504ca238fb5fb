import type { TraceTree, TreeNode } from "./build-tree.ts";

/** Arguments are compared as far as a row's preview shows them. */
const ELLIPSIS = "…";

/** A tool call as a transcript names it: one `tool_call` part of an assistant's message. */
export interface TranscriptToolCall {
  id?: string;
  name: string;
  arguments?: unknown;
}

/**
 * Which TOOL span ran each tool call that a model call answered with, in the order given; undefined where none did.
 * By call id wherever the span says it (of several, the earliest from this call on); else by name and arguments, else
 * by name alone: the next tool span of that name between this model call and the following one of the
 * same agent, each span once.
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
  const linkRest = (accepts: (node: TreeNode, wanted: TranscriptToolCall) => boolean) => {
    for (const [index, wanted] of calls.entries()) {
      if (linked[index]) continue;
      const found = tools.find(
        (node) =>
          !taken.has(node) &&
          // A span with another id ran another call, whatever its name.
          (!wanted.id || !node.span.toolCallId) &&
          isNamed(node, wanted.name) &&
          node.startOffsetNs >= call.startOffsetNs &&
          node.startOffsetNs < followingNs &&
          accepts(node, wanted),
      );
      if (!found) continue;
      taken.add(found);
      linked[index] = found;
    }
  };
  linkRest(hasArguments);
  linkRest(() => true);
  return linked;
}

/**
 * The model call that may have asked for a TOOL span: the last one of the same agent that had begun before it. Whether
 * it did ask is for {@link linkToolCalls} to say, from what the call answered. undefined when there is none.
 */
export function findCallingModelCall(tree: TraceTree, toolSpanId: string): TreeNode | undefined {
  const tool = tree.bySpanId.get(toolSpanId);
  if (!tool || tool.span.kind !== "TOOL") return undefined;
  const scope = conversationScope(tool);
  let latest: TreeNode | undefined;
  for (const node of tree.nodes) {
    if (node.span.kind !== "LLM" || node.startOffsetNs > tool.startOffsetNs) continue;
    if (isWithin(node, tool) || conversationScope(node) !== scope) continue;
    // Of a wrapper and the call inside it, the inner one (later in the list) has the answer nearest to the wire.
    if (!latest || node.startOffsetNs > latest.startOffsetNs || isWithin(node, latest)) latest = node;
  }
  return latest;
}

function hasArguments(node: TreeNode, { arguments: args }: TranscriptToolCall): boolean {
  const shown = squeeze(node.span.inputPreview ?? "");
  if (args === undefined || shown === "") return false;
  const whole = squeeze(typeof args === "string" ? args : JSON.stringify(args));
  return shown.endsWith(ELLIPSIS) ? whole.startsWith(shown.slice(0, -1)) : whole === shown;
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, "");
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
