import type { Cost, Usage } from "@nightowl/model/span/usage";
import { reportedCost, tokenCountOf, type UsageBucket } from "../../normalise/usage.ts";
import type { AttributeTaker } from "../dialect.ts";

const PREFIX = "gen_ai.usage.";

/** Names under `gen_ai.usage.`: the convention's own first, then those that extensions of it use. */
const BUCKETS: Record<UsageBucket, string[]> = {
  inputTokens: ["input_tokens", "prompt_tokens"],
  outputTokens: ["output_tokens", "completion_tokens"],
  totalTokens: ["total_tokens"],
  cacheReadTokens: [
    "cache_read.input_tokens",
    "cache_read_input_tokens",
    "cached_input_tokens",
    "input_cached_tokens",
    "cached_tokens",
    "prompt_tokens_details.cache_read",
    "prompt_token_details.cached_read_tokens",
    "input_tokens.cached",
  ],
  cacheWriteTokens: [
    "cache_write.input_tokens",
    "cache_creation.input_tokens",
    "cache_write_input_tokens",
    "cache_creation_input_tokens",
    "cache_write_tokens",
    "prompt_tokens_details.cache_write",
    "prompt_token_details.cached_write_tokens",
    "input_tokens.cache_write",
  ],
  cacheWrite1hTokens: [
    "cache_write_1h.input_tokens",
    "cache_creation.ephemeral_1h_input_tokens",
    "cache_creation_1h_input_tokens",
    "cache_creation.1h_input_tokens",
    "cache_creation.input_tokens.ephemeral_1h",
  ],
  reasoningTokens: [
    "reasoning.output_tokens",
    "reasoning_tokens",
    "thinking_tokens",
    "completion_tokens_details.reasoning",
    "completion_token_details.reasoning_tokens",
    "output_token_details.reasoning_tokens",
    "output_tokens.reasoning",
  ],
  audioInputTokens: [
    "audio.input_tokens",
    "input_audio_tokens",
    "audio_input_tokens",
    "prompt_token_details.audio_tokens",
    "input_token_details.audio_tokens",
  ],
  audioOutputTokens: [
    "audio.output_tokens",
    "output_audio_tokens",
    "audio_output_tokens",
    "completion_tokens_details.audio",
    "completion_token_details.audio_tokens",
  ],
};

/** Names elsewhere: of Anthropic's own clients, and of OpenLLMetry, which others write too. */
const ELSEWHERE: Partial<Record<UsageBucket, string[]>> = {
  cacheWrite1hTokens: ["anthropic.usage.cache_creation.ephemeral_1h_input_tokens"],
  totalTokens: ["llm.usage.total_tokens"],
  reasoningTokens: ["llm.usage.reasoning_tokens"],
};

/** The buckets with the whole keys, in order. */
const BUCKET_KEYS = (Object.entries(BUCKETS) as [UsageBucket, string[]][]).map(([bucket, names]) => {
  const keys = names.map((name) => PREFIX + name);
  return [bucket, [...keys, ...(ELSEWHERE[bucket] ?? [])]] as const;
});

const COSTS = new Set(
  ["cost", "total_cost", "cost_usd", "input_cost", "output_cost"].map((name) => PREFIX + name),
);
/** Totals under names of Pydantic AI's, LiteLLM's and OpenLLMetry's, which others write too. */
const OTHER_COSTS = ["operation.cost", "gen_ai.cost.total_cost", "llm.usage.total_cost"];
const NOT_COUNTS = new Set([
  ...COSTS,
  `${PREFIX}raw`,
  `${PREFIX}token_type`,
  `${PREFIX}experimental.reasoning_tokens_limit`,
]);
const ALIASES = new Set(BUCKET_KEYS.flatMap(([, keys]) => keys));

/** Tokens by bucket, as reported: what lies beside a total is turned round later, when all dialects were heard. */
export function readGenaiUsage(take: AttributeTaker): Usage {
  const usage: Usage = {};
  const rest = take.attrs.keysWithPrefix(PREFIX);
  if (rest.length === 0) return usage;
  for (const [bucket, keys] of BUCKET_KEYS) {
    const sent = take.among(keys);
    const count = sent.length === 0 ? undefined : take.count(...sent);
    if (count !== undefined) usage[bucket] = count;
  }
  const other: [string, number][] = [];
  for (const key of rest) {
    if (ALIASES.has(key) || NOT_COUNTS.has(key)) continue;
    const count = tokenCountOf(take.attrs.get(key));
    if (count === undefined) continue;
    take.claim(key);
    other.push([key.slice(PREFIX.length), count]);
  }
  if (other.length > 0) usage.other = Object.fromEntries(other);
  return usage;
}

/** What the application says that the call cost, in US dollars. */
export function readGenaiCost(take: AttributeTaker): Cost | undefined {
  if (take.attrs.keysWithPrefix(PREFIX).some((key) => COSTS.has(key))) {
    const total = take.number(`${PREFIX}cost`, `${PREFIX}total_cost`, `${PREFIX}cost_usd`);
    const input = take.number(`${PREFIX}input_cost`);
    const output = take.number(`${PREFIX}output_cost`);
    return reportedCost(total, input, output);
  }
  const others = take.among(OTHER_COSTS);
  return others.length === 0 ? undefined : reportedCost(take.number(...others), undefined, undefined);
}
