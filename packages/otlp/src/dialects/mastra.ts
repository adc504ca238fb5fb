import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { msSinceStart } from "../normalise/first-token.ts";
import { readIdentity } from "../normalise/identity.ts";
import { payloadOf } from "../normalise/payload.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readAnswer } from "./mastra/answer.ts";
import { isTelemetrySpan, readTelemetry } from "./mastra/telemetry.ts";

/**
 * Mastra's OTel exporters: what they add to GenAI's names. `mastra.span.type` says what a span is, better than
 * the operation's name or the kind that the exporter for Arize writes. One span of each model call carries its
 * tokens: `model_inference`, in older versions the `model_generation` around it. Before version 1 there was telemetry of
 * another kind.
 *
 * @see https://mastra.ai/docs/observability/tracing/exporters/otel
 */
export const mastra: Dialect = { name: "mastra", speaks, speaksOtherwise, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope.startsWith("@mastra/") || keys.hasFamily("mastra");
}

function speaksOtherwise(span: WireSpan, attrs: AttributeReader): boolean {
  return isTelemetrySpan(span.name, attrs);
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

/** One of these carries the call. */
const CALLS = new Set(["model_inference", "model_generation"]);

/** Pieces of an answer, and spans of the application's own. */
const OF_NO_KIND = new Set(["model_chunk", "generic"]);

/** Spans whose input and output are a conversation. */
const CONVERSATIONS = new Set(["agent_run", "model_generation", "model_step", "model_inference"]);

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("mastra.span.type")?.toLowerCase();
  if (type === undefined && isTelemetrySpan(span.name, attrs)) return readTelemetry(span, take);
  const input = openRequest(take.payload(`mastra.${type}.input`, "input", "langfuse.observation.input"));
  const output = take.payload(`mastra.${type}.output`, "output", "langfuse.observation.output");
  const metadata = { ...readBareMetadata(span, take), ...take.members("mastra.metadata.") };
  const identity = readIdentity(metadata);
  const isConversation = type !== undefined && CONVERSATIONS.has(type);
  const kind = kindOf(span, type, attrs);
  const tool = type === "client_tool_call" ? readClientTool(span, metadata) : undefined;
  if (tool?.arguments !== undefined) delete identity.metadata?.["args"];
  const fields: Partial<LlmFields> = {
    input,
    output,
    timeToFirstTokenMs: msSinceStart(span, take.text("mastra.completion_start_time")),
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
    tool,
    embeddings: kind === "EMBEDDING" ? readEmbedded(input, take) : [],
  };
  const isOfNoKind = type !== undefined && OF_NO_KIND.has(type);
  // A call that failed goes well by its span's status; the run around it says what happened.
  const hasFailed = kind === "LLM" && attrs.strings("gen_ai.response.finish_reasons").includes("error");
  // Langfuse's exporter says no more than that something is a generation.
  return {
    first: { kind },
    fields,
    fallback,
    isOfNoKind,
    hasFailed,
    claimed: take.claimed,
    notes: take.notes,
  };
}

/** Of a step the whole request is told: `{body: {model, input, …}}`. */
function openRequest(input: LlmFields["input"]): LlmFields["input"] {
  const given = jsonOf(input?.value);
  return isRecord(given) && isRecord(given["body"]) ? payloadOf(given["body"]) : input;
}

/** What is called in the application's browser has its name after the type, and its arguments among the metadata. */
function readClientTool({ name }: WireSpan, metadata: Record<string, unknown>): LlmFields["tool"] {
  return compact({ name: /^client_tool_call (.+)$/.exec(name)?.[1], arguments: jsonOf(metadata["args"]) });
}

/** One text, or a list of them, of whose vectors the length is told. */
function readEmbedded(input: LlmFields["input"], take: AttributeTaker): LlmFields["embeddings"] {
  const dimensions = take.number("mastra.rag_embedding.dimensions");
  const given = jsonOf(input?.value);
  const texts = (Array.isArray(given) ? given : [input?.value]).map(textOf);
  return texts.flatMap((text) => (text === undefined ? [] : [compact({ text, dimensions }) ?? {}]));
}

function kindOf(span: WireSpan, type: string | undefined, attrs: AttributeReader): SpanKind | undefined {
  if (type === undefined || OF_NO_KIND.has(type)) return undefined;
  if (Object.hasOwn(KINDS, type)) return KINDS[type];
  if (CALLS.has(type)) return isCall(span, type, attrs) ? "LLM" : "CHAIN";
  return type === "mcp_server_request" ? undefined : "CHAIN";
}

/**
 * The span that carries the call has its messages under the names that all share, and none of Mastra's own. The exporter
 * for Langfuse writes every span's under Langfuse's names; there the model is on the call alone.
 */
function isCall(span: WireSpan, type: string, attrs: AttributeReader): boolean {
  if (span.scope.name === "@mastra/langfuse") return attrs.has("gen_ai.request.model");
  return attrs.keysWithPrefix(`mastra.${type}.`).length === 0;
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
