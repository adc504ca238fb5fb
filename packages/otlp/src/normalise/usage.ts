import type { Cost, Usage } from "@nightowl/model/span/usage";
import { numberOf } from "@nightowl/model/span/attribute-reader";
import { firstOf, isRecord } from "./record.ts";

/** The named buckets of {@link Usage}. */
export type UsageBucket = Exclude<keyof Usage, "other">;

/** A count of tokens: a whole number from 0 up that a float holds exactly; anything else is `undefined`. */
export function tokenCountOf(value: unknown): number | undefined {
  const n = numberOf(value);
  if (n === undefined || n < 0) return undefined;
  const whole = Math.round(n);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/** True when some bucket was reported. */
export function hasUsage(usage: Usage): boolean {
  return Object.values(usage).some((bucket) => bucket !== undefined);
}

/** True when some bucket counts more than nothing. */
export function hasTokens(usage: Usage): boolean {
  const { other, ...buckets } = usage;
  return [...Object.values(buckets), ...Object.values(other ?? {})].some((count) => (count ?? 0) > 0);
}

/**
 * Turns buckets that were reported beside the total into buckets inside it, so that they always add up.
 * The reported total decides where it can: when it is reached only with the cache (or the reasoning) on top, these
 * lay beside. Without that, more cached than input means that the input excluded the cache, and more
 * reasoning than output that the output excluded the reasoning. Applied twice it changes nothing.
 */
export function settleUsage(usage: Usage): Usage {
  const { inputTokens: input, outputTokens: output, totalTokens: total, other, ...rest } = usage;
  const settled: Usage = { ...usage };
  if (other !== undefined && Object.keys(other).length === 0) delete settled.other;
  const cached = (rest.cacheReadTokens ?? 0) + (rest.cacheWriteTokens ?? 0);
  const reasoning = rest.reasoningTokens ?? 0;
  const missing = total === undefined ? 0 : total - (input ?? 0) - (output ?? 0);
  const both = missing === cached + reasoning;
  const isCacheBeside =
    cached > 0 && (cached > (input ?? 0) || (missing > 0 && (missing === cached || both)));
  const isReasoningBeside =
    reasoning > 0 && (reasoning > (output ?? 0) || (missing > 0 && (missing === reasoning || both)));
  if (input !== undefined && isCacheBeside) settled.inputTokens = input + cached;
  if (output !== undefined && isReasoningBeside) settled.outputTokens = output + reasoning;
  return settled;
}

/**
 * What is odd about usage: the reported total is not the sum of input and output, as they were `reported` or as they
 * are when `settled`, nor of these and all other buckets. Such a total is shown as it came and takes no
 * part in any sum. `undefined` when all is well.
 */
export function usageComplaint(reported: Usage, settled: Usage): string | undefined {
  const { inputTokens = 0, outputTokens = 0, totalTokens, other = {} } = settled;
  if (totalTokens === undefined || (settled.inputTokens === undefined && settled.outputTokens === undefined))
    return undefined;
  const sum = inputTokens + outputTokens;
  const rest = Object.values(other).reduce((a, b) => a + b, 0);
  const asReported = (reported.inputTokens ?? 0) + (reported.outputTokens ?? 0);
  if ([sum, sum + rest, asReported].includes(totalTokens)) return undefined;
  return `${totalTokens} tokens were reported in total, but ${inputTokens} in and ${outputTokens} out are ${sum}.`;
}

const OBJECT_NAMES: Record<UsageBucket, string[]> = {
  inputTokens: [
    "input_tokens",
    "prompt_tokens",
    "inputTokens",
    "promptTokens",
    "prompt_token_count",
    "promptTokenCount",
  ],
  outputTokens: [
    "output_tokens",
    "completion_tokens",
    "outputTokens",
    "completionTokens",
    "candidates_token_count",
    "candidatesTokenCount",
  ],
  totalTokens: ["total_tokens", "totalTokens", "total_token_count", "totalTokenCount"],
  cacheReadTokens: [
    "cache_read_input_tokens",
    "cacheReadInputTokens",
    "cached_tokens",
    "cached_prompt_tokens",
    "cached_content_token_count",
    "cachedContentTokenCount",
  ],
  cacheWrite1hTokens: ["ephemeral_1h_input_tokens", "cache_write_1h"],
  cacheWriteTokens: [
    "cache_creation_input_tokens",
    "cache_write_input_tokens",
    "cacheCreationInputTokens",
    "cacheWriteInputTokens",
    "cache_write_tokens",
    "cache_creation_tokens",
  ],
  reasoningTokens: ["reasoning_tokens", "reasoningTokens", "thoughts_token_count", "thoughtsTokenCount"],
  audioInputTokens: ["input_audio_tokens", "audio_input_tokens"],
  audioOutputTokens: ["output_audio_tokens", "audio_output_tokens"],
};

/**
 * The usage object of a provider's answer (OpenAI's chat and Responses, Anthropic, Gemini, Bedrock) as buckets.
 * Anthropic counts the cache beside its input and Gemini the thoughts beside its output: here both lie inside.
 * Not an object → `{}`.
 */
export function readUsageObject(value: unknown): Usage {
  if (!isRecord(value)) return {};
  const usage: Usage = {};
  for (const [bucket, names] of Object.entries(OBJECT_NAMES) as [UsageBucket, string[]][]) {
    const count = tokenCountOf(firstOf(value, ...names));
    if (count !== undefined) usage[bucket] = count;
  }
  const details = (...keys: string[]): Record<string, unknown> => {
    const found = firstOf(value, ...keys);
    return isRecord(found) ? found : {};
  };
  const input = details("prompt_tokens_details", "input_tokens_details", "input_token_details");
  const output = details("completion_tokens_details", "output_tokens_details", "output_token_details");
  const fill = (bucket: UsageBucket, from: Record<string, unknown>, ...names: string[]) => {
    const count = tokenCountOf(firstOf(from, ...names));
    if (count !== undefined) usage[bucket] ??= count;
  };
  fill("cacheReadTokens", input, "cached_tokens", "cache_read");
  fill("cacheWriteTokens", input, "cache_write_tokens", "cache_creation");
  fill("audioInputTokens", input, "audio_tokens", "audio");
  fill("reasoningTokens", output, "reasoning_tokens", "reasoning");
  fill("audioOutputTokens", output, "audio_tokens", "audio");
  const isAnthropic =
    usage.totalTokens === undefined &&
    value["input_tokens"] !== undefined &&
    firstOf(value, "cache_read_input_tokens", "cache_creation_input_tokens") !== undefined;
  if (isAnthropic && usage.inputTokens !== undefined)
    usage.inputTokens += (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const thoughts = tokenCountOf(firstOf(value, "thoughts_token_count", "thoughtsTokenCount"));
  if (thoughts !== undefined && usage.outputTokens !== undefined) usage.outputTokens += thoughts;
  return usage;
}

/**
 * What an application says that a call cost, in US dollars: the total, else the sum of its parts.
 * Nothing given, or something negative → `undefined`.
 */
export function reportedCost(
  total: number | undefined,
  input: number | undefined,
  output: number | undefined,
): Cost | undefined {
  const isNegative = [total, input, output].some((usd) => usd !== undefined && usd < 0);
  if (isNegative || (total === undefined && input === undefined && output === undefined)) return undefined;
  const cost: Cost = { source: "reported", costUsd: total ?? (input ?? 0) + (output ?? 0) };
  if (input !== undefined) cost.inputCostUsd = input;
  if (output !== undefined) cost.outputCostUsd = output;
  return cost;
}
