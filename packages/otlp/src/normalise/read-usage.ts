import type { Usage } from "@nightowl/model/span/usage";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { firstOf, isRecord } from "./record.ts";
import { tokenCountOf, type UsageBucket } from "./usage.ts";

type Item = Record<string, unknown>;

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
    "cachedInputTokens",
    "cached_prompt_tokens",
    "cached_content_token_count",
    "cachedContentTokenCount",
  ],
  cacheWriteTokens: [
    "cache_creation_input_tokens",
    "cache_write_input_tokens",
    "cacheCreationInputTokens",
    "cacheWriteInputTokens",
    "cache_write_tokens",
    "cache_creation_tokens",
  ],
  cacheWrite1hTokens: ["ephemeral_1h_input_tokens", "cache_write_1h"],
  reasoningTokens: ["reasoning_tokens", "reasoningTokens", "thoughts_token_count", "thoughtsTokenCount"],
  audioInputTokens: ["input_audio_tokens", "audio_input_tokens"],
  audioOutputTokens: ["output_audio_tokens", "audio_output_tokens"],
};

/**
 * The usage object of a provider's answer (OpenAI's chat and Responses, Anthropic, Gemini, Bedrock), or LangChain's
 * `usage_metadata`, as buckets.
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
  const details = (...keys: string[]) => openDetails(firstOf(value, ...keys));
  const input = details("prompt_tokens_details", "input_tokens_details", "input_token_details");
  const output = details("completion_tokens_details", "output_tokens_details", "output_token_details");
  const fill = (bucket: UsageBucket, from: Record<string, unknown>, ...names: string[]) => {
    const count = tokenCountOf(firstOf(from, ...names));
    if (count !== undefined) usage[bucket] ??= count;
  };
  fill("cacheReadTokens", input, "cached_tokens", "cache_read");
  fill("cacheWriteTokens", input, "cache_write_tokens", "cache_creation");
  fill("cacheWrite1hTokens", input, "ephemeral_1h_input_tokens");
  // LangChain tells what was kept, by how long, in place of the sum.
  const kept = (usage.cacheWrite1hTokens ?? 0) + (tokenCountOf(input["ephemeral_5m_input_tokens"]) ?? 0);
  if (kept > (usage.cacheWriteTokens ?? 0)) usage.cacheWriteTokens = kept;
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

/** An object, JSON text of one, or Python's text of one (`{'cache_read': 1024}`). */
function openDetails(value: unknown): Item {
  const opened = jsonOf(value);
  if (isRecord(opened)) return opened;
  if (typeof opened !== "string") return {};
  return Object.fromEntries(
    Array.from(opened.matchAll(/'([\w.]+)'\s*:\s*(\d+)/g), ([, name = "", count]) => [name, count]),
  );
}

/**
 * The `usage_metadata` inside what a model or a chain answered: its own, that of a message in it (also serialised),
 * or that of the first generation. `undefined` where there is none.
 */
export function findUsageMetadata(answered: unknown): Item | undefined {
  if (!isRecord(answered)) return undefined;
  const candidates: unknown[] = [answered, ...Object.values(answered)];
  const generations = answered["generations"];
  if (Array.isArray(generations))
    candidates.push(...generations.flat(1).map((each) => (isRecord(each) ? each["message"] : undefined)));
  for (const candidate of candidates) {
    if (!isRecord(candidate)) continue;
    const message = isRecord(candidate["kwargs"]) ? candidate["kwargs"] : candidate;
    if (isRecord(message["usage_metadata"])) return message["usage_metadata"];
  }
  return undefined;
}
