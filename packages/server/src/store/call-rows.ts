import type { CallCost } from "@nightowl/model/pricing/cost-of";
import { COST_BUCKETS, type CostBucket } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS, type PromptPart } from "@nightowl/model/pricing/prompt-parts";
import type { AccountedCall } from "@nightowl/model/trace/account-calls";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { RowBuffer, type RowBytes } from "./row-buffer.ts";
import { startHour } from "./rows.ts";

/** Columns of `calls` by bucket and by part of the prompt. */
export const COST_COLUMNS: Record<CostBucket, string> = {
  input: "input_cost_usd",
  cacheRead: "cache_read_cost_usd",
  cacheWrite: "cache_write_cost_usd",
  output: "output_cost_usd",
  reasoning: "reasoning_cost_usd",
  audioInput: "audio_input_cost_usd",
  audioOutput: "audio_output_cost_usd",
  other: "other_cost_usd",
};
const PART_PREFIXES: Record<PromptPart, string> = {
  tools: "tools",
  system: "system",
  history: "history",
  documents: "documents",
  toolResults: "tool_results",
  user: "user",
};
export const PART_TOKEN_COLUMNS = partColumns("part_tokens");
export const PART_COST_COLUMNS = partColumns("part_cost_usd");

function partColumns(suffix: string): Record<PromptPart, string> {
  return Object.fromEntries(
    Object.entries(PART_PREFIXES).map(([part, prefix]) => [part, `${prefix}_${suffix}`]),
  ) as Record<PromptPart, string>;
}

/** Rows of `calls` as they are written, in this order. */
export const CALL_COLUMNS: readonly string[] = [
  "project", "start_hour", "trace_id", "span_id", "version", "counted", "start_ns", "trace_start_ns", "duration_ms", "running",
  "failed", "error_type", "kind", "name", "trace_name", "provider", "model", "service_name", "environment",
  "agent_name", "session_id", "user_id", "tags", "prompt_name", "prompt_version", "inside_tools",
  "fed_by_tools", "time_to_first_token_ms", "sample_weight", "input_tokens", "output_tokens",
  "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens",
  "cost_source", "unpriced_reason", "cost_split", "price_name", "price_source", "price_date", "cost_usd",
  ...COST_BUCKETS.map((bucket) => COST_COLUMNS[bucket]),
  ...PROMPT_PARTS.map((part) => PART_TOKEN_COLUMNS[part]),
  ...PROMPT_PARTS.map((part) => PART_COST_COLUMNS[part]),
]; // prettier-ignore

/** What is said of no cost. */
const NO_COST = `"","","","","","",0,${COST_BUCKETS.map(() => 0).join(",")}`;
const NO_PARTS = PROMPT_PARTS.flatMap(() => [0, 0]).join(",");

/** Calls of traces as bytes to insert: JSONCompactEachRow in the order of {@link CALL_COLUMNS}. */
export function toCallRows(
  traces: readonly { summary: TraceSummary; calls: readonly AccountedCall[] }[],
  version: bigint,
): RowBytes {
  const buffer = new RowBuffer();
  for (const { summary, calls } of traces) {
    for (const call of calls) buffer.add(toCallRow(call, summary, version));
  }
  return buffer.finish();
}

function toCallRow(
  { row, counted, cost, parts, agentName, insideTools }: AccountedCall,
  trace: TraceSummary,
  version: bigint,
): string {
  const usage = row.call?.usage;
  const running = row.endTimeNs === "0";
  const durationMs = running ? 0 : Math.max(0, Number(BigInt(row.endTimeNs) - BigInt(row.startTimeNs)) / 1e6);
  const tags = row.tags && row.tags.length > 0 ? row.tags : trace.tags;
  return (
    `[${text(trace.project)},${startHour(row.startTimeNs)},${text(trace.traceId)},${text(row.spanId)},${version},` +
    `${counted},${row.startTimeNs},${trace.startTimeNs},${durationMs},${running},${row.statusCode === "ERROR"},${text(row.errorType)},` +
    `${text(row.kind)},${text(row.name)},${text(trace.name)},${text(row.provider)},${text(row.model)},` +
    `${text(row.service || trace.serviceName)},${text(row.environment || trace.environment)},${text(agentName)},` +
    `${text(row.sessionId || trace.sessionId)},${text(row.userId || trace.userId)},${texts(tags)},` +
    `${text(row.call?.promptName)},${text(row.call?.promptVersion)},${texts(insideTools)},` +
    `${texts(row.call?.fedByTools ?? [])},${row.timeToFirstTokenMs ?? "null"},${row.sampleWeight ?? 1},` +
    `${row.inputTokens ?? 0},${row.outputTokens ?? 0},${row.cacheReadTokens ?? 0},${usage?.cacheWriteTokens ?? 0},` +
    `${usage?.reasoningTokens ?? 0},${usage?.audioInputTokens ?? 0},${usage?.audioOutputTokens ?? 0},` +
    `${costText(cost)},${partsText(parts)}]\n`
  );
}

function costText(cost: CallCost | undefined): string {
  if (!cost) return NO_COST;
  const isPriced = cost.source !== "unpriced";
  const { price } = cost;
  const told = [
    cost.source,
    isPriced ? "" : cost.reason,
    cost.source === "reported" ? cost.split : "",
    price?.name,
    price?.source,
    price?.validFrom,
  ];
  const costs = COST_BUCKETS.map((bucket) => (isPriced ? cost.buckets[bucket] : 0));
  return `${told.map(text).join(",")},${isPriced ? cost.costUsd : 0},${costs.join(",")}`;
}

function partsText(parts: AccountedCall["parts"]): string {
  if (!parts) return NO_PARTS;
  const tokens = PROMPT_PARTS.map((part) => parts[part].tokens);
  return `${tokens.join(",")},${PROMPT_PARTS.map((part) => parts[part].costUsd).join(",")}`;
}

function text(value: string | undefined): string {
  return value ? JSON.stringify(value.toWellFormed()) : '""';
}

function texts(values: readonly string[]): string {
  return values.length === 0 ? "[]" : `[${values.map(text).join(",")}]`;
}
