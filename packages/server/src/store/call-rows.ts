import type { CallCost } from "@nightowl/model/pricing/cost-of";
import { COST_BUCKETS, type CostBucket } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS, type PromptPart } from "@nightowl/model/pricing/prompt-parts";
import type { AccountedCall } from "@nightowl/model/trace/account-calls";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { BinaryRows } from "./binary-rows.ts";
import type { RowBytes } from "./row-buffer.ts";
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
  "agent_name", "session_id", "user_id", "tags", "prompt_template_id", "prompt_version_id", "inside_tools",
  "fed_by_tools", "time_to_first_token_ms", "sample_weight", "input_tokens", "output_tokens",
  "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens",
  "cost_source", "unpriced_reason", "cost_split", "price_name", "price_source", "price_date", "cost_usd",
  ...COST_BUCKETS.map((bucket) => COST_COLUMNS[bucket]),
  ...PROMPT_PARTS.map((part) => PART_TOKEN_COLUMNS[part]),
  ...PROMPT_PARTS.map((part) => PART_COST_COLUMNS[part]),
]; // prettier-ignore

/** Calls of traces as bytes to insert: RowBinary in the order of {@link CALL_COLUMNS}. */
export function toCallRows(
  traces: readonly { summary: TraceSummary; calls: readonly AccountedCall[] }[],
  version: bigint,
): RowBytes {
  const rows = new BinaryRows();
  for (const { summary, calls } of traces) {
    for (const call of calls) addRow(rows, call, summary, String(version));
  }
  return rows.finish();
}

/** Column by column, in the order of {@link CALL_COLUMNS}. */
function addRow(
  rows: BinaryRows,
  { row, counted, cost, parts, agentName, insideTools }: AccountedCall,
  trace: TraceSummary,
  version: string,
): void {
  const { call } = row;
  const isRunning = row.endTimeNs === "0";
  rows.text(trace.project);
  rows.int32(startHour(row.startTimeNs));
  rows.text(trace.traceId);
  rows.text(row.spanId);
  rows.uint64(version);
  rows.bool(counted);
  rows.uint64(row.startTimeNs);
  rows.uint64(trace.startTimeNs);
  rows.float64(isRunning ? 0 : Math.max(0, Number(BigInt(row.endTimeNs) - BigInt(row.startTimeNs)) / 1e6));
  rows.bool(isRunning);
  rows.bool(row.statusCode === "ERROR");
  rows.text(row.errorType);
  rows.text(row.kind);
  rows.text(row.name);
  rows.text(trace.name);
  rows.text(row.provider);
  rows.text(row.model);
  rows.text(row.service || trace.serviceName);
  rows.text(row.environment || trace.environment);
  rows.text(agentName);
  rows.text(row.sessionId || trace.sessionId);
  rows.text(row.userId || trace.userId);
  rows.texts(row.tags && row.tags.length > 0 ? row.tags : trace.tags);
  rows.text(call?.prompt?.templateId);
  rows.text(call?.prompt?.versionId);
  rows.texts(insideTools);
  rows.texts(call?.fedByTools ?? []);
  rows.nullableFloat64(row.timeToFirstTokenMs);
  rows.float64(row.sampleWeight, 1);
  rows.count(row.inputTokens);
  rows.count(row.outputTokens);
  rows.count(row.cacheReadTokens);
  rows.count(call?.usage.cacheWriteTokens);
  rows.count(call?.usage.reasoningTokens);
  rows.count(call?.usage.audioInputTokens);
  rows.count(call?.usage.audioOutputTokens);
  addCost(rows, cost);
  for (const part of PROMPT_PARTS) rows.float64(parts?.[part].tokens);
  for (const part of PROMPT_PARTS) rows.float64(parts?.[part].costUsd);
  rows.endRow();
}

/** Nothing is said of no cost. */
function addCost(rows: BinaryRows, cost: CallCost | undefined): void {
  const priced = cost && cost.source !== "unpriced" ? cost : undefined;
  rows.text(cost?.source);
  rows.text(cost?.source === "unpriced" ? cost.reason : undefined);
  rows.text(cost?.source === "reported" ? cost.split : undefined);
  rows.text(cost?.price?.name);
  rows.text(cost?.price?.source);
  rows.text(cost?.price?.validFrom);
  rows.float64(priced?.costUsd);
  for (const bucket of COST_BUCKETS) rows.float64(priced?.buckets[bucket]);
}
