import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { msSinceStart } from "../normalise/first-token.ts";
import { readIdentity } from "../normalise/identity.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { firstOf, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Mastra's OTel exporters: what they add to GenAI's names. `mastra.span.type` says what a span is, better than
 * the operation's name or the kind that the exporter for Arize writes. One span of each model call carries its
 * tokens: `model_inference`, in older versions the `model_generation` around it.
 *
 * @see https://mastra.ai/docs/observability/tracing/exporters/otel
 */
export const mastra: Dialect = { name: "mastra", detect, read };

function detect(span: WireSpan, attrs: AttributeReader): boolean {
  return span.scope.name.startsWith("@mastra/") || attrs.hasFamily("mastra");
}

/** Types that are missing are steps of a workflow, or actions of Mastra's own: CHAIN. */
const KINDS: Record<string, SpanKind> = {
  agent_run: "AGENT",
  tool_call: "TOOL",
  mcp_tool_call: "TOOL",
  provider_tool_call: "TOOL",
  client_tool_call: "TOOL",
  rag_embedding: "EMBEDDING",
  scorer_run: "EVALUATOR",
  classifier_evaluation: "EVALUATOR",
};

/** Of these, the one that carries the call has its messages under the names that all share, and none of Mastra's own. */
const CALLS = new Set(["model_inference", "model_generation"]);

/** Pieces of an answer, and spans of the application's own. */
const OF_NO_KIND = new Set(["model_chunk", "generic"]);

/** Spans whose input and output are a conversation. */
const CONVERSATIONS = new Set(["agent_run", "model_generation", "model_step", "model_inference"]);

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("mastra.span.type")?.toLowerCase();
  const input = take.payload(`mastra.${type}.input`, "input");
  const output = take.payload(`mastra.${type}.output`, "output");
  const metadata = { ...readBareMetadata(span, take), ...take.members("mastra.metadata.") };
  const identity = readIdentity(metadata);
  const isConversation = type !== undefined && CONVERSATIONS.has(type);
  const fields: Partial<LlmFields> = {
    kind: kindOf(type, attrs),
    input,
    output,
    timeToFirstTokenMs: readTimeToFirstToken(span, take),
    sessionId: identity.sessionId,
    userId: identity.userId,
    tags: take.strings("mastra.tags"),
    metadata: identity.metadata,
  };
  const fallback: Partial<LlmFields> = {
    // The newest exporter leaves out of GenAI's messages what is no text; the older ones write none.
    inputMessages: isConversation && input !== undefined ? readPromptPayload(input.value) : [],
    outputMessages: isConversation && output !== undefined ? readAnswer(jsonOf(output.value)) : [],
    agentName: take.text("agent.id"),
    userId: textOf(metadata["resourceId"]),
    tags: identity.tags,
  };
  const isOfNoKind = type !== undefined && OF_NO_KIND.has(type);
  return { fields, fallback, isOfNoKind, claimed: take.claimed, notes: take.notes };
}

/** A later step of a run may be given the time of the run's first token: that lies before it and says nothing of it. */
function readTimeToFirstToken(span: WireSpan, take: AttributeTaker): number | undefined {
  const waited = msSinceStart(span, take.text("mastra.completion_start_time"));
  return waited !== undefined && waited >= 0 ? waited : undefined;
}

function kindOf(type: string | undefined, attrs: AttributeReader): SpanKind | undefined {
  if (type === undefined || OF_NO_KIND.has(type)) return undefined;
  if (Object.hasOwn(KINDS, type)) return KINDS[type];
  if (CALLS.has(type)) return attrs.keysWithPrefix(`mastra.${type}.`).length === 0 ? "LLM" : "CHAIN";
  return type === "mcp_server_request" ? undefined : "CHAIN";
}

/** The first exporters wrote metadata as attributes of any name. */
function readBareMetadata(span: WireSpan, take: AttributeTaker): Record<string, unknown> {
  if (!span.scope.name.startsWith("@mastra/")) return {};
  const names = ["sessionId", "threadId", "userId", "resourceId", "runId"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = take.text(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** `{text, reasoning: […], toolCalls: […], files: […], object}`, messages, or text. */
function readAnswer(value: unknown): Message[] {
  if (typeof value === "string") return readMessages([value], "assistant");
  if (!isRecord(value)) return Array.isArray(value) ? readMessages(value, "assistant") : [];
  const content: unknown[] = [
    ...listOf(value["reasoning"] ?? value["reasoningText"]).map((part) => asPart(part, "reasoning")),
    ...listOf(firstOf(value, "text")),
    ...listOf(value["files"]).map((part) => asPart(part, "file")),
    ...listOf(value["toolCalls"]).map((part) => asPart(part, "tool-call")),
  ];
  const isSilent = !content.some((part) => part !== "");
  if (isSilent && value["object"] === undefined) return [];
  if (isSilent) content.push(JSON.stringify(value["object"]));
  return readMessages([{ role: "assistant", content }], "assistant");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Streams wrap each part in `{type, payload}`. */
function asPart(part: unknown, type: string): unknown {
  if (typeof part === "string") return { type, text: part };
  if (!isRecord(part)) return part;
  return { ...(isRecord(part["payload"]) ? part["payload"] : part), type };
}
