import type { Attributes } from "@opentelemetry/api";
import { SemanticConventions as Names } from "@arizeai/openinference-semantic-conventions";
import { isFields } from "./message-attributes.ts";

type Fields = Record<string, unknown>;

/**
 * Token counts of a provider's `usage`, as OpenInference has them: prompt and completion are totals, and the
 * details are parts of them. OpenAI's counts are that already; Anthropic counts what was read from and written
 * to the cache beside `input_tokens`, so they are added. A count that the provider did not give is not made up.
 * A cost that a gateway reports (`usage.cost`, in USD) is written as reported.
 */
export function usageAttributes(usage: unknown): Attributes {
  if (!isFields(usage)) return {};
  const attributes: Attributes = {};
  const set = (key: string, value: unknown): void => {
    const count = countOf(value);
    if (count !== undefined) attributes[key] = count;
  };
  const promptDetails = fields(usage["prompt_tokens_details"] ?? usage["input_tokens_details"]);
  const completionDetails = fields(usage["completion_tokens_details"] ?? usage["output_tokens_details"]);
  // Gateways put Anthropic's names beside OpenAI's `prompt_tokens`, which is a total.
  const isAnthropic =
    usage["prompt_tokens"] === undefined &&
    ("cache_read_input_tokens" in usage || "cache_creation_input_tokens" in usage);
  const [cacheRead, cacheWrite] = isAnthropic
    ? [countOf(usage["cache_read_input_tokens"]), countOf(usage["cache_creation_input_tokens"])]
    : [
        countOf(
          promptDetails["cached_tokens"] ??
            usage["prompt_cache_hit_tokens"] ??
            usage["cache_read_input_tokens"],
        ),
        countOf(promptDetails["cache_write_tokens"] ?? usage["cache_creation_input_tokens"]),
      ];
  const reported = countOf(usage["prompt_tokens"] ?? usage["input_tokens"]);
  const beside = isAnthropic ? (cacheRead ?? 0) + (cacheWrite ?? 0) : 0;
  const prompt = reported === undefined ? undefined : reported + beside;
  const completion = countOf(usage["completion_tokens"] ?? usage["output_tokens"]);
  const sum = prompt === undefined || completion === undefined ? undefined : prompt + completion;
  set(Names.LLM_TOKEN_COUNT_PROMPT, prompt);
  set(Names.LLM_TOKEN_COUNT_COMPLETION, completion);
  set(Names.LLM_TOKEN_COUNT_TOTAL, usage["total_tokens"] ?? sum);
  set(Names.LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_READ, cacheRead);
  set(Names.LLM_TOKEN_COUNT_PROMPT_DETAILS_CACHE_WRITE, cacheWrite);
  set(Names.LLM_TOKEN_COUNT_PROMPT_DETAILS_AUDIO, promptDetails["audio_tokens"]);
  set(Names.LLM_TOKEN_COUNT_COMPLETION_DETAILS_REASONING, completionDetails["reasoning_tokens"]);
  set(Names.LLM_TOKEN_COUNT_COMPLETION_DETAILS_AUDIO, completionDetails["audio_tokens"]);
  const { cost } = usage;
  if (typeof cost === "number" && Number.isFinite(cost) && cost >= 0) attributes[Names.LLM_COST_TOTAL] = cost;
  return attributes;
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
