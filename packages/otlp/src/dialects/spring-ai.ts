import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Spring AI: its model calls are GenAI's; this knows chat clients, advisors, tools and vector stores.
 *
 * @see https://docs.spring.io/spring-ai/reference/observability/index.html
 */
export const springAi: Dialect = {
  name: "spring-ai",
  detect: (_span, attrs) => attrs.hasFamily("spring"),
  read,
};

const KINDS: Record<string, SpanKind> = {
  chat_client: "CHAIN",
  advisor: "CHAIN",
  chat_model: "LLM",
  embedding_model: "EMBEDDING",
  image_model: "LLM",
  tool_call: "TOOL",
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(take);
  const name = take.text("spring.ai.tool.definition.name");
  const tool = compact({
    name,
    callId: take.text("spring.ai.tool.call.id"),
    description: take.text("spring.ai.tool.definition.description"),
    arguments: take.json("spring.ai.tool.call.arguments"),
    result: take.json("spring.ai.tool.call.result"),
  });
  const schema = take.json("spring.ai.tool.definition.schema");
  const fields: Partial<LlmFields> = {
    kind,
    displayName: kind === "TOOL" ? name : undefined,
    tool,
    tools:
      name === undefined || schema === undefined
        ? readTools(take.strings("spring.ai.model.request.tool.names", "spring.ai.chat.client.tool.names"))
        : readTools([{ name, parameters: schema }]),
    streaming: take.boolean("spring.ai.chat.client.stream"),
    sessionId: take.text("spring.ai.chat.client.conversation.id"),
    query: take.text("db.vector.query.content"),
    topK: kind === "RETRIEVER" ? take.number("db.vector.query.top_k") : undefined,
    documents: readDocuments(take.list("db.vector.query.response.documents").items),
  };
  const advisor = take.text("spring.ai.advisor.name");
  if (kind === "CHAIN" && advisor !== undefined) fields.displayName = advisor;
  const asked = take.json("spring.ai.chat.client.user.text", "spring.ai.chat.client.input");
  const answered = take.json("spring.ai.chat.client.output");
  if (asked !== undefined) fields.input = payloadOf(asked);
  if (answered !== undefined) fields.output = payloadOf(answered);
  return { fields, claimed: take.claimed, notes: take.notes };
}

function readKind(take: AttributeTaker): SpanKind | undefined {
  const kind = take.text("spring.ai.kind");
  if (kind === "vector_store") {
    // Adding and deleting documents is no search.
    return take.attrs.text("db.operation.name") === "query" ? "RETRIEVER" : "CHAIN";
  }
  return kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}
