import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import {
  clientMessages,
  completionMessages,
  joinedEntries,
  promptMessages,
  readSaid,
  type Said,
  textsOf,
} from "./spring-ai/said.ts";

/**
 * Spring AI: its model calls are GenAI's; this knows chat clients, advisors, tools and vector stores, and what was said
 * where Spring AI tells it. All of its values are text.
 *
 * @see https://docs.spring.io/spring-ai/reference/observability/index.html
 */
export const springAi: Dialect = {
  name: "spring-ai",
  speaks: (scope, keys) =>
    keys.hasFamily("spring") || (scope === "org.springframework.boot" && keys.hasFamily("gen_ai")),
  read,
};

const KINDS: Record<string, SpanKind> = {
  chat_client: "CHAIN",
  advisor: "CHAIN",
  chat_model: "LLM",
  embedding_model: "EMBEDDING",
  image_model: "LLM",
  tool_call: "TOOL",
};

/** The last advisor, which calls the model. Milestones of 1.0 name its class. */
const CALL_ADVISORS = new Set(["call", "CallAroundAdvisor"]);

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(take);
  const name = take.text("spring.ai.tool.definition.name");
  const schema = take.json("spring.ai.tool.definition.schema");
  const description = take.text("spring.ai.tool.definition.description");
  const tool = compact({
    name,
    callId: take.text("spring.ai.tool.call.id"),
    description,
    arguments: take.json("spring.ai.tool.call.arguments"),
    result: take.json("spring.ai.tool.call.result"),
  });
  const said = readSaid(span.events);
  const fields: Partial<LlmFields> = {
    kind,
    displayName: kind === "TOOL" ? name : undefined,
    tool,
    tools:
      name === undefined || schema === undefined
        ? readToolNames(take)
        : readTools([{ name, description, parameters: schema }]),
    streaming: take.boolean("spring.ai.chat.client.stream"),
    sessionId: take.text("spring.ai.chat.client.conversation.id") ?? readConversationId(take),
  };
  const advisor = take.text("spring.ai.advisor.name");
  if (kind === "CHAIN" && advisor !== undefined) fields.displayName = advisor;
  // Below it are the calls of one tool loop; from Spring AI 2 on there is one of it for each call.
  if (CALL_ADVISORS.has(advisor ?? "") && isVersion1(span)) fields.cumulativeUsage = true;
  if (kind === "RETRIEVER") Object.assign(fields, readSearch(said, take));
  else if (kind === "CHAIN") Object.assign(fields, readClient(said, take));
  else if (kind === undefined || kind === "LLM") Object.assign(fields, readCall(span, said, take));
  return { fields, claimed: take.claimed, notes: take.notes };
}

function readKind(take: AttributeTaker): SpanKind | undefined {
  const kind = take.text("spring.ai.kind");
  if (kind === "vector_store") {
    // Adding and deleting documents is no search.
    return take.attrs.text("db.operation.name") === "query" ? "RETRIEVER" : "CHAIN";
  }
  return kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}

function readToolNames(take: AttributeTaker): LlmFields["tools"] {
  const names = take.strings("spring.ai.model.request.tool.names", "spring.ai.chat.client.tool.names");
  if (names.length > 0) return readTools(names);
  // Milestones of 1.0 have those that are beans, and those that came with the request.
  const beans = take.strings("spring.ai.chat.client.tool.function.names");
  return readTools([...beans, ...take.strings("spring.ai.chat.client.tool.function.callbacks")]);
}

/** In the milestones of 1.0 a conversation is a parameter of the advisor that remembers it. */
function readConversationId(take: AttributeTaker): string | undefined {
  const key = "spring.ai.chat.client.advisor.params";
  const params = joinedEntries(take.attrs.text(key) ?? "");
  const id = params.find(([name]) => name === "chat_memory_conversation_id")?.[1];
  if (id !== undefined && params.length === 1) take.claim(key);
  return id;
}

function readSearch(said: Said, take: AttributeTaker): Partial<LlmFields> {
  const key = "db.vector.query.response.documents";
  const texts = textsOf(take.attrs.get(key)).filter((text) => text !== undefined);
  if (texts.length > 0) take.claim(key);
  return {
    query: take.text("db.vector.query.content"),
    topK: take.number("db.vector.query.top_k"),
    documents: readDocuments(texts.length > 0 ? texts : (said.documents ?? [])),
    invocationParameters: compact({
      similarity_threshold: take.number("db.vector.query.similarity_threshold"),
      filter: take.text("db.vector.query.filter"),
    }),
  };
}

/** A chat client tells what it was asked; milestones of 1.0 tell the template and what was put into it. */
function readClient(said: Said, take: AttributeTaker): Partial<LlmFields> {
  const fields: Partial<LlmFields> = {};
  const system = take.text("spring.ai.chat.client.system.text");
  const asked = take.text("spring.ai.chat.client.user.text", "spring.ai.chat.client.input");
  const answered = take.json("spring.ai.chat.client.output");
  if (asked !== undefined) fields.input = payloadOf(asked);
  if (answered !== undefined) fields.output = payloadOf(answered);
  const told = [["system", system ?? ""] as const, ["user", asked ?? ""] as const];
  fields.inputMessages = clientMessages(said.promptByRole ?? told);
  fields.outputMessages = completionMessages(said.completions ?? [], 1);
  const variables = readVariables(take);
  if (variables !== undefined) fields.promptTemplate = compact({ template: asked ?? system, variables });
  return fields;
}

function readVariables(take: AttributeTaker): Record<string, string> | undefined {
  const variables: [string, string][] = [];
  for (const key of ["spring.ai.chat.client.system.params", "spring.ai.chat.client.user.params"]) {
    const entries = joinedEntries(take.attrs.text(key) ?? "");
    if (entries.length > 0) take.claim(key);
    variables.push(...entries);
  }
  return variables.length === 0 ? undefined : Object.fromEntries(variables);
}

function readCall(span: WireSpan, said: Said, take: AttributeTaker): Partial<LlmFields> {
  const prompt = said.prompt ?? takeTexts(take, "gen_ai.prompt");
  const completions =
    said.completions ?? takeTexts(take, "gen_ai.completion").filter((text) => text !== undefined);
  noteSum(span, prompt, take);
  const answers = take.attrs.strings("gen_ai.response.finish_reasons").length;
  return {
    inputMessages: promptMessages(prompt, said.prompt === undefined || said.isInEvents === true),
    outputMessages: completionMessages(completions, answers),
  };
}

/** Spring AI 1 runs on Spring Boot 3, whose version is the scope's. */
function isVersion1(span: WireSpan): boolean {
  return span.scope.name === "org.springframework.boot" && span.scope.version.startsWith("3.");
}

/** Spring AI 1 tells a run's tokens with its last call. */
function noteSum(span: WireSpan, prompt: readonly unknown[], take: AttributeTaker): void {
  const mayFollow =
    prompt.length > 0 ? prompt.includes(undefined) : take.attrs.has("spring.ai.model.request.tool.names");
  const tokens = take.attrs.number("gen_ai.usage.input_tokens") ?? 0;
  if (!mayFollow || tokens === 0 || !isVersion1(span)) return;
  take.notes.push({
    code: "summed_usage",
    message:
      "Spring AI 1 adds the tokens of the calls before to those of a call that goes on after a tool. Below a chat client they are taken off again; elsewhere the last call of a run has the tokens of all.",
  });
}

function takeTexts(take: AttributeTaker, key: string): (string | undefined)[] {
  const value = take.attrs.get(key);
  const isList = Array.isArray(value) || (typeof value === "string" && value.startsWith("["));
  const texts = isList ? textsOf(value) : [];
  if (texts.length > 0) take.claim(key);
  return texts;
}
