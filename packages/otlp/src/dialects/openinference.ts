import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import {
  SPAN_KINDS,
  type LlmFields,
  type Payload,
  type SpanKind,
  type WireSpan,
} from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, stringsOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { roundMs } from "../normalise/first-token.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { toPayload, verdictOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { isSchema, readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { undot } from "../normalise/unflatten.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readConversation } from "./openinference/conversation.ts";
import { readPeculiarities } from "./openinference/peculiarities.ts";
import { readRetrieval } from "./openinference/retrieval.ts";
import { readOpenInferenceCost, readOpenInferenceUsage } from "./openinference/usage.ts";

/**
 * OpenInference: flattened keys (`llm.input_messages.0.message.role`) and, from hand-written instrumentation,
 * whole lists in one attribute (`llm.input_messages` = `[{"role": …}]`). Both read the same.
 *
 * @see https://github.com/Arize-ai/openinference/tree/main/spec
 */
export const openinference: Dialect = { name: "openinference", speaks, read };

const SIGNS = [
  "openinference.span.kind",
  "input.value",
  "output.value",
  "tag.tags",
  "tool.name",
  "prompt.id",
];
/** Under `llm.`, without what other frameworks have there too (`llm.provider`, `llm.tools`, `llm.finish_reason`). */
const LLM_SIGNS =
  /^llm\.(model_name|system|invocation_parameters|prompts|choices|(input|output)_messages|token_count|cost|prompt_template|(request|response)\.model_name)(\.|$)/;

function speaks(scope: string, keys: AttributeKeys): boolean {
  if (SIGNS.some((key) => keys.has(key))) return true;
  if (/^(openinference\.|@arizeai\/openinference)/.test(scope)) return true;
  if (keys.withPrefix("llm.").some((key) => LLM_SIGNS.test(key))) return true;
  if (["reranker", "embedding", "decision"].some((family) => keys.hasFamily(family))) return true;
  return (
    keys.has("retrieval.documents") ||
    keys.withPrefix("retrieval.documents.").length > 0 ||
    keys.withPrefix("graph.node.").length > 0
  );
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(take);
  const settings = readSettings(take);
  const input = readPayload(take, "input");
  const output = readPayload(take, "output");
  const conversation = readConversation({ span, kind, input, output, settings }, take);
  const usage = readOpenInferenceUsage(take);
  const hasAnswered = conversation.outputMessages.length > 0 || Object.keys(usage).length > 0;
  const models = readModels(kind, settings, span.statusCode !== "ERROR" || hasAnswered, take);
  const retrieval = readRetrieval(take);
  const metadata = readMetadata(take);
  const fields: Partial<LlmFields> = {
    kind,
    displayName: undefined,
    provider: providerOf(
      take.text("llm.provider", "llm.system", "decision.provider", "decision.system"),
      models.responseModel ?? models.requestModel,
    ),
    requestModel: models.requestModel,
    responseModel: models.responseModel,
    invocationParameters: readInvocationParameters(settings),
    streaming: readStreaming(span, kind, settings, output),
    timeToFirstTokenMs: readTimeToFirstToken(span, take),
    input,
    output,
    inputMessages: conversation.inputMessages,
    outputMessages: conversation.outputMessages,
    tools: readTools(take.list("llm.tools").items.map(definitionOf)),
    usage,
    cost: readOpenInferenceCost(take),
    finishReasons: take
      .strings("llm.finish_reason", "llm.stop_reason", "llm.response.finish_reasons")
      .map(finishReasonOf),
    documents: retrieval.documents,
    inputDocuments: retrieval.inputDocuments,
    embeddings: retrieval.embeddings,
    query: take.text("reranker.query"),
    topK: take.number("reranker.top_k"),
    promptTemplate: readPromptTemplate(take),
    tool: undefined,
    agentName: take.text("agent.name"),
    graphNode: readGraphNode(take),
    tags: take.strings("tag.tags"),
    metadata,
  };
  const fallback: Partial<LlmFields> = fromMetadata(metadata);
  fallback.inputMessages = conversation.rawInput;
  fallback.outputMessages = conversation.rawOutput;
  fallback.tools = conversation.tools;
  if (kind === "AGENT" && fields.graphNode?.id !== undefined) fallback.agentName = fields.graphNode.id;
  if (kind === "GUARDRAIL") fallback.output = verdictOf(take.boolean("guardrail.triggered"));
  readToolSpan(kind, take, fields, fallback);
  // A function that was traced by hand as a tool is called what its span is.
  if (kind === "TOOL") fallback.tool = { name: span.name, ...fallback.tool };
  const isOfNoKind = readPeculiarities(span, kind, take, fields, fallback);
  return { fields, fallback, isOfNoKind, claimed: take.claimed, notes: take.notes };
}

function readKind(take: AttributeTaker): SpanKind | undefined {
  const kind = take.text("openinference.span.kind")?.trim().toUpperCase();
  // A model that decides between options is a model.
  if (kind === "DECISION") return "LLM";
  // Envoy's AI gateway, asked how many tokens a text has: no model reads it.
  if (kind === "TOKEN_COUNTER") return "CHAIN";
  return SPAN_KINDS.find((known) => known === kind && known !== "UNKNOWN");
}

function readSettings(take: AttributeTaker): Record<string, unknown> | undefined {
  const settings = take.record("llm.invocation_parameters") ?? take.record("embedding.invocation_parameters");
  // Portkey's has what its client does not name in one more object.
  const { kwargs, ...named } = settings ?? {};
  return isRecord(kwargs) ? { ...named, ...kwargs } : settings;
}

function readModels(
  kind: SpanKind | undefined,
  settings: Record<string, unknown> | undefined,
  hasAnswered: boolean,
  take: AttributeTaker,
): { requestModel?: string; responseModel?: string } {
  const names = [
    "llm.response.model_name",
    "llm.model_name",
    "decision.response.model_name",
    "decision.model_name",
    "embedding.model_name",
    "reranker.model_name",
  ];
  // A span may carry the model of what it feeds: its own kind decides.
  if (kind === "EMBEDDING") names.unshift("embedding.model_name");
  if (kind === "RERANKER") names.unshift("reranker.model_name");
  const request =
    take.text("llm.request.model_name", "decision.request.model_name") ??
    textOf(settings?.["model"] ?? settings?.["model_name"]);
  const model = take.text(...names);
  if (hasAnswered) return compact({ requestModel: request, responseModel: model }) ?? {};
  // One name for both: of a call that failed, it is what was asked for.
  const responseModel = take.text("llm.response.model_name", "decision.response.model_name");
  return compact({ requestModel: request ?? model, responseModel }) ?? {};
}

/**
 * What was asked for; else the name of the method that was called (`converse_stream`, `GenerateContentStream`). LangChain
 * has the setting of the model: that the call streamed shows in the classes of its answer.
 */
function readStreaming(
  span: WireSpan,
  kind: SpanKind | undefined,
  settings: Record<string, unknown> | undefined,
  output: Payload | undefined,
): boolean | undefined {
  if (kind === "LLM" && output?.value.includes('"AIMessageChunk"') === true) return true;
  if (typeof settings?.["stream"] === "boolean") return settings["stream"];
  const isStream = kind === "LLM" && /stream$/i.test(span.name);
  return isStream && span.scope.name.startsWith("openinference.instrumentation.") ? true : undefined;
}

/** Milliseconds from the span's start to the event, or as an attribute says. */
function readTimeToFirstToken(span: WireSpan, take: AttributeTaker): number | undefined {
  const event = span.events.find((each) => each.name === "First Token Stream Event");
  if (event === undefined || event.timeNs === "0") {
    const seconds = take.number("service.ttfb_seconds");
    return seconds === undefined ? take.number("time_to_first_token_ms") : roundMs(seconds * 1e3);
  }
  return Number(BigInt(event.timeNs) - BigInt(span.startTimeNs)) / 1e6;
}

/** What Python prints of what it cannot: `<groq.Stream object at 0x7f5c>` is nobody's answer. */
const UNPRINTED = /^<[\w.]+ object at 0x[0-9a-fA-F]+>$/;

function readPayload(take: AttributeTaker, side: "input" | "output"): Payload | undefined {
  const key = `${side}.value`;
  const value = take.attrs.get(key);
  if (value === undefined || value === null || (typeof value === "string" && UNPRINTED.test(value)))
    return undefined;
  take.claim(key);
  const mimeType = take.text(`${side}.mime_type`);
  const { payload, complaint } = toPayload(value, mimeType);
  if (complaint !== undefined) take.malformed(key, `\`${key}\` ${complaint}.`);
  return payload;
}

/** `{tool: {json_schema: "…"}}`, `{"tool.json_schema": "…"}`, or the definition itself. */
function definitionOf(item: unknown): unknown {
  const opened = undot(jsonOf(item));
  if (!isRecord(opened)) return opened;
  const tool = isRecord(opened["tool"]) ? opened["tool"] : opened;
  return jsonOf(tool["json_schema"] ?? tool);
}

function readPromptTemplate(take: AttributeTaker): LlmFields["promptTemplate"] {
  const prefix = "llm.prompt_template.";
  return compact({
    name: take.text("prompt.id", "prompt.name"),
    version: take.text(`${prefix}version`),
    template: take.text(`${prefix}template`),
    variables: take.record(`${prefix}variables`),
  });
}

function readGraphNode(take: AttributeTaker): LlmFields["graphNode"] {
  return compact({
    id: take.text("graph.node.id"),
    name: take.text("graph.node.name"),
    parentId: take.text("graph.node.parent_id"),
  });
}

/** One object in `metadata`, keys under `metadata.`, or both; the keys win. */
function readMetadata(take: AttributeTaker): Record<string, unknown> | undefined {
  const prefix = "metadata.";
  const whole = take.record("metadata");
  const entries = take.attrs.withPrefix(prefix);
  for (const [name] of entries) take.claim(prefix + name);
  if (entries.length === 0) return whole;
  return { ...whole, ...Object.fromEntries(entries.map(([name, value]) => [name, jsonOf(value)])) };
}

function fromMetadata(metadata: Record<string, unknown> | undefined): Partial<LlmFields> {
  if (metadata === undefined) return {};
  return (
    compact({
      sessionId: textOf(firstOf(metadata, "session_id", "sessionId", "thread_id")),
      userId: textOf(firstOf(metadata, "user_id", "userId")),
      provider: providerOf(textOf(metadata["ls_provider"])),
      tags: stringsOf(metadata["tags"]),
      agentName: textOf(metadata["lc_agent_name"]),
      graphNode: compact({ name: textOf(metadata["langgraph_node"]) }),
    }) ?? {}
  );
}

const hasCall = ({ parts }: Message) => parts.some((part) => part.type === "tool_call");

/** `tool.parameters` is the tool's schema from some instrumentations, and the call's arguments from others. */
function readToolSpan(
  kind: SpanKind | undefined,
  take: AttributeTaker,
  fields: Partial<LlmFields>,
  fallback: Partial<LlmFields>,
): void {
  const tool: LlmFields["tool"] = compact({
    name: take.text("tool.name", "tool_call.function.name"),
    callId: take.text("tool_call.id", "tool.id", "tool.call_id"),
    description: take.text("tool.description"),
    arguments: take.json("tool_call.function.arguments"),
    result: take.json("tool.result"),
  });
  if (tool !== undefined) fields.tool = tool;
  if (kind === "TOOL" && tool?.name !== undefined) fields.displayName = tool.name;
  const key = take.attrs.has("tool.parameters") ? "tool.parameters" : "tool.json_schema";
  const parameters = take.attrs.json(key);
  if (parameters === undefined || parameters === null || parameters === "") return;
  if (!isSchema(parameters)) {
    // What was told as a call stands: then these are something else.
    if (fields.inputMessages?.some(hasCall) === true) return;
    take.claim(key);
    if (fields.input === undefined) fallback.tool = { arguments: parameters };
    return;
  }
  take.claim(key);
  const definition = compact({ description: tool?.description, parameters });
  fallback.tools = [{ name: tool?.name ?? "", ...definition, raw: parameters }];
}
