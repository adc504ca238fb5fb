import type { Attributes } from "@nightowl/model/span/attributes";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { LlmFields, Payload, SpanEvent, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { parametersOf } from "../normalise/invocation-parameters.ts";
import { providerOf, providerOfServer } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { mergeAssistantMessages, rawMessages, readMessages } from "../normalise/read-messages.ts";
import type { Exchange } from "../normalise/read-message-events.ts";
import { openResult } from "../normalise/read-parts.ts";
import { readCompletionPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { DETAILS_EVENT, isGenaiEvent, readSaidInEvents } from "./genai/events.ts";
import { readWholeOrIndexed } from "./genai/indexed.ts";
import { readGenaiCost, readGenaiUsage } from "./genai/usage.ts";

/**
 * OpenTelemetry's semantic conventions for generative AI: the current form, in attributes or in events (which may
 * have come as log records), and the forms before it: an event a role, flattened prompts, older names of tokens.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const genai: Dialect = {
  name: "genai",
  speaks: (_scope, keys) => keys.hasFamily("gen_ai") || keys.has("mcp.method.name"),
  speaksOtherwise: (span) => span.events.some(isGenaiEvent),
  read: readGenai,
};

const KINDS: Record<string, SpanKind> = {
  chat: "LLM",
  text_completion: "LLM",
  generate_content: "LLM",
  completion: "LLM",
  response: "LLM",
  generate: "LLM",
  embeddings: "EMBEDDING",
  embedding: "EMBEDDING",
  retrieval: "RETRIEVER",
  search_memory: "RETRIEVER",
  rerank: "RERANKER",
  execute_tool: "TOOL",
  invoke_agent: "AGENT",
  create_agent: "AGENT",
  plan: "CHAIN",
  invoke_workflow: "CHAIN",
  // How many tokens a text has: no model reads it.
  tokenize: "CHAIN",
  // Of an answer that was given before: no model is asked.
  fetch_response: "CHAIN",
  create_memory: "CHAIN",
  update_memory: "CHAIN",
  upsert_memory: "CHAIN",
  delete_memory: "CHAIN",
  create_memory_store: "CHAIN",
  update_memory_store: "CHAIN",
  delete_memory_store: "CHAIN",
  agent_step: "CHAIN",
  // Of LangSmith, of LangChain's in JavaScript, and of Mastra.
  chain: "CHAIN",
  workflow: "CHAIN",
  workflow_step: "CHAIN",
  model_generation: "CHAIN",
  "ai.generatespeech": "LLM",
  "ai.transcribe": "LLM",
  // Azure's agents: what is done around a run, which is a call of a model.
  create_thread: "CHAIN",
  create_message: "CHAIN",
  list_messages: "CHAIN",
  list_run_steps: "CHAIN",
  create_conversation: "CHAIN",
  list_conversation_items: "CHAIN",
  // Of Gemini CLI, the AI SDK and others, which have words of their own for these.
  llm_call: "LLM",
  decide: "LLM",
  tool_call: "TOOL",
  agent_call: "AGENT",
};

const FINISH_REASONS = [
  "gen_ai.response.finish_reasons",
  "gen_ai.response.finish_reason",
  "gen_ai.response.stop_reason",
  "anthropic.message.stop_reason",
];

function readGenai(span: WireSpan, own: AttributeReader): DialectReading {
  const attrs = withDetails(span, own);
  const take = new AttributeTaker(attrs);
  const operation = take.text("gen_ai.operation.name")?.toLowerCase();
  const kind = readKind(operation, take);
  const said = readSaidInEvents(span.events);
  const conversation = kind === "TOOL" ? SILENCE : readConversation(said, take);
  const model = readModel("gen_ai.request.model", take);
  const isSearch =
    attrs.keysWithPrefix("gen_ai.retrieval.").length > 0 || attrs.keysWithPrefix("gen_ai.memory.").length > 0;
  const fields: Partial<LlmFields> = {
    displayName: undefined,
    provider: providerOf(take.text("gen_ai.provider.name", "gen_ai.system", "gen_ai.model.provider"), model),
    requestModel: model,
    responseModel: readModel("gen_ai.response.model", take),
    responseId: take.text("gen_ai.response.id"),
    invocationParameters: undefined,
    streaming: take.boolean("gen_ai.request.stream"),
    timeToFirstTokenMs: readTimeToFirstToken(take),
    inputMessages: conversation.inputMessages,
    outputMessages: conversation.outputMessages,
    tools: readTools(take.list("gen_ai.tool.definitions").items),
    usage: readGenaiUsage(take),
    cost: readGenaiCost(take),
    finishReasons: take.strings(...take.among(FINISH_REASONS)).map(finishReasonOf),
    documents: isSearch ? readFound(take) : undefined,
    query: isSearch ? take.text("gen_ai.retrieval.query.text", "gen_ai.memory.query.text") : undefined,
    topK: isSearch ? take.number("gen_ai.retrieval.top_k") : undefined,
    promptTemplate: attrs.keysWithPrefix("gen_ai.prompt.").length > 0 ? readPromptTemplate(take) : undefined,
    // On a model's call these are the calls that it answered with, which its messages have.
    tool: kind === "LLM" || kind === "EMBEDDING" ? undefined : readTool(kind, span.name, said, take),
    agentName: readAgentName(take),
  };
  fields.invocationParameters = readParameters(kind, fields, take);
  if (kind === "TOOL") fields.displayName = fields.tool?.name;
  if (kind === "LLM" && conversation.outputMessages.length > 1)
    fields.outputMessages = joinPieces(conversation.outputMessages, fields);
  const fallback: Partial<LlmFields> = {
    // Other dialects say more exactly what a span is, and whose session it belongs to.
    kind,
    // Google's for Vertex AI names no provider in the current form.
    provider:
      (kind === "LLM" || kind === "EMBEDDING") && fields.provider === undefined
        ? providerOfServer(attrs.text("server.address"))
        : undefined,
    responseId: readServedId(take),
    sessionId: readSession(take),
    userId: take.text("gen_ai.request.user", "gen_ai.user"),
    input: conversation.input,
    output: conversation.output,
    inputMessages: conversation.fallbackInput,
    outputMessages: conversation.fallbackOutput,
  };
  const claimed = attrs === own ? take.claimed : take.claimed.filter((key) => own.has(key));
  return {
    fields,
    fallback,
    instructions: conversation.instructions,
    // A piece of an answer, which its call tells whole.
    isOfNoKind: operation === "model_chunk",
    claimed,
    notes: take.notes,
  };
}

/** One reason to stop is that of one answer, in however many pieces it came; and OpenAI's Responses are one answer always. */
function joinPieces(messages: Message[], { finishReasons, responseId }: Partial<LlmFields>): Message[] {
  if (responseId?.startsWith("resp_") === true) return mergeAssistantMessages(messages, true);
  return finishReasons?.length === 1 ? mergeAssistantMessages(messages) : messages;
}

/** Micrometer's conventions, and others, write a word where there is no value. */
function readModel(key: string, take: AttributeTaker): string | undefined {
  const model = take.text(key);
  return model === "none" || model === "unknown" ? undefined : model;
}

const isDetails = ({ name }: SpanEvent) => name === DETAILS_EVENT;

/** The span's attributes, and behind them those of its details events: the call's own, sent beside the span. */
function withDetails(span: WireSpan, own: AttributeReader): AttributeReader {
  if (!span.events.some(isDetails)) return own;
  const details = span.events.filter(isDetails);
  return new AttributeReader(
    Object.assign(
      {},
      ...details.toReversed().map((event) => event.attributes),
      span.attributes,
    ) as Attributes,
  );
}

function readKind(operation: string | undefined, take: AttributeTaker): SpanKind | undefined {
  // Bedrock's instrumentation calls whatever Titan does a completion.
  if (operation === "text_completion" && take.attrs.text("gen_ai.request.model")?.includes("embed") === true)
    return "EMBEDDING";
  if (operation !== undefined && Object.hasOwn(KINDS, operation)) return KINDS[operation];
  if (operation?.startsWith("image_") === true) return "LLM";
  if (take.attrs.text("mcp.method.name") === "tools/call") return "TOOL";
  if (take.attrs.has("gen_ai.embeddings.dimension.count")) return "EMBEDDING";
  return isServed(take.attrs) ? servedKind(take.attrs) : undefined;
}

/** A request as the server saw it that ran the model (vLLM, SGLang). */
function isServed(attrs: AttributeReader): boolean {
  if (attrs.keysWithPrefix("gen_ai.latency.").length === 0) return false;
  return attrs.has("gen_ai.latency.e2e") || attrs.has("gen_ai.latency.time_to_first_token");
}

/** Settings of sampling: only what is to generate text has any. */
const SAMPLING = ["max_tokens", "n", "temperature", "top_p"].map((name) => `gen_ai.request.${name}`);
const RERANKING_ID = /^rerank-/;
const GENERATION_ID = /^(chatcmpl|cmpl|resp|msg)[-_]/;

/** Such servers do not say what was asked for. What generates nothing, and was to generate nothing, is a vector or a score. */
function servedKind(attrs: AttributeReader): SpanKind {
  const id = attrs.text("gen_ai.request.id") ?? "";
  if (RERANKING_ID.test(id)) return "RERANKER";
  const isGenerated =
    GENERATION_ID.test(id) ||
    SAMPLING.some((key) => attrs.has(key)) ||
    (attrs.number("gen_ai.usage.completion_tokens") ?? 0) > 0;
  return isGenerated ? "LLM" : "EMBEDDING";
}

/** The server's id of a request is the one under which it answers; a prompt of several has a number behind it. */
function readServedId(take: AttributeTaker): string | undefined {
  if (!isServed(take.attrs)) return undefined;
  return take.text("gen_ai.request.id")?.replace(/^((?:cmpl|embd)-.+)-\d+$/, "$1");
}

/** Some instrumentations make up a name where they know none. */
function readAgentName(take: AttributeTaker): string | undefined {
  const { attrs } = take;
  const isMadeUp =
    attrs.text("gen_ai.agent.name") === "OpenAI Agent" && attrs.text("gen_ai.agent.id") === "agent";
  return isMadeUp ? undefined : take.text("gen_ai.agent.name");
}

/** A conversation's id. The id of the answer that a call goes on from is another one each turn, and no session's. */
function readSession(take: AttributeTaker): string | undefined {
  if (take.attrs.text("gen_ai.conversation.id")?.startsWith("resp_") === true) return undefined;
  return take.text("gen_ai.conversation.id", "gen_ai.thread.id");
}

/** What was found in a store of documents, or of memories. */
function readFound(take: AttributeTaker): LlmFields["documents"] {
  const documents = readDocuments(take.list("gen_ai.retrieval.documents").items);
  return documents.length > 0 ? documents : readDocuments(take.list("gen_ai.memory.records").items);
}

const FIRST_TOKEN = [
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.client.operation.time_to_first_chunk",
  "gen_ai.server.time_to_first_token",
  "gen_ai.latency.time_to_first_token",
];

/** Seconds on the wire. */
function readTimeToFirstToken(take: AttributeTaker): number | undefined {
  const seconds = take.number(...take.among(FIRST_TOKEN));
  // To the microsecond: 0.31 s is 310 ms, not 310.00000000000006.
  return seconds === undefined ? undefined : Math.round(seconds * 1e6) / 1e3;
}

/** The span's name where it is that of the operation and the tool's. */
const NAMED_TOOL = /^(?:execute_tool|(?:MCP send )?tools\/call) (.+)$/;

/** Of a tool's answer: the convention's, Google's, that of Mastra's first exporters and OpenLIT, OpenLLMetry's of MCP. */
const ARGUMENTS = ["gen_ai.tool.call.arguments", "gen_ai.tool.input", "mcp.request.argument"];
const RESULTS = [
  "gen_ai.tool.call.result",
  "code.function.return.value",
  "gen_ai.tool.output",
  "mcp.response.value",
];

function readTool(
  kind: SpanKind | undefined,
  spanName: string,
  said: Exchange,
  take: AttributeTaker,
): LlmFields["tool"] {
  // On a tool's own span the tool message is what it was given, and the choice what it answered.
  const given = kind === "TOOL" ? said.input[0]?.parts[0] : undefined;
  const answered = kind === "TOOL" ? said.output[0]?.parts : undefined;
  return compact({
    name:
      take.text("gen_ai.tool.name", "mcp.tool.name") ??
      (kind === "TOOL" ? NAMED_TOOL.exec(spanName)?.[1] : undefined),
    callId: take.text("gen_ai.tool.call.id", "gen_ai.tool.call_id"),
    description: take.text("gen_ai.tool.description"),
    arguments:
      take.json(...take.among(ARGUMENTS)) ??
      codeArguments(take) ??
      (given?.type === "tool_result" ? given.result : undefined),
    result: take.json(...take.among(RESULTS)) ?? resultOf(answered),
  });
}

/** Google's instrumentation writes what a function was called with one by one: `code.function.parameters.city.value`. */
function codeArguments(take: AttributeTaker): Record<string, unknown> | undefined {
  const given = take.members("code.function.parameters.") ?? {};
  const entries = Object.entries(given).filter(([key]) => key.endsWith(".value"));
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([key, value]) => [key.slice(0, -".value".length), value]));
}

function resultOf(parts: readonly MessagePart[] | undefined): unknown {
  const texts = parts?.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts === undefined || texts.length === 0 ? undefined : openResult(texts.join("\n"));
}

/** An id is no name: Gemini CLI numbers what its user said there. */
const PROMPT_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/;

function readPromptTemplate(take: AttributeTaker): LlmFields["promptTemplate"] {
  const prefix = "gen_ai.prompt.variable.";
  const variables = take.attrs.withPrefix(prefix);
  for (const [name] of variables) take.claim(prefix + name);
  const isId = PROMPT_ID.test(take.attrs.text("gen_ai.prompt.name") ?? "");
  return compact({
    name: isId ? undefined : take.text("gen_ai.prompt.name"),
    version: take.text("gen_ai.prompt.version"),
    variables: variables.length === 0 ? undefined : Object.fromEntries(variables),
  });
}

/** Request attributes that are settings of the call only on some kinds of span, or never. */
const NOT_PARAMETERS = new Set([
  "model",
  // Of the request itself.
  "id",
  "message_count",
  "stream_options",
  "is_stream",
  "user",
  "previous_response.id",
  // What some write there is the request's own, and no setting of it.
  "messages",
  "available_tools",
  "tools",
  "embedding_inputs",
  "base_url",
]);

function readParameters(
  kind: SpanKind | undefined,
  fields: Partial<LlmFields>,
  take: AttributeTaker,
): Record<string, unknown> | undefined {
  const prefix = "gen_ai.request.";
  const settings: [string, unknown][] = [];
  for (const key of take.attrs.keysWithPrefix(prefix)) {
    const name = key.slice(prefix.length);
    const value = take.attrs.get(key);
    if (NOT_PARAMETERS.has(name) || value === null || isNotGiven(name, value)) continue;
    // Older retrieval spans, and rerankings, write the number of documents where a model's top_k goes.
    if ((kind === "RETRIEVER" || kind === "RERANKER") && name === "top_k") {
      const topK = take.number(key);
      if (topK !== undefined) fields.topK ??= topK;
      continue;
    }
    take.claim(key);
    settings.push([name, openSetting(value)]);
  }
  const thinking = take.members("anthropic.thinking.");
  if (thinking !== undefined) settings.push(["thinking", thinking]);
  // Names of before 1.30, and what Google's instrumentation calls the configuration of a request.
  for (const place of ["gen_ai.openai.request.", "openai.request.", "gcp.gen_ai.operation.config."]) {
    for (const [name, value] of Object.entries(take.members(place) ?? {})) settings.push([name, value]);
  }
  const format = take.text("gen_ai.output.type");
  if (format !== undefined) settings.push(["response_format", format]);
  const dimensions = take.number("gen_ai.embeddings.dimension.count");
  if (dimensions !== undefined) settings.push(["dimensions", dimensions]);
  return settings.length === 0 ? undefined : parametersOf(settings);
}

/** OpenLIT writes what it takes for "not given": nothing, or a limit below zero. */
function isNotGiven(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === "" || (name.startsWith("max_") && typeof value === "number" && value < 0);
}

/** Some SDKs write numbers and lists as text. */
function openSetting(value: unknown): unknown {
  if (typeof value !== "string" || value.trim() === "") return value;
  const n = Number(value);
  return Number.isFinite(n) ? n : jsonOf(value);
}

interface Conversation {
  inputMessages: Message[];
  outputMessages: Message[];
  instructions: Message[];
  /** The instructions alone, or raw values: shown where no dialect has a conversation. */
  fallbackInput: Message[];
  fallbackOutput: Message[];
  /** Whole prompts and completions that are no messages. */
  input?: Payload | undefined;
  output?: Payload | undefined;
}

const SILENCE: Conversation = {
  inputMessages: [],
  outputMessages: [],
  instructions: [],
  fallbackInput: [],
  fallbackOutput: [],
};

/** From the newest form to the oldest: per side, the first that says something. */
function readConversation(said: Exchange, take: AttributeTaker): Conversation {
  const input = readWhole(take, "gen_ai.input.messages");
  const output = readWhole(take, "gen_ai.output.messages");
  const system = readInstructions(take);
  const prompt = readWholeOrIndexed(take, "prompt");
  const completion = readWholeOrIndexed(take, "completion");
  const inputMessages = firstMessages(input.items, said.input, prompt.items, "user");
  return {
    inputMessages: inputMessages.length === 0 ? [] : withSystem(system, inputMessages),
    outputMessages:
      wholeAnswer(output.items) ?? firstMessages(output.items, said.output, completion.items, "assistant"),
    instructions: system,
    fallbackInput: [...system, ...rawMessages(input.raw, "user")],
    fallbackOutput: rawMessages(output.raw, "assistant"),
    input: prompt.payload,
    output: completion.payload,
  };
}

/** A list of messages, or one text that says it all. */
function readWhole(take: AttributeTaker, key: string): { items: unknown[]; raw?: unknown } {
  const text = take.attrs.get(key);
  if (typeof text !== "string" || text.trim() === "" || /^\s*[[{"]/.test(text)) return take.list(key);
  take.claim(key);
  return { items: [text] };
}

/** The provider's whole answer where its messages should be, as Kong's gateway writes it. */
function wholeAnswer(items: readonly unknown[]): Message[] | undefined {
  const [answer] = items;
  if (items.length !== 1 || !isRecord(answer) || answer["role"] !== undefined) return undefined;
  if (!Array.isArray(answer["choices"]) && !Array.isArray(answer["candidates"])) return undefined;
  const { messages } = readCompletionPayload(answer);
  return messages.length > 0 ? messages : undefined;
}

function firstMessages(
  items: readonly unknown[],
  said: Message[],
  older: readonly unknown[],
  role: string,
): Message[] {
  if (items.length > 0) return readMessages(items, role);
  return said.length > 0 ? said : readMessages(older, role);
}

/** A list of parts, one part, a list of texts, or bare text; JSON or not. */
function readInstructions(take: AttributeTaker): Message[] {
  const given = take.json("gen_ai.system_instructions");
  if (given === undefined) return [];
  const content = isRecord(given) && Array.isArray(given["parts"]) ? given["parts"] : given;
  const message = readMessages([{ role: "system", content }], "system");
  // OpenLIT's JavaScript says so of LangChain's.
  const isNothing = textsOf(message[0]).includes("[object Object]");
  return isNothing ? [] : message.filter((each) => each.parts.length > 0);
}

/** Puts the instructions first, unless the conversation already begins with the same. */
function withSystem(system: Message[], messages: Message[]): Message[] {
  const first = messages[0];
  if (first?.role === "system" && textsOf(first) === textsOf(system[0])) return messages;
  return [...system, ...messages];
}

function textsOf(message: Message | undefined): string {
  const texts = message?.parts.map((part) => (part.type === "text" ? part.text : undefined)) ?? [];
  return texts.map(textOf).join("\n");
}
