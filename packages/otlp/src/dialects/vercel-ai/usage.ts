import type { Cost, Usage } from "@nightowl/model/span/usage";
import { numberOf } from "@nightowl/model/span/attribute-reader";
import { compact, firstOf, isRecord } from "../../normalise/record.ts";
import { reportedCost, tokenCountOf, type UsageBucket } from "../../normalise/usage.ts";
import type { AttributeTaker } from "../dialect.ts";

/** Names under `ai.usage.`, of the newest version first; those of transcriptions are the provider's. */
const BUCKETS: Partial<Record<UsageBucket, string[]>> = {
  inputTokens: ["inputTokens", "promptTokens", "tokens", "input_tokens"],
  outputTokens: ["outputTokens", "completionTokens", "output_tokens"],
  totalTokens: ["totalTokens", "total_tokens"],
  cacheReadTokens: ["inputTokenDetails.cacheReadTokens", "cachedInputTokens"],
  cacheWriteTokens: ["inputTokenDetails.cacheWriteTokens"],
  reasoningTokens: ["outputTokenDetails.reasoningTokens", "reasoningTokens"],
};

const PREFIX = "ai.usage.";

/** The buckets with the whole keys, in order. */
const BUCKET_KEYS = (Object.entries(BUCKETS) as [UsageBucket, string[]][]).map(
  ([bucket, names]) => [bucket, names.map((name) => PREFIX + name)] as const,
);

/** What is left of a total without its buckets. */
const REMAINDERS = new Set(["inputTokenDetails.noCacheTokens", "outputTokenDetails.textTokens"]);

const NAMES = new Set([...Object.values(BUCKETS).flat(), ...REMAINDERS]);

/** Tokens by bucket; what a provider counts apart stands in its metadata, in versions that have no name for it. */
export function readVercelUsage(
  provider: string | undefined,
  take: AttributeTaker,
): { usage: Usage; fallback: Usage } {
  const usage: Usage = {};
  const reportedKeys = take.attrs.keysWithPrefix(PREFIX);
  if (reportedKeys.length > 0) {
    for (const [bucket, keys] of BUCKET_KEYS) {
      const count = take.count(...keys);
      if (count !== undefined) usage[bucket] = count;
    }
  }
  const other: [string, number][] = [];
  for (const key of reportedKeys) {
    const name = key.slice(PREFIX.length);
    const count = NAMES.has(name) ? undefined : tokenCountOf(take.attrs.get(key));
    if (count === undefined) continue;
    take.claim(key);
    other.push([name, count]);
  }
  if (other.length > 0) usage.other = Object.fromEntries(other);
  const { vendor = "", ...reported } = readProviderUsage(take) ?? {};
  const hasDetails = take.attrs.has(`${PREFIX}inputTokenDetails.cacheReadTokens`);
  if (!hasDetails && usage.inputTokens !== undefined && countsCacheBeside(`${provider} ${vendor}`)) {
    const { cacheReadTokens, cacheWriteTokens } = { ...reported, ...usage };
    Object.assign(usage, compact({ cacheReadTokens, cacheWriteTokens }));
    usage.inputTokens += (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
    delete usage.totalTokens;
  }
  return { usage, fallback: reported };
}

/**
 * Versions 4 and 5 pass on what Anthropic and Bedrock count: what came from the cache and what went into it
 * stands beside the input. Version 6 adds it in, and says so with details.
 */
function countsCacheBeside(provider: string): boolean {
  return /anthropic|bedrock/i.test(provider);
}

type ProviderUsage = Pick<
  Usage,
  "totalTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens"
> & {
  vendor: string;
};

/** `{openai: {cachedPromptTokens}}`, `{anthropic: {cacheReadInputTokens, usage: {…}}}`, `{bedrock: {usage: {…}}}` … */
function readProviderUsage(take: AttributeTaker): ProviderUsage | undefined {
  const metadata = take.attrs.json("ai.response.providerMetadata");
  if (!isRecord(metadata)) return undefined;
  for (const [vendor, own] of Object.entries(metadata)) {
    if (!isRecord(own)) continue;
    const nested = firstOf(own, "usage", "usageMetadata");
    const all: Record<string, unknown> = { ...own, ...(isRecord(nested) ? nested : {}) };
    const count = (...names: string[]) => tokenCountOf(firstOf(all, ...names));
    const usage = compact({
      cacheReadTokens: count(
        "cacheReadInputTokens",
        "cache_read_input_tokens",
        "cachedPromptTokens",
        "cachedContentTokenCount",
        "promptCacheHitTokens",
      ),
      cacheWriteTokens: count(
        "cacheCreationInputTokens",
        "cache_creation_input_tokens",
        "cacheWriteInputTokens",
      ),
      reasoningTokens: count("reasoningTokens", "thoughtsTokenCount"),
      // Gemini counts its thoughts beside the answer: only the total tells.
      totalTokens: count("totalTokenCount"),
    });
    if (usage === undefined) continue;
    take.claim("ai.response.providerMetadata");
    return { ...usage, vendor };
  }
  return undefined;
}

/** What a gateway says that the call cost: Vercel's as text beside its routing, OpenRouter's in its usage. */
export function readVercelCost(take: AttributeTaker): Cost | undefined {
  const metadata = take.attrs.json("ai.response.providerMetadata");
  if (!isRecord(metadata)) return undefined;
  const router = isRecord(metadata["openrouter"]) ? metadata["openrouter"]["usage"] : undefined;
  for (const reported of [metadata["gateway"], router]) {
    const usd = isRecord(reported) ? numberOf(reported["cost"]) : undefined;
    if (usd === undefined) continue;
    take.claim("ai.response.providerMetadata");
    return reportedCost(usd, undefined, undefined);
  }
  return undefined;
}
