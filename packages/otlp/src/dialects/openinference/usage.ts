import type { Cost, Usage } from "@nightowl/model/span/usage";
import { reportedCost, tokenCountOf } from "../../normalise/usage.ts";
import type { AttributeTaker } from "../dialect.ts";

/** Names of details that have a bucket of their own; all others are kept under their own name. */
const PROMPT_DETAILS: Record<
  string,
  "cacheReadTokens" | "cacheWriteTokens" | "cacheWrite1hTokens" | "audioInputTokens"
> = {
  cache_read: "cacheReadTokens",
  cache_input: "cacheReadTokens",
  cache_write: "cacheWriteTokens",
  // Envoy's AI gateway.
  cache_creation: "cacheWriteTokens",
  cache_write_1h: "cacheWrite1hTokens",
  ephemeral_1h_input_tokens: "cacheWrite1hTokens",
  audio: "audioInputTokens",
};
const COMPLETION_DETAILS: Record<string, "reasoningTokens" | "audioOutputTokens"> = {
  reasoning: "reasoningTokens",
  audio: "audioOutputTokens",
};

/** `llm.token_count.*`, of a model that decides `decision.token_count.*`; the details come as keys, or as one JSON object. */
export function readOpenInferenceUsage(take: AttributeTaker): Usage {
  const usage: Usage = {};
  const isDecision = take.attrs.keysWithPrefix("decision.token_count.").length > 0;
  if (!isDecision && take.attrs.keysWithPrefix("llm.token_count.").length === 0) return usage;
  const input = take.count("llm.token_count.prompt", "decision.token_count.input");
  const output = take.count("llm.token_count.completion", "decision.token_count.output");
  const total = take.count("llm.token_count.total");
  if (input !== undefined) usage.inputTokens = input;
  if (output !== undefined) usage.outputTokens = output;
  if (total !== undefined) usage.totalTokens = total;
  const other = new Map<string, number>();
  for (const [name, count] of readDetails(take, "prompt_details")) {
    const bucket = Object.hasOwn(PROMPT_DETAILS, name) ? PROMPT_DETAILS[name] : undefined;
    if (bucket === undefined) other.set(`prompt_details.${name}`, count);
    else usage[bucket] ??= count;
  }
  for (const [name, count] of readDetails(take, "completion_details")) {
    const bucket = Object.hasOwn(COMPLETION_DETAILS, name) ? COMPLETION_DETAILS[name] : undefined;
    if (bucket === undefined) other.set(`completion_details.${name}`, count);
    else usage[bucket] ??= count;
  }
  if (other.size > 0) usage.other = Object.fromEntries(other);
  return usage;
}

function readDetails(take: AttributeTaker, name: string): [string, number][] {
  const key = `llm.token_count.${name}`;
  const prefix = `${key}.`;
  const whole = take.attrs.has(key) ? Object.entries(take.record(key) ?? {}) : [];
  const details: [string, number][] = [];
  for (const [rest, value] of take.attrs.withPrefix(prefix)) {
    const count = tokenCountOf(value);
    if (count === undefined) continue;
    take.claim(prefix + rest);
    details.push([rest, count]);
  }
  for (const [rest, value] of whole) {
    const count = tokenCountOf(value);
    if (count !== undefined) details.push([rest, count]);
  }
  return details;
}

/** `llm.cost.*`, US dollars. */
export function readOpenInferenceCost(take: AttributeTaker): Cost | undefined {
  if (take.attrs.keysWithPrefix("llm.cost.").length === 0) return undefined;
  const total = take.number("llm.cost.total");
  const input = take.number("llm.cost.prompt");
  const output = take.number("llm.cost.completion");
  return reportedCost(total, input, output);
}
