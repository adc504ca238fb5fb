import type { Span } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { estimateTokens } from "@nightowl/model/pricing/estimate-tokens";
import {
  feedingTools,
  measurePrompt,
  PROMPT_PARTS,
  type PromptTokens,
} from "@nightowl/model/pricing/prompt-parts";
import type { CallFacts } from "@nightowl/model/trace/call-facts";

/**
 * What pricing needs of a span, or undefined where there is nothing to price.
 *
 * @param documents texts that retrievers of its trace found.
 */
export function callFactsOf(span: Span, documents: readonly string[]): CallFacts | undefined {
  const { cost } = span;
  const usage = usageOf(span.usage);
  if (Object.keys(usage).length === 0 && cost?.source !== "reported" && span.kind !== "LLM") return undefined;
  const facts: CallFacts = { usage };
  if (cost?.source === "reported") {
    if (isFinite(cost.inputCostUsd)) facts.reportedInputCostUsd = cost.inputCostUsd;
    if (isFinite(cost.outputCostUsd)) facts.reportedOutputCostUsd = cost.outputCostUsd;
  }
  if (span.prompt) facts.prompt = span.prompt;
  if (span.kind === "LLM" && span.inputMessages.length > 0) {
    const tokens = measurePrompt(span, estimateTokens, documents);
    if (PROMPT_PARTS.some((part) => tokens[part] > 0)) facts.promptTokens = tokens;
    const tools = feedingTools(span.inputMessages);
    if (tools.length > 0) facts.fedByTools = tools.map((name) => name.toWellFormed());
  }
  return facts;
}

const BUCKETS = [
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWrite1hTokens",
  "reasoningTokens",
  "audioInputTokens",
  "audioOutputTokens",
] as const;

function usageOf(usage: Usage): Usage {
  const known: Usage = {};
  for (const bucket of BUCKETS) {
    const count = usage[bucket];
    if (count !== undefined && Number.isFinite(count) && count >= 0) known[bucket] = Math.round(count);
  }
  return known;
}

function isFinite(value: number | undefined): value is number {
  return Number.isFinite(value);
}

/** What {@link toCallFacts} needs of `spans`, in its order. */
export const CALL_FACT_COLUMNS = [
  "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
  "reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "input_cost_usd", "output_cost_usd",
  "tools_prompt_tokens", "system_prompt_tokens", "history_prompt_tokens", "documents_prompt_tokens",
  "tool_results_prompt_tokens", "user_prompt_tokens", "fed_by_tools", "prompt_template_id", "prompt_version_id",
] as const; // prettier-ignore

type Count = string | null;

/** A row of {@link CALL_FACT_COLUMNS}, by position. */
export type CallFactColumns = [
  inputTokens: Count, outputTokens: Count, cacheReadTokens: Count, cacheWriteTokens: Count,
  cacheWrite1hTokens: Count, reasoningTokens: Count, audioInputTokens: Count, audioOutputTokens: Count,
  inputCostUsd: number | null, outputCostUsd: number | null, tools: number, system: number, history: number,
  documents: number, toolResults: number, user: number, fedByTools: string[], promptTemplateId: string,
  promptVersionId: string,
]; // prettier-ignore

/** The reverse: {@link callFactsOf} of the span that was written, or undefined. */
export function toCallFacts(
  columns: CallFactColumns,
  row: { kind: string; costSource?: string },
): CallFacts | undefined {
  const usage: Usage = {};
  for (const [index, bucket] of BUCKETS.entries()) {
    const count = columns[index] as Count;
    if (count !== null) usage[bucket] = Number(count);
  }
  if (Object.keys(usage).length === 0 && row.costSource !== "reported" && row.kind !== "LLM")
    return undefined;
  const facts: CallFacts = { usage };
  const [, , , , , , , , inputCostUsd, outputCostUsd, ...rest] = columns;
  if (inputCostUsd !== null) facts.reportedInputCostUsd = inputCostUsd;
  if (outputCostUsd !== null) facts.reportedOutputCostUsd = outputCostUsd;
  const [tools, system, history, documents, toolResults, user, fedByTools, templateId, versionId] = rest;
  const tokens: PromptTokens = { tools, system, history, documents, toolResults, user };
  if (templateId !== "") facts.prompt = { templateId, versionId };
  if (PROMPT_PARTS.some((part) => tokens[part] > 0)) facts.promptTokens = tokens;
  if (fedByTools.length > 0) facts.fedByTools = fedByTools;
  return facts;
}
