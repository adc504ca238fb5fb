import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { roundMs } from "../normalise/first-token.ts";
import { providerOf } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Alibaba Cloud's extension of GenAI, which Dify and LoongSuite's agents write: what a span is under
 * `gen_ai.span.kind`, whose it is, and what a retriever found. Dify names a provider by its plug-in (`langgenius/openai/openai`).
 *
 * @see https://github.com/alibaba/loongsuite-python-agent
 */
export const aliyun: Dialect = {
  name: "aliyun",
  speaks: (_scope, keys) => keys.has("gen_ai.span.kind"),
  read,
};

/** Kinds that are missing are steps: CHAIN. */
const KINDS: Record<string, SpanKind> = {
  LLM: "LLM",
  AGENT: "AGENT",
  TOOL: "TOOL",
  MCP_CLIENT: "TOOL",
  RETRIEVER: "RETRIEVER",
  EMBEDDING: "EMBEDDING",
  RERANKER: "RERANKER",
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const said = take.text("gen_ai.span.kind")?.toUpperCase() ?? "";
  const nanoseconds = take.number("gen_ai.user.time_to_first_token", "gen_ai.response.time_to_first_token");
  const plugin = attrs.text("gen_ai.provider.name")?.split("/") ?? [];
  const fields: Partial<LlmFields> = {
    kind: Object.hasOwn(KINDS, said) ? KINDS[said] : "CHAIN",
    provider: plugin.length > 1 ? providerOf(plugin.at(-1)) : undefined,
    streaming: take.boolean("dify.streaming"),
    timeToFirstTokenMs: nanoseconds === undefined ? undefined : roundMs(nanoseconds / 1e6),
    sessionId: take.text("gen_ai.session.id"),
    userId: take.text("gen_ai.user.id"),
    query: take.text("retrieval.query"),
    documents: readDocuments(take.list("retrieval.document").items),
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}
