import { COST_BUCKETS, type CostBucket } from "../pricing/price.ts";
import { PROMPT_PARTS, type PromptPart } from "../pricing/prompt-parts.ts";

/**
 * What a query is about, each counted once:
 * - `calls`: the model calls that make up totals (no wrappers, no duplicates), each with its cost, and with what only other
 *   spans of its trace say (user, session, tags, agent, tools).
 * - `spans`: all spans.
 * - `traces`: traces, with the totals of their summaries.
 */
export const QUERY_SUBJECTS = ["calls", "spans", "traces"] as const;
export type QuerySubject = (typeof QUERY_SUBJECTS)[number];

export type MeasureUnit = "count" | "share" | "ms" | "tokens" | "usd" | "ratio" | "score";

/** Something that can be reckoned for each group of a query. */
export interface MeasureField {
  name: string;
  label: string;
  unit: MeasureUnit;
  of: readonly QuerySubject[];
  hint: string;
}

/** Something that a query can be divided by. */
export interface DimensionField {
  name: string;
  label: string;
  of: readonly QuerySubject[];
  hint: string;
  /** One thing can stand in several groups, so that these add up to more than the whole. */
  repeats?: true;
}

const ALL = QUERY_SUBJECTS;
const CALLS = ["calls"] as const;
const BILLED = ["calls", "traces"] as const;

export const BUCKET_LABELS: Record<CostBucket, string> = {
  input: "Input",
  cacheRead: "Cache read",
  cacheWrite: "Cache write",
  output: "Output",
  reasoning: "Reasoning",
  audioInput: "Audio in",
  audioOutput: "Audio out",
  other: "Other",
};

export const PART_LABELS: Record<PromptPart, string> = {
  tools: "Tool definitions",
  system: "System",
  history: "History",
  documents: "Documents",
  toolResults: "Tool results",
  user: "User's text",
};

/** `cacheRead` → `cache_read`: names in queries are in snake case. */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const MEASURE_FIELDS: readonly MeasureField[] = [
  { name: "count", label: "Count", unit: "count", of: ALL, hint: "calls, spans or traces" },
  { name: "trace_count", label: "Traces", unit: "count", of: ["calls", "spans"], hint: "traces they are in" },
  { name: "error_rate", label: "Errors", unit: "share", of: ALL, hint: "share that failed" },
  { name: "latency_mean", label: "Mean latency", unit: "ms", of: ALL, hint: "of those that ended" },
  { name: "latency_p50", label: "p50", unit: "ms", of: ALL, hint: "of those that ended" },
  { name: "latency_p90", label: "p90", unit: "ms", of: ALL, hint: "of those that ended" },
  { name: "latency_p95", label: "p95", unit: "ms", of: ALL, hint: "of those that ended" },
  { name: "latency_p99", label: "p99", unit: "ms", of: ALL, hint: "of those that ended" },
  { name: "ttft_p50", label: "First token p50", unit: "ms", of: CALLS, hint: "where it was reported" },
  { name: "ttft_p95", label: "First token p95", unit: "ms", of: CALLS, hint: "where it was reported" },
  { name: "span_count", label: "Spans", unit: "count", of: ["traces"], hint: "spans of the traces" },
  {
    name: "call_count",
    label: "Model calls",
    unit: "count",
    of: ["traces"],
    hint: "LLM calls of the traces",
  },
  { name: "tokens", label: "Tokens", unit: "tokens", of: BILLED, hint: "input and output" },
  { name: "input_tokens", label: "Input", unit: "tokens", of: BILLED, hint: "the whole prompt" },
  { name: "output_tokens", label: "Output", unit: "tokens", of: BILLED, hint: "with reasoning" },
  { name: "cache_read_tokens", label: "Cache read", unit: "tokens", of: CALLS, hint: "inside the input" },
  { name: "cache_write_tokens", label: "Cache write", unit: "tokens", of: CALLS, hint: "inside the input" },
  { name: "reasoning_tokens", label: "Reasoning", unit: "tokens", of: CALLS, hint: "inside the output" },
  {
    name: "cache_hit_share",
    label: "Cache hits",
    unit: "share",
    of: CALLS,
    hint: "input tokens read from a cache",
  },
  {
    name: "output_ratio",
    label: "Out : in",
    unit: "ratio",
    of: BILLED,
    hint: "output tokens for each input token",
  },
  {
    name: "cost",
    label: "Cost",
    unit: "usd",
    of: BILLED,
    hint: "what is known; unpriced calls are not in it",
  },
  { name: "cost_mean", label: "Cost each", unit: "usd", of: BILLED, hint: "mean over what has a price" },
  {
    name: "reported_cost",
    label: "Reported",
    unit: "usd",
    of: CALLS,
    hint: "the part that applications reported",
  },
  { name: "unpriced", label: "Unpriced", unit: "count", of: BILLED, hint: "calls without a known price" },
  ...COST_BUCKETS.map((bucket) => ({
    name: `cost_${snakeName(bucket)}`,
    label: BUCKET_LABELS[bucket],
    unit: "usd" as const,
    of: CALLS,
    hint: "part of the cost",
  })),
  ...PROMPT_PARTS.map((part) => ({
    name: `cost_part_${snakeName(part)}`,
    label: PART_LABELS[part],
    unit: "usd" as const,
    of: CALLS,
    hint: "cost of this part of the prompts",
  })),
  ...PROMPT_PARTS.map((part) => ({
    name: `tokens_part_${snakeName(part)}`,
    label: PART_LABELS[part],
    unit: "tokens" as const,
    of: CALLS,
    hint: "tokens of this part of the prompts",
  })),
];

/** Names are those of the filter language where it has the field. Beside these, `@key` is a span attribute. */
export const DIMENSION_FIELDS: readonly DimensionField[] = [
  { name: "model", label: "Model", of: ["calls", "spans"], hint: "that answered, else that was asked for" },
  { name: "provider", label: "Provider", of: ["calls", "spans"], hint: "openai, anthropic, …" },
  { name: "service", label: "Service", of: ALL, hint: "service.name" },
  { name: "env", label: "Environment", of: ALL, hint: "deployment environment" },
  { name: "name", label: "Trace", of: BILLED, hint: "name of the trace's root" },
  { name: "span", label: "Span", of: ["calls", "spans"], hint: "name of the span" },
  { name: "kind", label: "Kind", of: ALL, hint: "kind of the span; of a trace, its root's" },
  { name: "agent", label: "Agent", of: ["calls", "spans"], hint: "that made the call, or is above it" },
  { name: "tool", label: "Tool", of: ["spans"], hint: "name of a tool that ran" },
  {
    name: "inside_tool",
    label: "Tool it ran in",
    of: CALLS,
    hint: "tools that the call ran inside of",
    repeats: true,
  },
  {
    name: "fed_by_tool",
    label: "Tool it read",
    of: CALLS,
    hint: "tools whose new result it was given",
    repeats: true,
  },
  { name: "user", label: "User", of: ALL, hint: "user id" },
  { name: "session", label: "Session", of: ALL, hint: "session id" },
  { name: "tag", label: "Tag", of: ALL, hint: "each tag", repeats: true },
  {
    name: "prompt",
    label: "Prompt",
    of: ["calls", "spans"],
    hint: "id of the prompt template: the declared one, else the one found in the traffic",
  },
  {
    name: "prompt_version",
    label: "Prompt version",
    of: ["calls", "spans"],
    hint: "id of the wording of a prompt template, declared or found",
  },
  { name: "error", label: "Error", of: ["calls", "spans"], hint: "exception or error type" },
  { name: "cost_source", label: "Cost from", of: CALLS, hint: "reported, computed or unpriced" },
  { name: "price", label: "Price", of: CALLS, hint: "name of the price that was used" },
  { name: "unpriced_reason", label: "Unpriced because", of: CALLS, hint: "no_model, no_price or no_rate" },
  { name: "trace", label: "Trace id", of: ALL, hint: "one group for each trace" },
  { name: "time", label: "Time", of: ALL, hint: "start of the trace (of a span: its own), in even steps" },
];

/** The definition of a dimension by its name; any `@key` is one. */
export function findDimension(name: string): DimensionField | undefined {
  if (/^@./.test(name))
    return { name, label: name, of: ALL, hint: "attribute of the span, or of any span of the trace" };
  return DIMENSION_FIELDS.find((field) => field.name === name);
}

/** The definition of a measure by its name. */
export function findMeasure(name: string): MeasureField | undefined {
  return MEASURE_FIELDS.find((field) => field.name === name);
}
