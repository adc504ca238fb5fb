import type { SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** True for a call that was made through Amazon Bedrock; older versions name the model's maker as the provider. */
export function isBedrock(span: WireSpan): boolean {
  return SCOPES.has(span.scope.name);
}

const SCOPES = new Set(["opentelemetry.instrumentation.bedrock", "@traceloop/instrumentation-bedrock"]);

/** Every model is a model that completes text to this instrumentation: its name says what it does. */
export function bedrockKind(attrs: AttributeReader): SpanKind | undefined {
  const model = attrs.text("gen_ai.request.model") ?? "";
  if (/embed/.test(model)) return "EMBEDDING";
  return /rerank/.test(model) ? "RERANKER" : undefined;
}

/** Bedrock counts what its cache held beside the input, and the total without it. */
export function readBedrockUsage(take: AttributeTaker): Usage {
  const cacheReadTokens = take.count(
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
  );
  const cacheWriteTokens = take.count(
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
  );
  const inputTokens = take.count("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens");
  const totalTokens = take.count("gen_ai.usage.total_tokens", "llm.usage.total_tokens");
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const withCache = (count: number | undefined) => (count === undefined ? undefined : count + cached);
  return (
    compact({
      inputTokens: withCache(inputTokens),
      totalTokens: withCache(totalTokens),
      cacheReadTokens,
      cacheWriteTokens,
    }) ?? {}
  );
}
