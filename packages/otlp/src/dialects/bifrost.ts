import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { readTools } from "../normalise/read-tools.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Bifrost, a gateway: GenAI's names, the time to the first token and errors under its own, and a span for each attempt at
 * a call. Whoever was retried or fallen back from reports no usage, unless its provider billed it.
 *
 * @see https://docs.getbifrost.ai/features/otel
 */
export const bifrost: Dialect = {
  name: "bifrost",
  speaks: (_scope, keys) => keys.hasFamily("bifrost") || keys.has("gen_ai.number_of_retries"),
  read,
};

/** Of requests for which the conventions have no operation, by what Bifrost calls them. */
const KINDS: Record<string, SpanKind> = { rerank: "RERANKER", embedding: "EMBEDDING" };

/** Below a million it is milliseconds, as in its first versions; from there on nanoseconds. */
const NANOSECONDS_FROM = 1e6;

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = attrs.text("request.type") ?? "";
  const waited = take.number("gen_ai.response.time_to_first_token");
  const fields: Partial<LlmFields> = {
    kind: Object.hasOwn(KINDS, type) ? KINDS[type] : undefined,
    timeToFirstTokenMs: waited === undefined || waited < NANOSECONDS_FROM ? waited : waited / 1e6,
    tools: readTools(take.list("gen_ai.request.tools").items),
    userId: take.text("bifrost.user.id"),
    error: compact({
      type: take.text("gen_ai.error.type"),
      message: take.text("gen_ai.error"),
    }),
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}
