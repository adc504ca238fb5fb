import type { AccountedRow } from "./call-facts.ts";
import type { TreeNode } from "./build-tree.ts";

interface Tokens {
  input: number;
  output: number;
}

const NONE: Tokens = { input: 0, output: 0 };

/**
 * Gives the model calls below a span whose calls report cumulative usage their own tokens: what each reports without what
 * the one before it had reported. A call stays as it was reported where it cannot be the next of a loop: the one before had
 * not ended, or what would be left is less than what the one before took, whose prompt the next one has in it.
 */
export function giveOwnUsage(nodes: readonly TreeNode[]): void {
  for (const node of nodes) if (node.span.cumulativeUsage === true) separate(node.children);
}

/** Calls of one loop, ordered by start. */
function separate(calls: readonly TreeNode[]): void {
  let before: { node: TreeNode; reported: Tokens; own: Tokens } | undefined;
  for (const node of calls) {
    const { inputTokens: input, outputTokens: output, kind } = node.span;
    if (kind !== "LLM" || input === undefined || output === undefined) continue;
    const reported = { input, output };
    const isNext = before !== undefined && before.node.endOffsetNs <= node.startOffsetNs;
    const left = isNext ? minus(reported, before?.reported ?? NONE) : reported;
    const follows = isNext && left.input >= (before?.own.input ?? 0) && left.output >= 0;
    const own = follows ? left : reported;
    if (follows) node.span = withTokens(node.span, own);
    before = { node, reported, own };
  }
}

function minus(all: Tokens, before: Tokens): Tokens {
  return { input: all.input - before.input, output: all.output - before.output };
}

function withTokens(row: AccountedRow, { input, output }: Tokens): AccountedRow {
  const tokens = { inputTokens: input, outputTokens: output };
  const { call } = row;
  return {
    ...row,
    ...tokens,
    ...(call === undefined ? {} : { call: { ...call, usage: { ...call.usage, ...tokens } } }),
  };
}
