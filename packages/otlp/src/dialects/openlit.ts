import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { AttributeReader, textOf } from "@nightowl/model/span/attribute-reader";
import { callArguments } from "../normalise/call-arguments.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { pythonLiteral, pythonRepr } from "../normalise/python-literal.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { openResult, readParts } from "../normalise/read-parts.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readPrintedBlocks } from "./openlit/printed-blocks.ts";

/**
 * OpenLIT: GenAI's names with additions of its own, and, in versions before 1.35, conversations written as one text
 * (`user: …`).
 *
 * @see https://github.com/openlit/openlit
 */
export const openlit: Dialect = {
  name: "openlit",
  // It also switches on what traces HTTP: those spans stay what they are.
  speaks: (scope) => OWN_SCOPE.test(scope),
  speaksOtherwise: (span, attrs) =>
    attrs.text("telemetry.sdk.name") === "openlit" ||
    (span.resource.attributes["telemetry.sdk.name"] === "openlit" && attrs.hasFamily("gen_ai")),
  read,
};

const OWN_SCOPE = /^@?openlit/;

/** Operations that are its own; the convention's are read as such. */
const KINDS: Record<string, SpanKind> = {
  image: "LLM",
  audio: "LLM",
  translate: "LLM",
  speech_to_text: "LLM",
  text_to_speech: "LLM",
  speech_to_text_translate: "LLM",
  transliterate: "LLM",
  language_identification: "LLM",
  video: "LLM",
  realtime: "LLM",
  model_request: "LLM",
  moderation: "GUARDRAIL",
  memory_search: "RETRIEVER",
  memory_get: "RETRIEVER",
  memory: "CHAIN",
  memory_add: "CHAIN",
  memory_update: "CHAIN",
  memory_delete: "CHAIN",
  crawl: "TOOL",
  crawl_deep: "TOOL",
  scrape: "TOOL",
  extract: "TOOL",
  search: "TOOL",
  map: "TOOL",
  browser_run: "AGENT",
  browser_step: "CHAIN",
  browser_action: "TOOL",
  conversation: "CHAIN",
  batch: "CHAIN",
  file: "CHAIN",
  fine_tuning: "CHAIN",
  framework: "CHAIN",
  agent: "AGENT",
  execute_task: "CHAIN",
  task: "CHAIN",
  execution: "CHAIN",
  user_prompt_processing: "CHAIN",
  tool_coordination: "CHAIN",
  mcp_tool_call: "TOOL",
};
const SEARCHES = /^(query|search|retrieve|fetch|similarity_search)/i;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(span, attrs);
  const fields: Partial<LlmFields> = {
    kind,
    streaming: take.boolean("gen_ai.request.is_stream"),
    inputMessages: firstTold(
      readTranscript(span, attrs, "gen_ai.input.messages", "gen_ai.prompt", "user"),
      readPrintedBlocks(span.events),
    ),
    query: take.text("gen_ai.retrieval.query", "gen_ai.memory.search.query", "gen_ai.knowledge.search.query"),
    tags: take.strings("gen_ai.framework.tags"),
    usage: readUsage(span, take),
    sessionId: take.text("gen_ai.agent.session_id", "gen_ai.memory.session_id"),
    userId: take.text("gen_ai.memory.user_id"),
  };
  // A model it knows no price of costs nothing to it.
  if (take.number("gen_ai.usage.cost") === 0) fields.cost = { source: "unpriced" };
  const failed = attrs.has("gen_ai.operation.name") ? null : FAILED_CALL.exec(span.name);
  if (failed !== null) Object.assign(fields, { kind: "LLM", requestModel: failed[1] });
  if (attrs.text("gen_ai.operation.name") === "execute_tool" || kind === "TOOL") fields.tool = readTool(take);
  if (kind === "RETRIEVER") Object.assign(fields, readSearch(take, fields.query));
  const input = take.json("gen_ai.workflow.input") ?? readCalledWith(take);
  const output = openPrinted(take.json("gen_ai.workflow.output"));
  if (input !== undefined) fields.input = payloadOf(input);
  if (output !== undefined) fields.output = payloadOf(output);
  if (isDecorated(span, attrs)) fields.output ??= take.payload("gen_ai.output.messages");
  if (fields.kind === undefined) fields.outputMessages = readAnswer(take);
  const reading: DialectReading = { fields, claimed: take.claimed, notes: take.notes };
  const environment = readEnvironment(span, take);
  if (environment !== undefined) reading.environment = environment;
  const serviceName = take.text("gen_ai.application_name");
  if (serviceName !== undefined) reading.serviceName = serviceName;
  if (isCallOfTools(attrs)) {
    fields.kind = "LLM";
    reading.withheld = ["tool", "displayName"];
  }
  return reading;
}

function firstTold(...readings: Message[][]): Message[] {
  return readings.find((messages) => messages.length > 0) ?? [];
}

const ENVIRONMENTS = ["deployment.environment.name", "deployment.environment"];

/** Its older name for what the application's resource says, where that does not. */
function readEnvironment({ resource }: WireSpan, take: AttributeTaker): string | undefined {
  const isSaid = ENVIRONMENTS.some((key) => resource.attributes[key] !== undefined || take.attrs.has(key));
  return isSaid ? undefined : take.text("gen_ai.environment");
}

/** OpenInference's processor for its spans takes an answer that calls tools for the tool that runs. */
function isCallOfTools(attrs: AttributeReader): boolean {
  return attrs.text("openinference.span.kind") === "TOOL" && attrs.text("gen_ai.operation.name") === "chat";
}

/** What failed before it was told apart: the span has its name and no attributes. */
const FAILED_CALL = /^chat (\S+)$/;

function readKind(span: WireSpan, attrs: AttributeReader): SpanKind | undefined {
  const operation = attrs.text("gen_ai.operation.name")?.toLowerCase();
  if (operation === undefined) return isDecorated(span, attrs) ? "CHAIN" : undefined;
  if (operation === "vectordb") {
    // Chroma's `query` is called the same as its `get`.
    return attrs.has("db.vector.query.top_k") ||
      attrs.has("db.n_results") ||
      SEARCHES.test(attrs.text("db.operation.name") ?? attrs.text("db.operation") ?? "")
      ? "RETRIEVER"
      : "CHAIN";
  }
  return Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
}

/** A function of the application that was traced with its decorator, or a piece of it with its manual trace. */
function isDecorated({ scope }: WireSpan, attrs: AttributeReader): boolean {
  return (scope.name === "openlit" || scope.name === "@openlit") && !attrs.has("gen_ai.operation.name");
}

/** A decorated function's arguments, as Python printed them. */
function readCalledWith(take: AttributeTaker): unknown {
  const args = pythonLiteral(take.text("function.args") ?? "");
  const kwargs = pythonLiteral(take.text("function.kwargs") ?? "");
  return Array.isArray(args) && isRecord(kwargs) ? callArguments({ args, kwargs }) : undefined;
}

/** Of providers that count what their cache held beside the input, it tells both as they do. */
const CACHE_BESIDE = /openlit.*[./-](anthropic|bedrock)$/;

function readUsage({ scope }: WireSpan, take: AttributeTaker): Usage {
  if (!CACHE_BESIDE.test(scope.name)) return {};
  const inputTokens = take.count("gen_ai.usage.input_tokens");
  if (inputTokens === undefined) return {};
  const cached =
    (take.count("gen_ai.usage.cache_read.input_tokens") ?? 0) +
    (take.count("gen_ai.usage.cache_creation.input_tokens") ?? 0);
  return { inputTokens: inputTokens + cached };
}

/** What stands where the text of a search would be: a count of vectors, or a vector. */
const NO_QUERY = /^(\w+=|\[)/;

function readSearch(take: AttributeTaker, query: string | undefined): Partial<LlmFields> {
  const text = query ?? take.attrs.text("db.query.text");
  const isText = text !== undefined && !NO_QUERY.test(text);
  return {
    query: isText ? (query ?? take.text("db.query.text")) : undefined,
    topK: take.number("db.vector.query.top_k", "db.n_results", "gen_ai.memory.search.limit"),
    provider: providerOf(take.text("db.system.name")),
  };
}

function readTool(take: AttributeTaker): LlmFields["tool"] {
  const given = take.json(
    "gen_ai.tool.input",
    "gen_ai.tool.args",
    "mcp.tool.arguments",
    "gen_ai.tool.call.arguments",
  );
  const answered = take.json("gen_ai.tool.output", "mcp.tool.result", "gen_ai.tool.call.result");
  return compact({
    name: take.text("mcp.tool.name"),
    arguments: typeof given === "string" ? (pythonLiteral(given) ?? given) : given,
    result: openAnswer(answered),
  });
}

/** LangChain's message around a tool's answer, as Python printed it. */
function openAnswer(answered: unknown): unknown {
  const message = typeof answered === "string" ? pythonRepr(answered) : undefined;
  return isRecord(message) && message["content"] !== undefined ? openResult(message["content"]) : answered;
}

/** What a model answered, where more is known of it than its messages say: its thoughts, its calls, the ids of these. */
function readAnswer(take: AttributeTaker): Message[] {
  const reasoning = take.text("gen_ai.content.reasoning");
  const printed = pythonLiteral(take.attrs.text("gen_ai.response.tool_calls") ?? "");
  if (Array.isArray(printed)) {
    take.claim("gen_ai.response.tool_calls");
    return readMessages([{ role: "assistant", tool_calls: printed }], "assistant");
  }
  // Of Responses, the messages have the items' own ids.
  const isResponses = take.attrs.text("openai.api.type") === "responses";
  const callIds = isResponses ? (take.text("gen_ai.tool.call.id")?.split(", ") ?? []) : [];
  if (reasoning === undefined && callIds.length === 0) return [];
  const [answer, ...others] = readMessages(take.list("gen_ai.output.messages").items, "assistant");
  const { role = "assistant", parts = [], ...rest } = answer ?? {};
  const thought: MessagePart[] = reasoning === undefined ? [] : [{ type: "reasoning", text: reasoning }];
  return [{ ...rest, role, parts: [...thought, ...withCallIds(parts, callIds)] }, ...others];
}

function withCallIds(parts: MessagePart[], ids: readonly string[]): MessagePart[] {
  const calls = parts.filter((part) => part.type === "tool_call");
  if (calls.length !== ids.length) return parts;
  return parts.map((part) =>
    part.type === "tool_call" ? { ...part, id: ids[calls.indexOf(part)] ?? "" } : part,
  );
}

/** The messages of a graph's state, which Python printed one by one. */
function openPrinted(state: unknown): unknown {
  const messages = isRecord(state) && Array.isArray(state["messages"]) ? state["messages"] : [];
  const opened = messages.map((message) => (typeof message === "string" ? pythonRepr(message) : undefined));
  if (opened.length === 0 || !opened.every(isRecord)) return state;
  return { ...(state as object), messages: opened.map((members) => ({ type: typeOf(members), ...members })) };
}

/** Printed without its class, a message is known by what only one of its kind has. */
function typeOf(members: Record<string, unknown>): string {
  if (members["tool_call_id"] !== undefined) return "tool";
  return members["usage_metadata"] === undefined && members["tool_calls"] === undefined ? "human" : "ai";
}

const TURN = /^(system|developer|user|assistant|tool|human|ai): /;

/** `user: Hello\nassistant: Hi` as messages; `[]` where the text does not begin in this way. */
function readTranscript(
  span: WireSpan,
  attrs: AttributeReader,
  key: string,
  olderKey: string,
  role: string,
): Message[] {
  const event = span.events.find((each) => each.name === "gen_ai.content.prompt");
  const said = new AttributeReader(event?.attributes ?? {});
  const text = attrs.get(key) ?? said.get(key) ?? said.get(olderKey);
  if (typeof text !== "string" || !TURN.test(text)) return [];
  return text.split(/\n(?=(?:system|developer|user|assistant|tool|human|ai): )/).map((turn) => {
    const speaker = TURN.exec(turn)?.[1] ?? role;
    const spoken = turn.replace(TURN, "");
    return {
      role: speaker === "human" ? "user" : speaker === "ai" ? "assistant" : speaker,
      parts: textOf(spoken) === undefined ? [] : readParts(spokenParts(spoken)),
    };
  });
}

/** `text: Look:, image_url: {'url': '…'}` as parts; any other text as it is. */
function spokenParts(spoken: string): unknown {
  if (!spoken.startsWith("text: ") || !spoken.includes(IMAGE)) return spoken;
  const [text = "", ...images] = spoken.slice("text: ".length).split(IMAGE);
  return [
    { type: "text", text },
    ...images.map((image) => ({ type: "image_url", image_url: pythonLiteral(image) ?? image })),
  ];
}

const IMAGE = ", image_url: ";
