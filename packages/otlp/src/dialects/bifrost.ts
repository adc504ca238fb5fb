import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { compact } from "../normalise/record.ts";
import { readMessages } from "../normalise/read-messages.ts";
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
const KINDS: Record<string, SpanKind> = {
  rerank: "RERANKER",
  embedding: "EMBEDDING",
  speech: "LLM",
  transcription: "LLM",
};

/** As asked for; a provider of Responses says them again with its answer. */
const TOOLS = ["gen_ai.request.tools", "gen_ai.responses.tools"] as const;

/** Below a million it is milliseconds, as in its first versions; from there on nanoseconds. */
const NANOSECONDS_FROM = 1e6;

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = attrs.text("request.type") ?? "";
  const waited = take.number("gen_ai.response.time_to_first_token");
  const fields: Partial<LlmFields> = {
    kind: Object.hasOwn(KINDS, type) ? KINDS[type] : undefined,
    timeToFirstTokenMs: waited === undefined || waited < NANOSECONDS_FROM ? waited : waited / 1e6,
    tools: readTools(take.list(TOOLS.find((key) => attrs.has(key)) ?? TOOLS[0]).items),
    userId: take.text("bifrost.user.id"),
    error: compact({
      type: take.text("gen_ai.error.type"),
      message: take.text("gen_ai.error"),
    }),
  };
  const asked = take.text("gen_ai.input.text", "gen_ai.input.speech");
  const embeds = fields.kind === "EMBEDDING" || attrs.text("gen_ai.operation.name") === "embeddings";
  if (asked !== undefined && embeds) fields.embeddings = [{ text: asked }];
  else if (asked !== undefined)
    fields.inputMessages = readMessages([{ role: "user", content: asked }], "user");
  const instructions = take.text("gen_ai.request.instructions");
  return {
    fields,
    ...(instructions === undefined
      ? {}
      : { instructions: readMessages([{ role: "system", content: instructions }], "system") }),
    claimed: take.claimed,
    notes: take.notes,
  };
}
