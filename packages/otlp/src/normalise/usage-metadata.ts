import type { Usage } from "@nightowl/model/span/usage";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { firstOf, isRecord } from "./record.ts";
import { tokenCountOf } from "./usage.ts";

type Item = Record<string, unknown>;

/** LangChain's `usage_metadata`: `{input_tokens, output_tokens, input_token_details: {cache_read, …}, …}`; cached tokens are inside. */
export function readUsageMetadata(value: unknown): Usage {
  if (!isRecord(value)) return {};
  const usage: Usage = {};
  const set = (bucket: Exclude<keyof Usage, "other">, sent: unknown) => {
    const count = tokenCountOf(sent);
    if (count !== undefined) usage[bucket] = count;
  };
  set("inputTokens", value["input_tokens"]);
  set("outputTokens", value["output_tokens"]);
  set("totalTokens", value["total_tokens"]);
  const input = openDetails(firstOf(value, "input_token_details", "input_tokens_details"));
  set("cacheReadTokens", input["cache_read"]);
  set("cacheWriteTokens", input["cache_creation"]);
  set("audioInputTokens", input["audio"]);
  const output = openDetails(firstOf(value, "output_token_details", "output_tokens_details"));
  set("reasoningTokens", output["reasoning"]);
  set("audioOutputTokens", output["audio"]);
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
