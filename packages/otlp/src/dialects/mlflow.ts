import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { callArguments } from "../normalise/call-arguments.ts";
import { readIdentity } from "../normalise/identity.ts";
import { payloadOf, toPayload } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { splitAnswer } from "../normalise/read-message-events.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readCompletionPayload, readPromptPayload, textMessage } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { autogenSpeaker, readAutogenCall } from "./mlflow/autogen.ts";
import { readCrewai } from "./mlflow/crewai.ts";

/**
 * MLflow Tracing, as its SDKs export it over OTLP. Every value is JSON text, texts too; inputs and outputs are
 * those of the function or of the provider's client.
 *
 * @see https://mlflow.org/docs/latest/genai/tracing/opentelemetry/export/
 */
export const mlflow: Dialect = {
  name: "mlflow",
  speaks: (scope, keys) => keys.hasFamily("mlflow") || scope.startsWith("mlflow."),
  read,
};

const KINDS: Record<string, SpanKind> = {
  LLM: "LLM",
  CHAT_MODEL: "LLM",
  EMBEDDING: "EMBEDDING",
  RETRIEVER: "RETRIEVER",
  RERANKER: "RERANKER",
  TOOL: "TOOL",
  AGENT: "AGENT",
  CHAIN: "CHAIN",
  WORKFLOW: "CHAIN",
  TASK: "CHAIN",
  PARSER: "CHAIN",
  MEMORY: "CHAIN",
  EVALUATOR: "EVALUATOR",
  GUARDRAIL: "GUARDRAIL",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  // Asked for GenAI attributes instead of its own, it still writes its own types where the other has no word.
  const type = (unquoted(take, "mlflow.spanType") ?? attrs.text("gen_ai.operation.name") ?? "").toUpperCase();
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const inputs = said(take.json("mlflow.spanInputs"));
  const outputs = unwrap(said(take.json("mlflow.spanOutputs")));
  const { request, response } = openCall(inputs, outputs);
  const model = unquoted(take, "mlflow.llm.model");
  const metadata = readChainMetadata(take);
  const fields: Partial<LlmFields> = {
    kind,
    provider: readProvider(span, take, model),
    responseModel: model,
    usage: {
      ...readUsageObject(firstOf(response, "usage", "usage_metadata", "usageMetadata")),
      ...(kind === "LLM" ? readUsageObject(take.json("usage")) : {}),
      ...readUsageObject(take.json("mlflow.chat.tokenUsage")),
    },
    cost: readCost(take),
    tools: readTools(listOf(take.json("mlflow.chat.tools"))),
    timeToFirstTokenMs: readTimeToFirstChunk(span),
    promptTemplate: readPrompt(take),
    sessionId: unquoted(take, "mlflow.trace.session"),
    userId: unquoted(take, "mlflow.trace.user"),
    graphNode: metadata.graphNode,
    metadata: { ...metadata.rest, ...readTags(take) },
  };
  if (inputs !== undefined) fields.input = toPayload(rawOf(attrs, "mlflow.spanInputs"), undefined).payload;
  if (outputs !== undefined) fields.output = payloadOfOutputs(attrs, outputs);
  for (const key of ["mlflow.traceRequestId", "mlflow.spanFunctionName"]) if (attrs.has(key)) take.claim(key);
  // Haystack's own attributes are on the same span, and say more.
  if (span.scope.name === "mlflow.haystack.autolog") {
    const { input, output, usage } = fields;
    return { fields: {}, fallback: { input, output, usage }, claimed: take.claimed, notes: take.notes };
  }
  const fallback: Partial<LlmFields> = {
    tools: readTools(listOf(request["tools"])),
    sessionId: metadata.sessionId,
    userId: metadata.userId,
    agentName: metadata.agentName,
  };
  if (kind === "LLM" || kind === "EMBEDDING") Object.assign(fields, readRequest(request, take));
  // LangChain writes `stream: false` also where it was streamed.
  if (fields.timeToFirstTokenMs !== undefined) fields.streaming = true;
  if (kind === "LLM") readOwnWords(inputs, request, outputs, response, fields);
  if (kind === "LLM" && attrs.has("instructions")) readAgentsResponse(take, fields, fallback);
  if (kind === "EMBEDDING") {
    const texts = firstOf(request, "input", "contents", "texts", "text", "query");
    fields.embeddings = readEmbeddings(texts, response["data"] ?? response["embeddings"] ?? outputs);
  }
  if (kind === "TOOL") readTool(span, take, fields, inputs);
  // A method's name (`Agent.run`) is none of an agent.
  const ownName = span.name.includes(".") ? undefined : span.name;
  if (kind === "AGENT") {
    fallback.tools = readTools(listOf(take.json("tools")));
    // OpenAI's agents tell of what type the answer is, in place of the answer.
    if (isRecord(outputs) && Object.keys(outputs).join() === "output_type") {
      delete fields.output;
      fields.metadata = { ...outputs, ...fields.metadata };
    }
    fallback.agentName =
      unquoted(take, "agent_name") ?? unquoted(take, "name") ?? ownName ?? autogenSpeaker(span.name, outputs);
  }
  if (kind === "LLM") readChunks(span, fields);
  if (kind === "LLM" && unquoted(take, "mlflow.message.format") === "autogen")
    readAutogenCall(span.name, request["messages"], outputs, fields);
  readCrewai(attrs, inputs, fields);
  readChat(take, inputs, outputs, fallback);
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

type Item = Record<string, unknown>;

/** Early versions write the whole conversation once more, question and answer in one list: the form is poorer than what was sent. */
function readChat(
  take: AttributeTaker,
  inputs: unknown,
  outputs: unknown,
  fallback: Partial<LlmFields>,
): void {
  const items = listOf(take.json("mlflow.chat.messages"));
  if (items.length === 0) return;
  const chat = splitAnswer(readMessages(items, "user"));
  if (readPromptPayload(inputs).length === 0) fallback.inputMessages = chat.input;
  if (readCompletionPayload(outputs).messages.length === 0) fallback.outputMessages = chat.output;
}

/** Version 2 keeps of a stream its text; what else the answer said stands in its last pieces, which are events. */
function readChunks(span: WireSpan, fields: Partial<LlmFields>): void {
  if (Object.keys(fields.usage ?? {}).length > 0) return;
  const chunks = span.events.filter(({ name }) => name.startsWith("mlflow.chunk.item.")).slice(-3);
  for (const { attributes } of chunks) {
    const chunk = new AttributeReader(attributes).json("mlflow.chunk.value");
    if (!isRecord(chunk)) continue;
    fields.responseId ??= textOf(chunk["id"]);
    fields.responseModel ??= textOf(chunk["model"]);
    fields.usage = readUsageObject(chunk["usage"]);
    const reasons = readCompletionPayload(chunk).finishReasons;
    if (reasons.length > 0) fields.finishReasons = reasons;
  }
}

/** Nothing is written as a word. */
function said(value: unknown): unknown {
  return value === "null" || value === null ? undefined : value;
}

/** smolagents' answers come in a wrapper: `{_value: …}`. */
function unwrap(value: unknown): unknown {
  return isRecord(value) && Object.keys(value).length === 1 && "_value" in value ? value["_value"] : value;
}

/** Request and answer of a call; those of Bedrock's InvokeModel have the provider's own inside. */
function openCall(inputs: unknown, outputs: unknown): { request: Item; response: Item } {
  const open = (value: unknown): Item => {
    if (!isRecord(value)) return {};
    const body = jsonOf(value["body"]);
    return isRecord(body) ? body : value;
  };
  return { request: open(inputs), response: open(outputs) };
}

function payloadOfOutputs(attrs: AttributeReader, outputs: unknown): LlmFields["output"] {
  const sent = rawOf(attrs, "mlflow.spanOutputs");
  return isRecord(jsonOf(sent)) && !isRecord(outputs)
    ? payloadOf(outputs)
    : toPayload(sent, undefined).payload;
}

/** Whose format the messages are in says whose model it is, where only one provider has it. */
const FORMATS = new Set(["anthropic", "gemini", "bedrock", "mistral", "groq"]);

function readProvider(span: WireSpan, take: AttributeTaker, model: string | undefined): string | undefined {
  const format = unquoted(take, "mlflow.message.format");
  const told = unquoted(take, "mlflow.llm.provider");
  // Of a Bedrock model it takes the first word: `us` of `us.anthropic.claude-…`.
  if (format === "bedrock" || span.name.startsWith("BedrockRuntime.")) return "bedrock";
  const client = OPENAI_CLIENT.test(span.name) ? "openai" : undefined;
  return providerOf(told ?? (format !== undefined && FORMATS.has(format) ? format : client), model);
}

/** A call is named after the class of OpenAI's client, of which version 2 told nothing else. */
const OPENAI_CLIENT = /^(Async)?(Completions|Embeddings|Responses)(_\d+)?$/;

const SIGNS_OF_REQUEST = ["model", "modelId", "messages", "input", "contents", "prompt", "message"];

/** Of a client's call, or of what a framework writes beside it. */
function readRequest(request: Item, take: AttributeTaker): Partial<LlmFields> {
  const beside = take.record("invocation_params") ?? {};
  const isRequest = SIGNS_OF_REQUEST.some((name) => request[name] !== undefined);
  // LangChain's settings carry the tools, too.
  const settings = readInvocationParameters({ ...beside, ...(isRequest ? request : {}) }) ?? {};
  const {
    texts: _texts,
    text: _text,
    query: _query,
    prompt_args: _args,
    model_request_parameters: _own,
    ...others
  } = settings;
  const streaming = request["stream"] ?? beside["stream"];
  return {
    requestModel:
      textOf(firstOf(request, "model", "modelId")) ??
      textOf(firstOf(beside, "model", "model_name")) ??
      unquoted(take, "model_name") ??
      unquoted(take, "model"),
    ...(Object.keys(others).length > 0 && { invocationParameters: others }),
    ...(typeof streaming === "boolean" && { streaming }),
  };
}

/** Conversations that lie one level deeper than usual, in the body of an HTTP request. */
function readOwnWords(
  inputs: unknown,
  request: Item,
  outputs: unknown,
  response: Item,
  fields: Partial<LlmFields>,
): void {
  const own = request["model_request_parameters"];
  if (isRecord(own)) fields.tools = readTools(listOf(own["function_tools"]));
  if (request !== inputs) fields.inputMessages = readPromptPayload(request);
  if (response === outputs) return;
  const completion = readCompletionPayload(response);
  fields.outputMessages = completion.messages;
  fields.finishReasons = completion.finishReasons;
  fields.responseId = completion.responseId;
}

/** OpenAI's Agents SDK: what the answer says of its request is spread over attributes. */
function readAgentsResponse(
  take: AttributeTaker,
  fields: Partial<LlmFields>,
  fallback: Partial<LlmFields>,
): void {
  fields.requestModel ??= unquoted(take, "model");
  fields.responseId = unquoted(take, "id");
  fallback.tools = readTools(listOf(take.json("tools")));
  const instructions = unquoted(take, "instructions");
  const asked = fields.input === undefined ? [] : readPromptPayload(fields.input.value);
  if (instructions !== undefined && asked.length > 0 && asked[0]?.role !== "system")
    fields.inputMessages = [...textMessage(instructions, "system"), ...asked];
}

interface ChainMetadata {
  sessionId?: string | undefined;
  userId?: string | undefined;
  agentName?: string | undefined;
  graphNode?: LlmFields["graphNode"];
  rest?: Item | undefined;
}

/** LangChain's metadata of a run, which has LangGraph's in it. */
function readChainMetadata(take: AttributeTaker): ChainMetadata {
  const all = take.attrs.json("metadata");
  if (!isRecord(all)) return {};
  take.claim("metadata");
  const identity = readIdentity(all);
  const { langgraph_node: node, lc_agent_name: agent, ...rest } = identity.metadata ?? {};
  const name = textOf(node);
  return {
    sessionId: identity.sessionId,
    userId: identity.userId,
    agentName: textOf(agent),
    graphNode: name === undefined ? undefined : { name },
    rest: Object.fromEntries(Object.entries(rest).filter(([key]) => !/^(ls_|lc_versions$)/.test(key))),
  };
}

/** A text in quotes, in quotes twice where an exporter quoted what was quoted, or plain. */
function unquoted(take: AttributeTaker, key: string): string | undefined {
  const text = textOf(jsonOf(jsonOf(take.attrs.get(key))));
  if (text !== undefined) take.claim(key);
  return text;
}

/** JSON text as sent, but a text without its quotes. */
function rawOf(attrs: AttributeReader, key: string): unknown {
  const opened = attrs.json(key);
  return typeof opened === "string" ? opened : attrs.get(key);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function readCost(take: AttributeTaker): LlmFields["cost"] {
  if (!take.attrs.has("mlflow.llm.cost")) return undefined;
  const cost = take.record("mlflow.llm.cost") ?? {};
  return reportedCost(
    numberOf(cost["total_cost"]),
    numberOf(cost["input_cost"]),
    numberOf(cost["output_cost"]),
  );
}

/** Milliseconds from the start to the first piece of a stream, which LangChain calls a token. */
function readTimeToFirstChunk(span: WireSpan): number | undefined {
  const first = span.events.find(({ name }) => name === "mlflow.chunk.item.0" || name === "new_token");
  if (first === undefined || first.timeNs === "0" || span.startTimeNs === "0") return undefined;
  const start = BigInt(span.startTimeNs);
  // Version 2 counts microseconds there.
  const at = BigInt(first.timeNs) < start / 100n ? BigInt(first.timeNs) * 1000n : BigInt(first.timeNs);
  return Number(at - start) / 1e6;
}

function readPrompt(take: AttributeTaker): LlmFields["promptTemplate"] {
  const [prompt] = listOf(take.json("mlflow.linkedPrompts"));
  if (!isRecord(prompt)) return readTemplate(take);
  return compact({ name: textOf(prompt["name"]), version: textOf(prompt["version"]) });
}

/** LlamaIndex's template and what went into it, under a name as MLflow spells it. */
function readTemplate(take: AttributeTaker): LlmFields["promptTemplate"] {
  const template = unquoted(take, "prmopt_template");
  if (template === undefined) return undefined;
  return compact({ template, variables: take.record("template_arguments") });
}

function readTags(take: AttributeTaker): Record<string, unknown> | undefined {
  const prefix = "mlflow.traceTag.";
  const tags = take.attrs.withPrefix(prefix);
  for (const [name] of tags) take.claim(prefix + name);
  return tags.length === 0
    ? undefined
    : Object.fromEntries(tags.map(([name, value]) => [name, jsonOf(value)]));
}

/** What it answered is told by the output, whatever a framework wrapped it in. */
function readTool(span: WireSpan, take: AttributeTaker, fields: Partial<LlmFields>, inputs: unknown): void {
  const called = unquoted(take, "mlflow.spanFunctionName");
  // A name that came again has a number behind it.
  const isNumbered = called !== undefined && /^_\d+$/.test(span.name.slice(called.length));
  const name = isNumbered && span.name.startsWith(called) ? called : span.name;
  const given = isRecord(inputs) && isRecord(inputs["kwargs"]) ? { ...inputs } : inputs;
  if (isRecord(given)) delete given["sanitize_inputs_outputs"];
  fields.tool = compact({
    name,
    callId: unquoted(take, "tool_call_id"),
    arguments: given === undefined ? undefined : callArguments(given),
  });
  fields.displayName = name;
}
