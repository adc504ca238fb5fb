import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { pythonLiteral } from "../normalise/python-literal.ts";
import { providerOf } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { openResult } from "../normalise/read-parts.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { unflatten } from "../normalise/unflatten.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import type { Dialect, DialectReading } from "./dialect.ts";

/**
 * LlamaIndex's own OpenTelemetry integration, which tells everything in span events (`LLMChatEndEvent`, …) with the
 * event's members flattened into dotted keys; and its spans under other instrumentations, whose names say what they
 * are: `VectorIndexRetriever.task`, `FunctionTool.acall`.
 *
 * @see https://github.com/run-llama/llama_index/tree/main/llama-index-integrations/observability
 */
export const llamaindex: Dialect = { name: "llamaindex", speaks, speaksOtherwise, read };

const OWN_SCOPE = /^llamaindex\.opentelemetry/;
const OTHER_SCOPES =
  /^(opentelemetry\.instrumentation\.llamaindex|openinference\.instrumentation\.llama_index)/;

function speaks(scope: string, keys: AttributeKeys): boolean {
  return !OTHER_SCOPES.test(scope) && (OWN_SCOPE.test(scope) || keys.hasFamily("llamaindex"));
}

function speaksOtherwise(span: WireSpan): boolean {
  return OTHER_SCOPES.test(span.scope.name) && Object.keys(readNamed(span.name)).length > 0;
}

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  if (OTHER_SCOPES.test(span.scope.name)) {
    const fields = readNamed(span.name);
    if (fields.kind === "AGENT" || STEP.test(span.name)) readPrintedStep(fields, attrs);
    return { fields, claimed: [], notes: [] };
  }
  const events = new Map<string, Item>();
  for (const event of span.events)
    if (EVENTS.test(event.name)) events.set(event.name, membersOf(event.attributes));
  const fields: Partial<LlmFields> = {
    kind: kindOf(span.name, events, attrs.text("llamaindex.step.input_event")),
  };
  const named = NAME.exec(span.name);
  if (fields.kind === "AGENT" && named?.[1] !== undefined) fields.agentName = named[1];
  readChat(fields, events);
  readSearch(fields, events);
  readEmbedding(fields, events);
  readRest(fields, events);
  if (fields.kind === "TOOL") readToolStep(fields, attrs, events);
  readStepInput(fields, attrs);
  const claimed = ["llamaindex.run_id", "llamaindex.step.input_summary"].filter((key) => attrs.has(key));
  return { fields, claimed, notes: [] };
}

const EVENTS = /^(\w+Event|step\.output|workflow\.output)$/;
const NAME = /^(\w+)\.(\w+)$/;

/** `response.raw.usage.prompt_tokens` … as the tree they were; JSON text in them opened. */
function membersOf(attributes: WireSpan["attributes"]): Item {
  const attrs = new AttributeReader(attributes);
  const tree = unflatten(attrs.keys().map((key) => [key, openMember(attrs.get(key))]));
  return isRecord(tree) ? tree : {};
}

function openMember(value: unknown): unknown {
  return value === "null" ? null : jsonOf(value);
}

const AGENT_TYPE = /(Agent|AgentWorkflow|AgentRunner)$/;
const AGENT_METHOD = /^(a?run|a?chat|workflow)$/;

/** By the events that it tells, else by its name: the class, and the method that is the work itself. */
function kindOf(name: string, events: ReadonlyMap<string, Item>, step: string | undefined): SpanKind {
  const has = (prefix: string) => [...events.keys()].some((event) => event.startsWith(prefix));
  if (has("LLMChat") || has("LLMCompletion")) return "LLM";
  if (has("LLMStructuredPredict") || has("LLMPredict")) return "CHAIN";
  if (has("Embedding") || has("SparseEmbedding")) return "EMBEDDING";
  if (has("Retrieval")) return "RETRIEVER";
  if (has("ReRank")) return "RERANKER";
  const [, type = "", method = ""] = NAME.exec(name) ?? [];
  // An agent's step that runs a tool knows its call; the tool's own span inside it tells nothing.
  if (step === "ToolCall") return method === "call_tool" ? "TOOL" : "CHAIN";
  if (type.endsWith("Tool") && /^a?call$/.test(method)) return "TOOL";
  return AGENT_TYPE.test(type) && AGENT_METHOD.test(method) ? "AGENT" : "CHAIN";
}

/** A step of an agent's workflow, which is given an event and gives back the next one. */
const STEP =
  /Agent(Workflow)?\.(init_run|setup_agent|run_agent_step|parse_agent_output|call_tool|aggregate_tool_results)$/;

const PREDICT = /^(a|stream_|astream_)?(structured_)?predict$/;

/** What other instrumentations take for something else, by its name. */
function readNamed(spanName: string): Partial<LlmFields> {
  const [, type = "", method = ""] = NAME.exec(spanName) ?? [];
  // To make a request ready is no call, and to fill in a template wraps one.
  if (method.startsWith("_prepare_") || PREDICT.test(method)) return { kind: "CHAIN" };
  if (AGENT_TYPE.test(type) && AGENT_METHOD.test(method)) return { kind: "AGENT", agentName: type };
  if (STEP.test(spanName)) return { kind: "CHAIN" };
  if (method !== "task") return {};
  if (type.endsWith("Retriever")) return { kind: "RETRIEVER" };
  if (type.endsWith("Embedding")) return { kind: "EMBEDDING" };
  return type.endsWith("Tool") ? { kind: "TOOL" } : {};
}

function readChat(fields: Partial<LlmFields>, events: ReadonlyMap<string, Item>): void {
  const start = events.get("LLMChatStartEvent") ?? events.get("LLMCompletionStartEvent");
  const end = events.get("LLMChatEndEvent") ?? events.get("LLMCompletionEndEvent");
  if (start === undefined && end === undefined) return;
  const asked = start?.["messages"] ?? end?.["messages"] ?? start?.["prompt"] ?? end?.["prompt"];
  fields.inputMessages = readMessages(
    (Array.isArray(asked) ? asked : [asked]).filter(Boolean).map(plainMessage),
    "user",
  );
  const model = isRecord(start?.["model_dict"]) ? start["model_dict"] : {};
  const more = isRecord(start?.["additional_kwargs"]) ? start["additional_kwargs"] : {};
  fields.requestModel = textOf(model["model_name"]);
  fields.provider = providerOf(textOf(model["class_name"])?.replace(/_llm$/i, ""));
  fields.invocationParameters = readInvocationParameters(
    compact({ temperature: model["temperature"], ...more }),
  );
  fields.tools = readTools(Array.isArray(more["tools"]) ? more["tools"] : []);
  const response = isRecord(end?.["response"]) ? end["response"] : {};
  const raw = isRecord(response["raw"]) ? response["raw"] : {};
  fields.outputMessages = readAnswer(response);
  fields.responseModel = textOf(raw["model"]);
  fields.responseId = textOf(raw["id"]);
  fields.usage = readUsageObject(raw["usage"] ?? raw["usage_metadata"] ?? response["additional_kwargs"]);
  const choices = Array.isArray(raw["choices"]) ? raw["choices"].filter(isRecord) : [];
  const reasons = [...choices.map((choice) => choice["finish_reason"]), raw["stop_reason"]].map(textOf);
  fields.finishReasons = reasons.filter((reason) => reason !== undefined).map(finishReasonOf);
}

function readAnswer(response: Item): Message[] {
  const message = response["message"];
  if (!isRecord(message))
    return typeof response["text"] === "string" ? readMessages([response["text"]], "assistant") : [];
  return readMessages([plainMessage(message)], "assistant");
}

/** What providers have beside the content stands in `additional_kwargs`; calls may be among the blocks as well. */
function plainMessage(message: unknown): unknown {
  if (!isRecord(message) || !isRecord(message["additional_kwargs"])) return message;
  const { tool_calls, tool_call_id, name } = message["additional_kwargs"];
  return { ...message, tool_calls, tool_call_id, name };
}

function readSearch(fields: Partial<LlmFields>, events: ReadonlyMap<string, Item>): void {
  const start = events.get("RetrievalStartEvent") ?? events.get("ReRankStartEvent");
  const end = events.get("RetrievalEndEvent") ?? events.get("ReRankEndEvent");
  if (start === undefined && end === undefined) return;
  const asked = start?.["str_or_query_bundle"] ?? start?.["query"];
  fields.query = textOf(isRecord(asked) ? asked["query_str"] : asked);
  fields.documents = readDocuments(Array.isArray(end?.["nodes"]) ? end["nodes"] : []);
  if (!events.has("ReRankStartEvent")) return;
  fields.inputDocuments = readDocuments(Array.isArray(start?.["nodes"]) ? start["nodes"] : []);
  fields.topK = Number(start?.["top_n"]) || undefined;
  fields.responseModel = textOf(start?.["model_name"]);
}

function readEmbedding(fields: Partial<LlmFields>, events: ReadonlyMap<string, Item>): void {
  const start = events.get("EmbeddingStartEvent");
  const end = events.get("EmbeddingEndEvent");
  if (start === undefined && end === undefined) return;
  const model = isRecord(start?.["model_dict"]) ? start["model_dict"] : {};
  fields.requestModel = textOf(model["model_name"]);
  fields.embeddings = readEmbeddings(end?.["chunks"], end?.["embeddings"]);
}

/** Question and answer of what is no call itself: engines, synthesizers, steps. */
function readRest(fields: Partial<LlmFields>, events: ReadonlyMap<string, Item>): void {
  if (fields.kind === "LLM" || fields.kind === "EMBEDDING" || fields.kind === "RETRIEVER") return;
  for (const [name, body] of events) {
    const isStart = name.endsWith("StartEvent");
    const value = isStart
      ? (body["query"] ?? body["query_str"] ?? body["user_msg"])
      : (body["response"] ?? body["output"]);
    const text = isRecord(value) ? (value["query_str"] ?? value["response"] ?? value) : value;
    if (text === undefined || text === null) continue;
    if (isStart) fields.input ??= payloadOf(text);
    else fields.output ??= payloadOf(typeof text === "string" ? (saidIn(text) ?? text) : text);
  }
}

const TEXT = String.raw`('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
const BLOCK = new RegExp(String.raw`TextBlock\(block_type='text', text=${TEXT}\)`);
const SAID = new RegExp(`ASSISTANT.*?${BLOCK.source}`, "s");
const ASKED = new RegExp(
  String.raw`^AgentWorkflowStartEvent\(user_msg=${TEXT}|^Agent(?:Input|Setup)\(.*USER.*?${BLOCK.source}`,
  "s",
);

/** The text that one of these finds in what Python printed, which is cut at 200 characters. */
function textIn(printed: string, pattern: RegExp): string | undefined {
  const [, ...found] = pattern.exec(printed.slice(0, 10_000)) ?? [];
  const literal = found.find((each) => each !== undefined);
  return literal === undefined ? undefined : textOf(pythonLiteral(literal));
}

/** What the assistant said in an agent's output. */
const saidIn = (printed: string) => textIn(printed, SAID);

/**
 * An agent, and its steps, as OpenInference tells of them: the event among the machinery around it (`ctx`, `init_state`), and
 * of what was printed what was said.
 */
function readPrintedStep(fields: Partial<LlmFields>, attrs: AttributeReader): void {
  const given = attrs.json("input.value");
  const event = isRecord(given) ? textOf(given["ev"] ?? given["start_event"]) : undefined;
  if (event !== undefined) fields.input = payloadOf(textIn(event, ASKED) ?? saidIn(event) ?? event);
  const printed = attrs.text("output.value") ?? "";
  const said = saidIn(printed) ?? textIn(printed, ASKED);
  if (said !== undefined) fields.output = payloadOf(said);
}

/** What a step of a workflow was given: the user's words where it is these, else the event as it was printed. */
function readStepInput(fields: Partial<LlmFields>, attrs: AttributeReader): void {
  const printed = attrs.text("llamaindex.step.input_summary");
  if (fields.kind !== "CHAIN" || printed === undefined) return;
  fields.input ??= payloadOf(textIn(printed, ASKED) ?? printed);
}

/** `ToolCall(tool_name='get_weather', tool_kwargs={'city': 'Paris'}, tool_id='call_1')`, and its answer in the output. */
function readToolStep(
  fields: Partial<LlmFields>,
  attrs: AttributeReader,
  events: ReadonlyMap<string, Item>,
): void {
  const summary = attrs.text("llamaindex.step.input_summary")?.slice(0, 10_000) ?? "";
  const [, name, args, callId] =
    /^ToolCall\(tool_name='([^']*)', tool_kwargs=(\{.*\}), tool_id='([^']*)'\)$/s.exec(summary) ?? [];
  if (name === undefined) return;
  const printed = textOf(events.get("step.output")?.["output"]) ?? "";
  const answer = textIn(printed, BLOCK);
  fields.tool = { name, callId, arguments: openPrinted(args), result: openResult(answer ?? printed) };
  fields.displayName = name;
}

/** A Python dict; anything else stays text. */
function openPrinted(printed: string | undefined): unknown {
  const opened = printed === undefined ? undefined : pythonLiteral(printed);
  return isRecord(opened) ? opened : printed;
}
