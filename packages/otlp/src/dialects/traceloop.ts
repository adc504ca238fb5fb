import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, Payload, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { callArguments } from "../normalise/call-arguments.ts";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readRerank } from "./traceloop/rerank.ts";
import { isVectorSearch, readVectorSearch } from "./traceloop/vector-search.ts";

/**
 * OpenLLMetry (Traceloop): workflows, agents, tasks and tools under `traceloop.`, and what its instrumentations of
 * models and vector stores write beside the names of GenAI. LiteLLM and Laminar write some of these names too.
 *
 * @see https://github.com/traceloop/openllmetry, https://github.com/traceloop/openllmetry-js
 */
export const traceloop: Dialect = { name: "traceloop", detect, read };

function detect(span: WireSpan, attrs: AttributeReader): boolean {
  return (
    attrs.hasFamily("traceloop") ||
    attrs.has("llm.request.type") ||
    attrs.has("gen_ai.is_streaming") ||
    span.scope.name.startsWith("@traceloop/") ||
    attrs.has(GUARDRAIL) ||
    isVectorSearch(span, attrs)
  );
}

/** Of the SDK's guardrails: on the whole of them, and on each. */
const GUARDRAIL = "gen_ai.guardrail.name";

const SPAN_KINDS: Record<string, SpanKind> = {
  workflow: "CHAIN",
  task: "CHAIN",
  agent: "AGENT",
  tool: "TOOL",
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
  const name = take.text("traceloop.entity.name");
  const fields: Partial<LlmFields> = {
    kind,
    displayName: kind === "TOOL" ? name : undefined,
    tool: kind === "TOOL" ? compact({ name }) : undefined,
    agentName: kind === "AGENT" ? name : undefined,
    input: readEntity(take, "traceloop.entity.input"),
    output: readEntity(take, "traceloop.entity.output"),
    invocationParameters: readParameters(take),
    streaming: take.boolean("gen_ai.is_streaming", "llm.is_streaming"),
    timeToFirstTokenMs: readTimeToFirstToken(span),
    tools: readTools(take.list("llm.request.functions").items),
    usage:
      compact({
        inputTokens: take.count("llm.usage.prompt_tokens"),
        outputTokens: take.count("llm.usage.completion_tokens"),
        totalTokens: take.count("llm.usage.total_tokens"),
        reasoningTokens: take.count("llm.usage.reasoning_tokens"),
      }) ?? {},
    finishReasons: take.strings("llm.response.finish_reason", "llm.response.stop_reason").map(finishReasonOf),
    promptTemplate: readPromptTemplate(take),
    ...readAssociations(take),
  };
  const fallback: Partial<LlmFields> = {
    requestModel: take.text("llm.request.model"),
    responseModel: take.text("llm.response.model"),
    userId: take.text("llm.user", "gen_ai.user"),
    provider: providerOf(take.text("llm.vendor")),
    inputMessages: readOldest(take, "llm.prompts", "user"),
    outputMessages: readOldest(take, "llm.completions", "assistant"),
  };
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
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

function readKind(span: WireSpan, take: AttributeTaker): SpanKind | undefined {
  const kind = take.text("traceloop.span.kind")?.toLowerCase();
  if (take.attrs.has(GUARDRAIL)) return "GUARDRAIL";
  if (kind !== undefined && Object.hasOwn(SPAN_KINDS, kind)) return SPAN_KINDS[kind];
  const type = take.text("llm.request.type")?.toLowerCase();
  if (type !== undefined) {
    // LiteLLM puts an `a` before what runs asynchronously.
    for (const each of [type, type.replace(/^a/, "")]) {
      if (Object.hasOwn(REQUEST_KINDS, each)) return REQUEST_KINDS[each];
    }
  }
  return isVectorSearch(span, take.attrs) ? "RETRIEVER" : undefined;
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
function readEntity(take: AttributeTaker, key: string): Payload | undefined {
  const value = unwrapCall(take.json(key));
  return value === undefined ? undefined : payloadOf(value);
}

function unwrapCall(value: unknown): unknown {
  const given = callArguments(value);
  if (!isRecord(given)) return given;
  // Called with nothing.
  if (given !== value && Object.keys(given).length === 0) return undefined;
  for (const side of ["inputs", "outputs"]) {
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
};

function readParameters(take: AttributeTaker): Record<string, unknown> | undefined {
  const settings: [string, unknown][] = [];
  for (const [key, name] of Object.entries(PARAMETERS)) {
    const value = take.json(key);
    if (value !== undefined) settings.push([name, value]);
  }
  return settings.length === 0 ? undefined : readInvocationParameters(Object.fromEntries(settings));
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
): Pick<Partial<LlmFields>, "sessionId" | "userId" | "tags" | "metadata"> {
  const prefix = "traceloop.association.properties.";
  const found = take.attrs.withPrefix(prefix);
  if (found.length === 0) return {};
  const rest: [string, unknown][] = [];
  const known: Record<string, string | undefined> = {};
  for (const [name, value] of found) {
    take.claim(prefix + name);
    const field = SESSION_KEYS.includes(name) ? "sessionId" : USER_KEYS.includes(name) ? "userId" : undefined;
    if (field !== undefined) known[field] ??= textOf(value);
    else if (name !== "tags") rest.push([name, jsonOf(value)]);
  }
  return {
    ...compact({ sessionId: known["sessionId"], userId: known["userId"] }),
    tags: take.strings(`${prefix}tags`),
    ...(rest.length > 0 ? { metadata: Object.fromEntries(rest) } : {}),
  };
}
