import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readDocuments } from "../../normalise/read-documents.ts";
import { readCompletionPayload, readPromptPayload } from "../../normalise/read-payloads.ts";
import { isRecord } from "../../normalise/record.ts";
import type { AttributeTaker } from "../dialect.ts";

/** One span for each operation; below it there is one for each call of a model (`ai.llm`), none for what embeds or ranks. */
const KINDS: Record<string, SpanKind> = {
  "ai.generateText": "AGENT",
  "ai.streamText": "AGENT",
  "ai.generateObject": "CHAIN",
  "ai.streamObject": "CHAIN",
  "ai.embed": "EMBEDDING",
  "ai.embedMany": "EMBEDDING",
  "ai.rerank": "RERANKER",
};

/**
 * What Laminar's integration for version 7 of the Vercel AI SDK says of an operation, beside Laminar's own names:
 * `ai.operation` and what the application calls it. On another span → `{}`.
 */
export function readAiSdkOperation(
  span: WireSpan,
  take: AttributeTaker,
  input: LlmFields["input"],
  output: LlmFields["output"],
): Partial<LlmFields> {
  if (span.name === "ai.step") return { kind: "CHAIN" };
  const operation = take.text("ai.operation");
  if (operation === undefined) return {};
  const kind = Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
  const name = take.text("ai.functionId");
  const given = jsonOf(input?.value);
  const fields: Partial<LlmFields> = { kind, displayName: name };
  if (operation.startsWith("ai.stream")) fields.streaming = true;
  if (kind === "AGENT") {
    fields.agentName = name;
    fields.inputMessages = readPromptPayload(input?.value);
    fields.outputMessages = readCompletionPayload(output?.value).messages;
  }
  if (kind === "EMBEDDING")
    fields.embeddings = (Array.isArray(given) ? given : [input?.value])
      .map(textOf)
      .flatMap((text) => (text === undefined ? [] : [{ text }]));
  if (kind === "RERANKER") {
    const asked = isRecord(given) ? given : {};
    const ranked = jsonOf(output?.value);
    fields.query = textOf(asked["query"]);
    fields.inputDocuments = Array.isArray(asked["documents"]) ? readDocuments(asked["documents"]) : [];
    fields.documents = Array.isArray(ranked) ? readDocuments(ranked) : [];
  }
  return fields;
}
