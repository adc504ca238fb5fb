import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import {
  type AttributeReader,
  jsonOf,
  numberOf,
  stringsOf,
  textOf,
} from "@nightowl/model/span/attribute-reader";
import { readIdentity } from "../normalise/identity.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readCompletionPayload, readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { reportedCost, tokenCountOf } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * LangWatch's SDKs: `langwatch.*` on spans of its own and on those that others made. Input and output are
 * `{type, value}` as JSON text, where the type says whether the value is a conversation.
 *
 * @see https://docs.langwatch.ai/integration/opentelemetry/guide
 */
export const langwatch: Dialect = {
  name: "langwatch",
  speaks: (scope, keys) => scope === "langwatch" || keys.hasFamily("langwatch"),
  read,
};

/** `span`, `server`, `client` and the like are none of these. */
const KINDS: Record<string, SpanKind> = {
  llm: "LLM",
  chain: "CHAIN",
  tool: "TOOL",
  agent: "AGENT",
  guardrail: "GUARDRAIL",
  evaluation: "EVALUATOR",
  rag: "RETRIEVER",
  embedding: "EMBEDDING",
  prompt: "PROMPT",
  workflow: "CHAIN",
  component: "CHAIN",
  module: "CHAIN",
  task: "CHAIN",
};

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("langwatch.span.type")?.toLowerCase() ?? "";
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const input = readTyped(take, "langwatch.input");
  const output = readTyped(take, "langwatch.output");
  const run = readRun(take);
  const params = take.record("langwatch.params") ?? run.params;
  const [model, provider] = readModel(attrs.text("gen_ai.request.model"));
  const identity = readIdentity(attrs.has("metadata") ? take.record("metadata") : undefined);
  const { labels, customer_id: _customer, ...rest } = identity.metadata ?? {};
  const fields: Partial<LlmFields> = {
    kind,
    provider,
    requestModel: model,
    input: input === undefined ? undefined : payloadOf(input.value),
    output: output === undefined ? undefined : payloadOf(output.value),
    invocationParameters: readInvocationParameters(params),
    tools: readTools(Array.isArray(params["tools"]) ? params["tools"] : []),
    // LangChain says so of the model, not of the call.
    ...(typeof params["stream"] === "boolean" && params !== run.params && { streaming: params["stream"] }),
    ...readMetrics(take),
    timeToFirstTokenMs: readTimeToFirstToken(span, take),
    documents: readDocuments(foundIn(output?.value) ?? readContexts(take).map(withId)),
    promptTemplate: readPrompt(take),
    graphNode: compact({ name: take.text("langwatch.langgraph.langgraph_node") }),
    sessionId:
      take.text("langwatch.thread.id", "langwatch.session.id", "langwatch.langgraph.thread_id") ??
      identity.sessionId,
    userId: take.text("langwatch.user.id") ?? identity.userId,
    tags: [
      ...new Set([
        ...take.strings("langwatch.labels"),
        ...stringsOf(labels),
        ...stringsOf(identity.tags),
        ...run.tags,
      ]),
    ],
    metadata: { ...rest, ...run.metadata },
  };
  if (Object.keys(fields.invocationParameters ?? {}).length === 0) delete fields.invocationParameters;
  const fallback: Partial<LlmFields> = {
    userId: take.text("langwatch.customer.id"),
  };
  if (kind === "LLM") {
    if (input !== undefined) fallback.inputMessages = readPromptPayload(input.value);
    if (output !== undefined) fallback.outputMessages = readCompletionPayload(output.value).messages;
  }
  if (kind === "TOOL") fallback.tool = { name: span.name };
  if (kind === "AGENT") fallback.agentName = span.name;
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** What its trackers write has the provider before the model's name: `openai/gpt-4o-mini`. */
function readModel(name: string | undefined): [string | undefined, string | undefined] {
  const slash = name?.indexOf("/") ?? -1;
  if (name === undefined || slash === -1) return [name, undefined];
  return [name.slice(slash + 1), providerOf(name.slice(0, slash))];
}

/** A list, which JavaScript's wraps like everything else. */
function readContexts(take: AttributeTaker): unknown[] {
  const wrapped = readTyped(take, "langwatch.contexts")?.value;
  return Array.isArray(wrapped) ? wrapped : take.list("langwatch.rag_contexts").items;
}

/** What LangChain's retriever found, each written down, with more than its text. */
function foundIn(output: unknown): unknown[] | undefined {
  const found = Array.isArray(output) ? output.map(jsonOf) : [];
  return found.length > 0 && found.every((each) => isRecord(each) && each["pageContent"] !== undefined)
    ? found
    : undefined;
}

function withId(chunk: unknown): unknown {
  if (!isRecord(chunk) || chunk["document_id"] === undefined) return chunk;
  const { document_id: id, ...rest } = chunk;
  return { id, ...rest };
}

/** `{type: "chat_messages", value: […]}`; a value without the wrapping stands for itself. */
function readTyped(take: AttributeTaker, key: string): { value: unknown } | undefined {
  const given = take.json(key);
  return given === undefined ? undefined : { value: unwrap(given) };
}

/** JavaScript's wraps what LangChain wrapped, and lists conversations. */
function unwrap(given: unknown): unknown {
  if (!isTyped(given)) return given;
  const { type, value } = given;
  if (type === "list" && Array.isArray(value) && value.every(isTyped)) return value.map(unwrap).flat();
  // An object of LangChain's, written down.
  return typeof value === "string" && value.startsWith('{"lc":') ? jsonOf(value) : unwrap(value);
}

function isTyped(given: unknown): given is { type: string; value: unknown } {
  return isRecord(given) && typeof given["type"] === "string" && "value" in given;
}

/** Of LangChain's runs, what their application said of them. */
function readRun(take: AttributeTaker): { tags: string[]; metadata: Item; params: Item } {
  const said = take.members(`${RUN}metadata.`) ?? {};
  return {
    // Steps of a sequence or graph are tagged as such.
    tags: take.strings(`${RUN}tags`).filter((tag) => !/^(seq|graph):step:/.test(tag)),
    metadata: Object.fromEntries(Object.entries(said).filter(([key]) => !key.startsWith("ls_"))),
    params: take.record(`${RUN}extra_params.invocation_params`) ?? {},
  };
}

const RUN = "langwatch.langchain.run.";

function readMetrics(take: AttributeTaker): Pick<Partial<LlmFields>, "usage" | "cost"> {
  const given = readTyped(take, "langwatch.metrics")?.value;
  const metrics: Item = isRecord(given) ? given : {};
  const usage = compact({
    inputTokens: tokenCountOf(metrics["prompt_tokens"] ?? metrics["promptTokens"]),
    outputTokens: tokenCountOf(metrics["completion_tokens"] ?? metrics["completionTokens"]),
    reasoningTokens: tokenCountOf(metrics["reasoning_tokens"] ?? metrics["reasoningTokens"]),
    cacheReadTokens: tokenCountOf(metrics["cache_read_input_tokens"]),
    cacheWriteTokens: tokenCountOf(metrics["cache_creation_input_tokens"]),
  });
  const cost = reportedCost(numberOf(metrics["cost"]), undefined, undefined);
  return { ...(usage !== undefined && { usage }), ...(cost !== undefined && { cost }) };
}

/** From the span's own start: its clock is that of the times, in milliseconds. */
function readTimeToFirstToken(span: WireSpan, take: AttributeTaker): number | undefined {
  const times = take.record("langwatch.timestamps") ?? {};
  const started = numberOf(times["started_at"]) ?? Number(BigInt(span.startTimeNs) / 1_000_000n);
  const first = numberOf(times["first_token_at"]);
  return first === undefined || started === 0 ? undefined : first - started;
}

function readPrompt(take: AttributeTaker): LlmFields["promptTemplate"] {
  const variables = jsonOf(take.json("langwatch.prompt.variables"));
  const named = isRecord(variables) && isRecord(variables["value"]) ? variables["value"] : variables;
  return compact({
    name: take.text("langwatch.prompt.handle", "langwatch.prompt.name", "langwatch.prompt.id"),
    version: textOf(take.attrs.get("langwatch.prompt.version.number")),
    variables: isRecord(named) ? named : undefined,
  });
}
