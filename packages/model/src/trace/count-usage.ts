import type { SpanRow } from "../api/span-row.ts";
import { buildTree, type TraceTree, type TreeNode } from "./build-tree.ts";

/**
 * Why a span's usage is not part of the trace's total:
 * - `not_a_model_call`: only llm, embedding and reranker spans count, and agents that alone tell of their calls; any other
 *   agent or chain repeats its children.
 * - `wrapper`: a span of its kind below it reports usage, nearer to the wire.
 * - `duplicate`: another instrumentation reported the same call.
 */
export type UncountedReason = "not_a_model_call" | "wrapper" | "duplicate";

export interface UsageCount {
  /** Ids of the spans whose tokens make up the totals. */
  countedSpanIds: Set<string>;
  /** Spans that report usage which is not in the totals, and why. */
  uncounted: Map<string, UncountedReason>;
  /** null when no counted span reports any; that is not 0. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** Sum of the known costs; null when none is known. */
  costUsd: number | null;
  /** Spans whose cost is in {@link costUsd}: counted ones, or a parent that alone reports it. */
  costSpanIds: Set<string>;
  /** Counted calls that have usage and no known price, themselves or above them. */
  unpricedCount: number;
  /** The calls of {@link unpricedCount}. */
  unpricedSpanIds: Set<string>;
  /** LLM spans whose answer another span tells: the two are one call, which the other stands for. */
  answeredLater: Set<string>;
  /**
   * LLM spans without wrappers, duplicates and those answered later, with or without usage; and answers of agents that live
   * elsewhere. How many calls an agent made that only says what they cost, nobody knows.
   */
  llmCount: number;
}

/**
 * Which spans' usage counts, and the totals, so that no call counts twice:
 * tokens come from the llm, embedding and reranker spans nearest to the wire, and from agents that live elsewhere or say what
 * they cost, with no such span below; the same call seen by two instrumentations counts once; a cost that only a parent reports counts when nothing below it has
 * one.
 */
export function countUsage(trace: TraceTree | readonly SpanRow[]): UsageCount {
  const tree = "nodes" in trace ? trace : buildTree(trace);
  const { wrappers, leaves, metered } = findWrappers(tree);
  const counts = (node: TreeNode) =>
    isModelCall(node.span) ||
    (isAnswerOfAgent(node.span) && leaves[node.index] === 1) ||
    (isBilledAgent(node.span) && metered[node.index] === 0);
  const duplicates = findDuplicates(
    tree.nodes.filter((node) => wrappers[node.index] === 0 && counts(node) && hasUsage(node.span)),
  );
  const answeredLater = findAnsweredLater(tree, leaves);
  const countedSpanIds = new Set<string>();
  const uncounted = new Map<string, UncountedReason>();
  const counted: TreeNode[] = [];
  let llmCount = 0;
  for (const node of tree.nodes) {
    const { span } = node;
    const isCall = (span.kind === "LLM" || isAnswerOfAgent(span)) && leaves[node.index] === 1;
    if (isCall && !duplicates.has(node) && !answeredLater.has(node)) llmCount++;
    if (!hasUsage(span)) continue;
    if (!counts(node)) uncounted.set(span.spanId, "not_a_model_call");
    else if (wrappers[node.index] === 1) uncounted.set(span.spanId, "wrapper");
    else if (duplicates.has(node)) uncounted.set(span.spanId, "duplicate");
    else {
      counted.push(node);
      countedSpanIds.add(span.spanId);
    }
  }
  return {
    countedSpanIds,
    uncounted,
    inputTokens: sum(counted, (span) => span.inputTokens),
    outputTokens: sum(counted, (span) => span.outputTokens),
    ...countCost(tree, counted, duplicates),
    answeredLater: new Set([...answeredLater].map((node) => node.span.spanId)),
    llmCount,
  };
}

/** Whether a span's tokens can count at all. */
export function isModelCall(span: SpanRow): boolean {
  return span.kind === "LLM" || span.kind === "EMBEDDING" || span.kind === "RERANKER";
}

/**
 * Whether a span may be the call of an agent that lives elsewhere: its usage stands under the id of a provider's answer,
 * which the framework of an agent that lives here leaves to the call below. It counts where there is none.
 */
function isAnswerOfAgent(span: SpanRow): boolean {
  return span.kind === "AGENT" && Boolean(span.responseId) && Boolean(span.model) && hasUsage(span);
}

/**
 * Whether an agent says what its run cost, as Claude's do, which tell of their calls nothing that could be counted: the
 * tokens that this cost is of count with it, where none below it do.
 */
function isBilledAgent(span: SpanRow): boolean {
  return span.kind === "AGENT" && span.costUsd !== undefined && hasUsage(span);
}

export function hasUsage(span: SpanRow): boolean {
  return span.inputTokens !== undefined || span.outputTokens !== undefined;
}

/** Bit of a kind whose spans can wrap each other; 0 for the others. */
function callBit(span: SpanRow): number {
  if (span.kind === "LLM" || isAnswerOfAgent(span)) return 1;
  if (span.kind === "EMBEDDING") return 2;
  return span.kind === "RERANKER" ? 4 : 0;
}

/** Beside the bits of {@link callBit}: usage that counts with its cost. */
const BILLED_AGENT = 8;

/** Flags by node index. */
interface Wrapping {
  /** Model spans with one of their kind below them that reports usage. */
  wrappers: Uint8Array;
  /** Model spans without one of their kind below them: the calls themselves. */
  leaves: Uint8Array;
  /** Spans with one below them whose usage may count: a model's, or that of another agent. */
  metered: Uint8Array;
}

/** One pass from the leaves up; each node tells its parent which calls, and which usage, lie below. */
function findWrappers(tree: TraceTree): Wrapping {
  const callsBelow = new Uint8Array(tree.nodes.length);
  const usageBelow = new Uint8Array(tree.nodes.length);
  const callsWithin = new Uint8Array(tree.nodes.length);
  const usageWithin = new Uint8Array(tree.nodes.length);
  const wrappers = new Uint8Array(tree.nodes.length);
  const leaves = new Uint8Array(tree.nodes.length);
  const metered = new Uint8Array(tree.nodes.length);
  for (let index = tree.nodes.length - 1; index >= 0; index--) {
    const node = tree.nodes[index] as TreeNode;
    const bit = callBit(node.span);
    const calls = callsBelow[index] ?? 0;
    const usage = usageBelow[index] ?? 0;
    if (bit !== 0 && ((usageWithin[index] ?? 0) & bit) !== 0) wrappers[index] = 1;
    if (bit !== 0 && ((callsWithin[index] ?? 0) & bit) === 0) leaves[index] = 1;
    if (usage !== 0) metered[index] = 1;
    if (node.parent) {
      const up = node.parent.index;
      callsBelow[up] = (callsBelow[up] ?? 0) | calls | bit;
      const own = hasUsage(node.span) ? bit | (isBilledAgent(node.span) ? BILLED_AGENT : 0) : 0;
      usageBelow[up] = (usageBelow[up] ?? 0) | usage | own;
      if (isCallAfter(node.parent, node)) continue;
      callsWithin[up] = (callsWithin[up] ?? 0) | calls | bit;
      usageWithin[up] = (usageWithin[up] ?? 0) | usage | own;
    }
  }
  return { wrappers, leaves, metered };
}

/**
 * Whether a call has another below it that it cannot have wrapped: one with another answer, which began after the first had
 * ended. LangSmith's exporter in JavaScript writes a streamed call over the span of the run around it.
 */
function isCallAfter(call: TreeNode, next: TreeNode): boolean {
  if (!isModelCall(call.span) || !call.span.responseId || !next.span.responseId) return false;
  const isLater = !call.running && next.startOffsetNs > call.endOffsetNs;
  return isLater && next.span.responseId !== call.span.responseId;
}

/**
 * Calls whose answer and usage an instrumentation tells in a span of its own, because the call's span had
 * ended before its stream did: a moment without length, beside it, of the same model. The two are one call.
 */
function findAnsweredLater(tree: TraceTree, leaves: Uint8Array): Set<TreeNode> {
  const answered = new Set<TreeNode>();
  const open = new Map<string, TreeNode[]>();
  const calls = tree.nodes.filter((node) => node.span.kind === "LLM" && leaves[node.index] === 1);
  for (const node of calls.sort((a, b) => a.startOffsetNs - b.startOffsetNs)) {
    const { span } = node;
    const key = `${span.parentSpanId ?? ""} ${span.provider ?? ""}`;
    const isMoment = !node.running && node.endOffsetNs === node.startOffsetNs;
    if (!hasUsage(span)) open.set(key, [...(open.get(key) ?? []), node]);
    else if (isMoment) {
      const waiting = open.get(key) ?? [];
      const call = waiting.find((each) => isSameModel(each.span, span));
      if (call === undefined) continue;
      answered.add(call);
      open.set(
        key,
        waiting.filter((each) => each !== call),
      );
    }
  }
  return answered;
}

/**
 * Calls that two instrumentations reported without one being the other's child: same response id; or, where not
 * both have one, the same tokens of the same model in a time inside the other's. Two calls of one
 * instrumentation that look alike (same name, both or neither with an id) are two calls. The earliest stands,
 * so that an answer replayed from a cache under its old id is billed once.
 */
function findDuplicates(calls: TreeNode[]): Set<TreeNode> {
  const duplicates = new Set<TreeNode>();
  const keptByResponse = new Map<string, TreeNode>();
  const keptByTokens = new Map<string, TreeNode[]>();
  const byStart = calls.sort((a, b) => a.startOffsetNs - b.startOffsetNs || b.endOffsetNs - a.endOffsetNs);
  for (const node of byStart) {
    const { responseId, inputTokens, outputTokens } = node.span;
    const kind = callBit(node.span);
    if (responseId) {
      const key = `${kind} ${responseId}`;
      const kept = keptByResponse.get(key);
      if (kept !== undefined && !isNextCall(kept.span, node.span)) {
        duplicates.add(node);
        continue;
      }
      keptByResponse.set(key, kept ?? node);
    }
    const key = `${kind} ${inputTokens} ${outputTokens}`;
    // Only what may still enclose this call is kept, so a thousand calls alike stay cheap.
    const open = (keptByTokens.get(key) ?? []).filter((kept) => kept.endOffsetNs >= node.endOffsetNs);
    if (open.some((kept) => isSameCall(kept.span, node.span))) duplicates.add(node);
    else open.push(node);
    keptByTokens.set(key, open);
  }
  return duplicates;
}

/** Some models and gateways give every answer one id: the same instrumentation with other tokens saw another call. */
function isNextCall(kept: SpanRow, span: SpanRow): boolean {
  const hasOtherTokens = kept.inputTokens !== span.inputTokens || kept.outputTokens !== span.outputTokens;
  return kept.name === span.name && hasOtherTokens;
}

function isSameCall(kept: SpanRow, span: SpanRow): boolean {
  if ((kept.inputTokens ?? 0) + (kept.outputTokens ?? 0) === 0) return false;
  const bothHaveIds = Boolean(kept.responseId) && Boolean(span.responseId);
  if (bothHaveIds) return false;
  const oneHasId = Boolean(kept.responseId) !== Boolean(span.responseId);
  return isSameModel(kept, span) && (oneHasId || kept.name !== span.name);
}

/** "gpt-4o" was asked for, "gpt-4o-2024-08-06" answered. */
function isSameModel(a: SpanRow, b: SpanRow): boolean {
  const [one, other] = [a.model ?? "", b.model ?? ""];
  return one.startsWith(other) || other.startsWith(one);
}

interface CostCount {
  costUsd: number | null;
  costSpanIds: Set<string>;
  unpricedCount: number;
  unpricedSpanIds: Set<string>;
}

/**
 * A call's own cost, else the cost of the nearest span above it that reports one and has none below. Of duplicates
 * only the one that stands is asked. What was reckoned from a call's own tokens has nothing of what is below it.
 */
function countCost(tree: TraceTree, counted: TreeNode[], duplicates: Set<TreeNode>): CostCount {
  const calls = new Set(counted);
  const costBelow = new Uint8Array(tree.nodes.length);
  const bearers: TreeNode[] = [];
  for (let index = tree.nodes.length - 1; index >= 0; index--) {
    const node = tree.nodes[index] as TreeNode;
    const below = costBelow[index] === 1;
    const isItsOwn = node.span.costSource === "computed" && calls.has(node);
    const bears = (!below || isItsOwn) && node.span.costUsd !== undefined && !duplicates.has(node);
    if (bears) bearers.push(node);
    if (node.parent && (below || bears)) costBelow[node.parent.index] = 1;
  }
  const covered = new Uint8Array(tree.nodes.length);
  for (const node of bearers) covered.fill(1, node.index, node.index + node.descendantCount + 1);
  const unpriced = counted.filter((node) => covered[node.index] !== 1);
  return {
    costUsd: sum(bearers.reverse(), (span) => span.costUsd),
    costSpanIds: new Set(bearers.map((node) => node.span.spanId)),
    unpricedCount: unpriced.length,
    unpricedSpanIds: new Set(unpriced.map((node) => node.span.spanId)),
  };
}

function sum(nodes: TreeNode[], read: (span: SpanRow) => number | undefined): number | null {
  let total: number | null = null;
  for (const { span } of nodes) {
    const value = read(span);
    if (value !== undefined) total = (total ?? 0) + value;
  }
  return total;
}
