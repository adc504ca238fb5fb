import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Mistral's Python SDK, which traces itself: GenAI's names without messages, and what it has no name for under its own.
 *
 * @see https://github.com/mistralai/client-python (extra/observability)
 */
export const mistralSdk: Dialect = {
  name: "mistral-sdk",
  speaks: (scope, keys) => scope === "mistralai_sdk_tracer" || keys.hasFamily("mistral_ai"),
  read,
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  // The span is named after the operation, also where it failed before that was told.
  const operation = take.text("mistral_ai.operation.id") ?? span.name;
  const fields: Partial<LlmFields> = {
    kind: operation.startsWith("embeddings_") ? "EMBEDDING" : undefined,
    provider: attrs.has("gen_ai.request.model") ? "mistral" : undefined,
    responseId: take.text("mistral_ai.message.id"),
    usage: compact({ totalTokens: take.count("mistral_ai.request.total_tokens") }) ?? {},
    tool: compact({
      arguments: take.json("mistral_ai.tool.call.arguments", "mistral_ai.function.call.arguments"),
    }),
    error: compact({
      type: take.text("mistral_ai.error.type"),
      message: take.text("mistral_ai.error.message"),
    }),
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}
