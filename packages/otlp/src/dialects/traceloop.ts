import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { callArguments } from "../normalise/call-arguments.ts";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { parametersOf, readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { pythonLiteral, pythonRepr } from "../normalise/python-literal.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { openResult } from "../normalise/read-parts.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { bedrockKind, isBedrock, readBedrockUsage } from "./traceloop/bedrock.ts";
import { isMcp, readMcpCall } from "./traceloop/mcp.ts";
import {
  GRAPH_NODE,
  isHousekeeping,
  kindOfClass,
  openMethodCall,
  readCallbackTags,
} from "./traceloop/langchain.ts";
import { isRerank, readRerank } from "./traceloop/rerank.ts";
import { isVectorSearch, readVectorSearch } from "./traceloop/vector-search.ts";

/**
 * OpenLLMetry (Traceloop): workflows, agents, tasks and tools under `traceloop.`, and what its instrumentations of
 * models and vector stores write beside the names of GenAI. LiteLLM and Laminar write some of these names too.
 *
 * @see https://github.com/traceloop/openllmetry, https://github.com/traceloop/openllmetry-js
 */
export const traceloop: Dialect = { name: "traceloop", speaks, speaksOtherwise, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return (
    keys.hasFamily("traceloop") ||
    keys.has("llm.request.type") ||
    keys.has("gen_ai.is_streaming") ||
    scope.startsWith("@traceloop/") ||
    keys.has(GUARDRAIL) ||
    keys.has(GOTO) ||
    // OpenTelemetry's goes by the same name, and names a server.
    (scope === "opentelemetry.instrumentation.openai_agents" && !keys.has("server.address"))
  );
}

function speaksOtherwise(span: WireSpan, attrs: AttributeReader): boolean {
  return isBedrock(span) || isSagemaker(span) || isRerank(span, attrs) || isVectorSearch(span, attrs);
}

/** SageMaker's names neither provider nor kind; where a call failed, nothing at all. */
function isSagemaker({ scope, name }: WireSpan): boolean {
  return scope.name === "opentelemetry.instrumentation.sagemaker" && name === "sagemaker.completion";
}

/** Of the SDK's guardrails: on the whole of them, and on each. */
const GUARDRAIL = "gen_ai.guardrail.name";

/** A node of LangGraph's that says which one comes next. */
const GOTO = "langgraph.command.goto_node";

const SPAN_KINDS: Record<string, SpanKind> = {
  // Of OpenAI's agents: from one to another.
  handoff: "CHAIN",
  workflow: "CHAIN",
  task: "CHAIN",
  agent: "AGENT",
  tool: "TOOL",
  // Of MCP: a client's connection, and a request to a server.
  session: "CHAIN",
  server: "CHAIN",
};
const REQUEST_KINDS: Record<string, SpanKind> = {
  chat: "LLM",
  completion: "LLM",
  text_completion: "LLM",
  responses: "LLM",
  anthropic_messages: "LLM",
  image_generation: "LLM",
  embedding: "EMBEDDING",
  embeddings: "EMBEDDING",
  rerank: "RERANKER",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(span, take);
  const { called, runName } = openMethodCall(take.json("traceloop.entity.input", "gen_ai.task.input"));
  const name = take.text("traceloop.entity.name") ?? runName;
  const returned = take.json("traceloop.entity.output", "gen_ai.task.output");
  const mcp = readMcpCall(called, returned);
  const given = mcp === undefined ? unwrapCall(called) : mcp.arguments;
  const answered = mcp === undefined ? unwrapCall(openPrintedAnswer(returned)) : mcp.result;
  const fields: Partial<LlmFields> = {
    kind,
    displayName: kind === "TOOL" ? name : undefined,
    // GenAI's arguments repeat all that LangChain's callback was called with.
    tool: kind === "TOOL" ? compact({ name, arguments: given }) : undefined,
    agentName: kind === "AGENT" ? name : undefined,
    input: given === undefined ? undefined : payloadOf(given),
    // What Python writes of a function that returns nothing.
    output: answered === undefined || answered === "null" ? undefined : payloadOf(answered),
    invocationParameters: readParameters(take),
    streaming: take.boolean("gen_ai.is_streaming", "llm.is_streaming"),
    timeToFirstTokenMs: readTimeToFirstToken(span),
    tools: readTools(take.list("llm.request.functions").items),
    usage: isBedrock(span) ? readBedrockUsage(take) : readUsage(take),
    finishReasons: take.strings("llm.response.finish_reason", "llm.response.stop_reason").map(finishReasonOf),
    promptTemplate: readPromptTemplate(take),
    ...readAssociations(take, readCallbackTags(called)),
  };
  const fallback: Partial<LlmFields> = {
    requestModel: take.text("llm.request.model"),
    responseModel: take.text("llm.response.model"),
    userId: take.text("llm.user", "gen_ai.user"),
    provider: providerOf(take.text("llm.vendor")),
    inputMessages: readOldest(take, "llm.prompts", "user"),
    outputMessages: readOldest(take, "llm.completions", "assistant"),
  };
  if (span.scope.name === "@traceloop/instrumentation-openai") fields.inputMessages = openItems(take.attrs);
  if (isBedrock(span)) fields.provider = "bedrock";
  if (isSagemaker(span)) {
    fields.provider = "sagemaker";
    if (isRecord(given)) fields.invocationParameters = readInvocationParameters(given["parameters"]);
  }
  if (span.scope.name === "opentelemetry.instrumentation.vertexai") fields.provider = "vertex";
  if (span.scope.name === "opentelemetry.instrumentation.replicate") fields.outputMessages = readPieces(take);
  if (kind === "RETRIEVER") {
    fields.provider = providerOf(take.text("db.system"));
    Object.assign(fields, readVectorSearch(span, take));
  }
  if (kind === "GUARDRAIL") {
    fields.displayName = take.text(GUARDRAIL);
    fields.input ??= take.payload("gen_ai.guardrail.input");
    fields.output ??= take.payload("gen_ai.guardrail.output", "gen_ai.guardrail.status");
  }
  if (kind === "RERANKER") Object.assign(fields, readRerank(take));
  const reading: DialectReading = { fields, fallback, claimed: take.claimed, notes: take.notes };
  const error = readPrintedError(span);
  if (error !== undefined) reading.first = { error };
  return reading;
}

/** OpenAI's agents say what went wrong as Python prints it: `{'message': 'Error …', 'data': {'error': '…'}}`. */
function readPrintedError(span: WireSpan): LlmFields["error"] {
  if (span.statusCode !== "ERROR" || !span.statusMessage.startsWith("{'message': ")) return undefined;
  const printed = pythonLiteral(span.statusMessage);
  if (!isRecord(printed)) return undefined;
  const cause = isRecord(printed["data"]) ? textOf(printed["data"]["error"]) : undefined;
  const message = [textOf(printed["message"]), cause].filter((part) => part !== undefined).join(": ");
  return message === "" ? undefined : { message };
}

/** What Python prints of the answer of a tool of Agno's: `status='success' result='…' error=None …`. */
function openPrintedAnswer(returned: unknown): unknown {
  if (typeof returned !== "string" || !returned.startsWith("status=")) return returned;
  const members = pythonRepr(returned);
  if (!isRecord(members) || !Object.hasOwn(members, "result")) return returned;
  return openResult(members["result"] ?? members["error"]);
}

/** A list of items given to Responses, which its instrumentation in JavaScript sends as one text of a user. */
function openItems(attrs: AttributeReader): Message[] {
  const sent = attrs.json("gen_ai.input.messages");
  const message = Array.isArray(sent) && sent.length === 1 ? sent[0] : undefined;
  const part = isRecord(message) && Array.isArray(message["parts"]) ? message["parts"][0] : undefined;
  const text = isRecord(part) && part["type"] === "text" ? part["content"] : undefined;
  return typeof text === "string" && text.startsWith("[{") ? readPromptPayload(text) : [];
}

/** Replicate's models answer in pieces, each of which is written as a completion of its own. */
function readPieces(take: AttributeTaker): Message[] {
  const pieces = take
    .list("gen_ai.completion")
    .items.map((item) => (isRecord(item) ? textOf(item["content"]) : ""));
  const text = pieces.join("");
  const isText = pieces.length > 1 && !pieces.some((piece) => /^https?:/.test(piece ?? ""));
  return isText ? [{ role: "assistant", parts: [{ type: "text", text }] }] : [];
}

function readUsage(take: AttributeTaker): Usage {
  return (
    compact({
      inputTokens: take.count("llm.usage.prompt_tokens"),
      outputTokens: take.count("llm.usage.completion_tokens"),
      totalTokens: take.count("llm.usage.total_tokens"),
      reasoningTokens: take.count("llm.usage.reasoning_tokens"),
    }) ?? {}
  );
}

function readKind(span: WireSpan, take: AttributeTaker): SpanKind | undefined {
  const kind = take.text("traceloop.span.kind")?.toLowerCase();
  if (take.attrs.has(GUARDRAIL)) return "GUARDRAIL";
  // LangChain's tools and retrievers may be tasks that say what they do, in JavaScript its agents workflows.
  const operation = take.attrs.text("gen_ai.operation.name");
  if (operation === "execute_tool") return "TOOL";
  if (operation === "vector_db_retrieve") return "RETRIEVER";
  if (operation === "invoke_agent" && span.scope.name === "@traceloop/instrumentation-langchain")
    return "AGENT";
  const kindByClass = kindOfClass(span);
  if (kindByClass !== undefined) return kindByClass;
  // So are LlamaIndex's retrievers, by their names.
  if (
    kind === "task" &&
    /\binstrumentation[.-]llamaindex$/.test(span.scope.name) &&
    span.name.endsWith("_retriever.retrieve")
  )
    return "RETRIEVER";
  if (kind !== undefined && Object.hasOwn(SPAN_KINDS, kind)) return SPAN_KINDS[kind];
  const type = take.text("llm.request.type")?.toLowerCase();
  const bedrock = isBedrock(span) ? bedrockKind(take.attrs) : undefined;
  if (bedrock !== undefined) return bedrock;
  if (type !== undefined) {
    // LiteLLM puts an `a` before what runs asynchronously.
    for (const each of [type, type.replace(/^a/, "")]) {
      if (Object.hasOwn(REQUEST_KINDS, each)) return REQUEST_KINDS[each];
    }
  }
  if (isVectorSearch(span, take.attrs)) return "RETRIEVER";
  if (isSagemaker(span)) return "LLM";
  if (take.attrs.has(GOTO) || isMcp(span)) return "CHAIN";
  return isRerank(span, take.attrs) ? "RERANKER" : undefined;
}

/** Messages as they were named before `gen_ai.prompt.N`; OpenInference has texts without roles under one of the names. */
function readOldest(take: AttributeTaker, key: string, role: string): Message[] {
  if (!take.attrs.has(`${key}.0.content`) && !take.attrs.has(`${key}.0.role`)) return [];
  return readMessages(take.list(key).items, role);
}

/**
 * What a decorated function was given and gave back. Decorators write `{args, kwargs}` and LangChain's callback
 * `{inputs, …}`: of these, what is inside.
 */
function unwrapCall(value: unknown): unknown {
  const given = callArguments(isRecord(value) && isOnlyArgs(value) ? { ...value, kwargs: {} } : value);
  // LangChain's JavaScript gives a tool its arguments as JSON text.
  if (typeof given === "string" && given !== value) return jsonOf(given);
  if (!isRecord(given)) return given;
  // Called with nothing.
  if (given !== value && Object.keys(given).length === 0) return undefined;
  for (const side of ["inputs", "outputs", "query"]) {
    if (isRecord(given["kwargs"]) && given[side] !== undefined) return given[side];
  }
  return given;
}

const PARAMETERS: Record<string, string> = {
  "llm.frequency_penalty": "frequency_penalty",
  "llm.presence_penalty": "presence_penalty",
  "llm.top_k": "top_k",
  "llm.chat.stop_sequences": "stop",
  "llm.request.reasoning_effort": "reasoning_effort",
  "llm.request.repetition_penalty": "repetition_penalty",
  "llm.watsonx.decoding_method": "decoding_method",
  "llm.watsonx.random_seed": "seed",
  "llm.watsonx.max_new_tokens": "max_tokens",
  "llm.watsonx.min_new_tokens": "min_tokens",
  "llm.watsonx.repetition_penalty": "repetition_penalty",
};

function readParameters(take: AttributeTaker): Record<string, unknown> | undefined {
  const settings: [string, unknown][] = [];
  for (const [key, name] of Object.entries(PARAMETERS)) {
    const value = take.json(key);
    if (value !== undefined) settings.push([name, value]);
  }
  return settings.length === 0 ? undefined : parametersOf(settings);
}

const CHUNK_EVENTS = new Set(["gen_ai.content.completion.chunk", "llm.content.completion.chunk"]);

function readTimeToFirstToken(span: WireSpan): number | undefined {
  const first = span.events.find((event) => CHUNK_EVENTS.has(event.name));
  if (first === undefined || first.timeNs === "0" || span.startTimeNs === "0") return undefined;
  return Number(BigInt(first.timeNs) - BigInt(span.startTimeNs)) / 1e6;
}

function readPromptTemplate(take: AttributeTaker): LlmFields["promptTemplate"] {
  const prefix = "traceloop.prompt.template_variables";
  const entries = take.attrs.withPrefix(`${prefix}.`);
  for (const [name] of entries) take.claim(`${prefix}.${name}`);
  return compact({
    name: take.text("traceloop.prompt.key"),
    version: take.text("traceloop.prompt.version"),
    template: take.text("traceloop.prompt.template"),
    variables: entries.length > 0 ? Object.fromEntries(entries) : take.record(prefix),
  });
}

const SESSION_KEYS = ["session_id", "sessionId", "thread_id", "conversation_id", "chat_id"];
const USER_KEYS = ["user_id", "userId"];

/** Association properties: who, in which session, and whatever else the application says of a run. */
function readAssociations(
  take: AttributeTaker,
  callbackTags: string[],
): Pick<Partial<LlmFields>, "sessionId" | "userId" | "tags" | "metadata" | "graphNode"> {
  const prefix = "traceloop.association.properties.";
  const found = take.attrs.withPrefix(prefix);
  if (found.length === 0) return { tags: callbackTags };
  const rest: [string, unknown][] = [];
  const known: Record<string, string | undefined> = {};
  for (const [name, value] of found) {
    if (isHousekeeping(name)) continue;
    take.claim(prefix + name);
    const field = fieldOf(name);
    if (field !== undefined) known[field] ??= textOf(value);
    else if (name !== "tags") rest.push([name, jsonOf(value)]);
  }
  return {
    ...compact({
      sessionId: known["sessionId"],
      userId: known["userId"],
      graphNode: compact({ name: known["graphNode"] }),
    }),
    tags: [...new Set([...take.strings(`${prefix}tags`), ...callbackTags])],
    ...(rest.length > 0 ? { metadata: Object.fromEntries(rest) } : {}),
  };
}

function isOnlyArgs(value: Record<string, unknown>): boolean {
  return Array.isArray(value["args"]) && Object.keys(value).length === 1;
}

function fieldOf(name: string): "sessionId" | "userId" | "graphNode" | undefined {
  if (SESSION_KEYS.includes(name)) return "sessionId";
  if (USER_KEYS.includes(name)) return "userId";
  return name === GRAPH_NODE ? "graphNode" : undefined;
}
