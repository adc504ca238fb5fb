import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { readIdentity } from "../normalise/identity.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Cloudflare's AI Gateway: GenAI's names, the whole prompt and answer in one JSON text each, and whatever the application
 * told in `cf-aig-metadata` as attributes of those very names.
 *
 * @see https://developers.cloudflare.com/ai-gateway/observability/otel-integration/
 */
export const cloudflareAiGateway: Dialect = {
  name: "cloudflare-ai-gateway",
  // Whoever follows the conventions beside that name tells other things in other attributes.
  speaks: (_scope, keys) => keys.has("gen_ai.model.provider") && !keys.has("gen_ai.operation.name"),
  read,
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const told = Object.entries(span.attributes).filter(([key]) => !key.startsWith("gen_ai."));
  for (const [key] of told) take.claim(key);
  const isEmbedding =
    !attrs.has("gen_ai.usage.output_tokens") && (attrs.text("gen_ai.request.model") ?? "").includes("embed");
  const fields: Partial<LlmFields> = {
    kind: isEmbedding ? "EMBEDDING" : "LLM",
    ...readIdentity(told.length === 0 ? undefined : Object.fromEntries(told)),
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}
