import { costOf, type CallCost } from "../pricing/cost-of.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import type { PromptPart } from "../pricing/prompt-parts.ts";
import { splitPrompt, type PartCost } from "../pricing/split-prompt.ts";
import type { SpanRow } from "../api/span-row.ts";
import type { TraceTree, TreeNode } from "./build-tree.ts";
import type { AccountedRow } from "./call-facts.ts";
import { countUsage, hasUsage, isModelCall, type UsageCount } from "./count-usage.ts";

/** A span of a trace that is, or might have been, billed. */
export interface AccountedCall {
  row: AccountedRow;
  /** Whether it is one of the calls that make up the trace's totals: no wrapper, no duplicate, not covered by another's cost. */
  counted: boolean;
  /** Absent on spans that are not counted, and on calls whose cost a span above reports. */
  cost: CallCost | undefined;
  parts: Record<PromptPart, PartCost> | undefined;
  /** Name of the agent that it is, or is under. */
  agentName: string;
  /** Names of the tools that it ran inside of, the outermost first. */
  insideTools: readonly string[];
}

/** Tools in tools in tools: deeper ones are left out. */
const MAX_TOOLS = 16;

/**
 * Every span of a trace that may be billed, with what it cost; and the trace's totals. Each call is billed once
 * (`count-usage.ts`), and what the application reports wins: a call under a span that reports the cost of what is below it
 * has none of its own.
 *
 * Spans that are not counted are in the list too, so that whoever keeps it can take back what was counted before the
 * rest of the trace had arrived.
 */
export function accountCalls(
  tree: TraceTree,
  book: PriceBook,
): { calls: AccountedCall[]; usage: UsageCount } {
  const usage = countUsage(tree);
  const covered = coveredByReport(tree, usage.costSpanIds);
  const places = findPlaces(tree);
  const calls: AccountedCall[] = [];
  let costUsd: number | null = null;
  const unpricedSpanIds = new Set<string>();
  const costSpanIds = new Set<string>();
  for (const node of tree.nodes) {
    const row = withModel(node.span, places[node.index]?.insideCall);
    if (!isModelCall(row) && !hasUsage(row) && row.costUsd === undefined) continue;
    const bears = usage.costSpanIds.has(row.spanId);
    const countsTokens = usage.countedSpanIds.has(row.spanId);
    const isSilentCall = isModelCall(row) && !hasUsage(row) && !hasCallBelow(node);
    const counted = bears || countsTokens || isSilentCall;
    const cost = bears || (countsTokens && covered[node.index] !== 1) ? costOfRow(row, book) : undefined;
    if (cost?.source === "unpriced") unpricedSpanIds.add(row.spanId);
    else if (cost) {
      costUsd = (costUsd ?? 0) + cost.costUsd;
      costSpanIds.add(row.spanId);
    }
    const facts = row.call;
    const buckets = cost && cost.source !== "unpriced" ? cost.buckets : undefined;
    calls.push({
      row,
      counted,
      cost,
      parts:
        countsTokens && facts?.promptTokens
          ? splitPrompt(facts.promptTokens, facts.usage, buckets)
          : undefined,
      agentName: places[node.index]?.agentName ?? "",
      insideTools: places[node.index]?.insideTools ?? [],
    });
  }
  const unpricedCount = unpricedSpanIds.size;
  return { calls, usage: { ...usage, costUsd, costSpanIds, unpricedCount, unpricedSpanIds } };
}

/** The call, of the model of the one around it where it names none: Codex tells the tokens of an answer apart. */
function withModel(row: AccountedRow, around: SpanRow | undefined): AccountedRow {
  if (row.model !== undefined || around?.model === undefined || !isModelCall(row) || !hasUsage(row))
    return row;
  const provider = row.provider ?? around.provider;
  return { ...row, model: around.model, ...(provider === undefined ? {} : { provider }) };
}

function costOfRow(row: AccountedRow, book: PriceBook): CallCost {
  const facts = row.call;
  return costOf(
    {
      usage: facts?.usage ?? usageOf(row),
      model: row.model,
      provider: row.provider,
      startTimeMs: Number(row.startTimeNs) / 1e6,
      reported:
        row.costUsd === undefined
          ? undefined
          : {
              source: "reported",
              costUsd: row.costUsd,
              ...(facts?.reportedInputCostUsd === undefined
                ? {}
                : { inputCostUsd: facts.reportedInputCostUsd }),
              ...(facts?.reportedOutputCostUsd === undefined
                ? {}
                : { outputCostUsd: facts.reportedOutputCostUsd }),
            },
    },
    book,
  );
}

function usageOf({ inputTokens, outputTokens, cacheReadTokens }: SpanRow) {
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
  };
}

/** Flags by node index: below a span whose reported cost counts. */
function coveredByReport(tree: TraceTree, bearers: ReadonlySet<string>): Uint8Array {
  const covered = new Uint8Array(tree.nodes.length);
  if (bearers.size === 0) return covered;
  for (const node of tree.nodes) {
    if (bearers.has(node.span.spanId)) covered.fill(1, node.index + 1, node.index + node.descendantCount + 1);
  }
  return covered;
}

function hasCallBelow(node: TreeNode): boolean {
  const stack = [...node.children];
  for (let below = stack.pop(); below; below = stack.pop()) {
    if (below.span.kind === node.span.kind) return true;
    stack.push(...below.children);
  }
  return false;
}

interface Place {
  agentName: string;
  insideTools: readonly string[];
  /** The nearest model call around it that names its model. */
  insideCall: SpanRow | undefined;
  /** The tools around what is below it. */
  below: readonly string[];
}

/** Of every node, by index: the agent that it is or is under, and the tools and the call that it ran inside of. */
function findPlaces(tree: TraceTree): Place[] {
  const places: Place[] = [];
  for (const node of tree.nodes) {
    const { kind, name, agentName, toolName } = node.span;
    const above = node.parent && places[node.parent.index];
    const parent = node.parent?.span;
    const insideCall = parent?.model !== undefined && isModelCall(parent) ? parent : above?.insideCall;
    const insideTools = above?.below ?? [];
    const own = agentName ?? (kind === "AGENT" ? name : undefined);
    const tool = kind === "TOOL" ? (toolName ?? name) : undefined;
    const grows = tool !== undefined && insideTools.length < MAX_TOOLS && !insideTools.includes(tool);
    places.push({
      agentName: own ?? above?.agentName ?? "",
      insideTools,
      insideCall,
      below: grows ? [...insideTools, tool] : insideTools,
    });
  }
  return places;
}
