import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { joinRanking, readDocuments } from "../normalise/read-documents.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { tokenCountOf, type UsageBucket } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Genkit: everything is an action, and what it was given and answered stands whole in `genkit:input` and
 * `genkit:output`. The span of `generate` repeats the usage of the last model call below it.
 *
 * @see https://genkit.dev/docs/observability/telemetry-collection
 */
export const genkit: Dialect = { name: "genkit", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "genkit-tracer" || keys.has("genkit:type") || keys.has("genkit:name");
}

const KINDS: Record<string, SpanKind> = {
  model: "LLM",
  "background-model": "LLM",
  embedder: "EMBEDDING",
  retriever: "RETRIEVER",
  // Puts documents away: no search.
  indexer: "CHAIN",
  reranker: "RERANKER",
  tool: "TOOL",
  "tool.v2": "TOOL",
  flow: "CHAIN",
  prompt: "PROMPT",
  "executable-prompt": "PROMPT",
  agent: "AGENT",
  evaluator: "EVALUATOR",
};

type Item = Record<string, unknown>;

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("genkit:type");
  const subtype = take.text("genkit:metadata:subtype");
  const name = take.text("genkit:name");
  const kind = readKind(attrs, type, subtype);
  const given = recordOf(take.json("genkit:input"));
  const answered = recordOf(take.json("genkit:output"));
  const fields: Partial<LlmFields> = {
    kind,
    displayName: name,
    input: take.payload("genkit:input"),
    output: take.payload("genkit:output"),
    sessionId: take.text("genkit:sessionId", "genkit:metadata:agent:sessionId"),
    agentName: kind === "AGENT" ? name : undefined,
    metadata: readMetadata(take),
    ...(kind === "LLM" ? readCall(name, given, answered) : {}),
    ...(kind === "AGENT" ? readSession(answered) : {}),
    ...(kind === "EMBEDDING" ? readEmbedding(name, given, answered) : {}),
    ...(kind === "RETRIEVER" || kind === "RERANKER" ? readRetrieval(name, kind, given, answered) : {}),
    ...(kind === "TOOL" ? { tool: compact({ name, result: readMultipart(subtype, answered) }) } : {}),
  };
  if (kind === "PROMPT") Object.assign(fields, readPrompt(name, type, given, answered, take));
  if ((type === "util" || type === "helper") && given["messages"] !== undefined)
    Object.assign(fields, readConversation(given, answered));
  const fallback: Partial<LlmFields> = {};
  const error = readError(answered, take);
  if (error !== undefined) fallback.error = error;
  const hasFailed = take.text("genkit:state") === "error";
  return { fields, fallback, hasFailed, claimed: take.claimed, notes: take.notes };
}

/** What failed below a span that goes on is told in its output: the span itself has no error. */
function readError(answered: Item, take: AttributeTaker): LlmFields["error"] {
  const message = take.text("genkit:error");
  if (message !== undefined) return { message };
  const error = take.attrs.text("genkit:state") === "error" ? recordOf(answered["error"]) : {};
  return compact({ type: textOf(error["status"]), message: textOf(error["message"]) });
}

/** A tool that may answer in several parts has the answer itself in a member. */
function readMultipart(subtype: string | undefined, answered: Item): unknown {
  const isOutputOnly = subtype === "tool.v2" && Object.keys(answered).join() === "output";
  return isOutputOnly ? answered["output"] : undefined;
}

function readKind(attrs: AttributeReader, type: string | undefined, subtype = ""): SpanKind | undefined {
  if (Object.hasOwn(KINDS, subtype)) return KINDS[subtype];
  // What a prompt becomes with its input; the prompt's own span (`dotprompt`) is around that and the call.
  if (type === "promptTemplate") return "PROMPT";
  return type !== undefined || attrs.has("genkit:name") ? "CHAIN" : undefined;
}

/** A prompt's span says its name, its input, and the messages that it made of it. */
function readPrompt(
  name: string | undefined,
  type: string | undefined,
  given: Item,
  answered: Item,
  take: AttributeTaker,
): Partial<LlmFields> {
  const promptName = take.attrs.text("genkit:metadata:promptName");
  const variables = Object.keys(given).length > 0 ? given : undefined;
  const messages = answered["messages"];
  return {
    promptTemplate: compact({
      name: promptName ?? (type === "promptTemplate" ? undefined : name),
      variables,
    }),
    outputMessages: Array.isArray(messages) ? readMessages(messages, "user") : [],
  };
}

function recordOf(value: unknown): Item {
  return isRecord(value) ? value : {};
}

/** `genkit:metadata:…`, without what says the kind. */
function readMetadata(take: AttributeTaker): Item | undefined {
  const prefix = "genkit:metadata:";
  const entries: [string, unknown][] = [];
  for (const key of take.attrs.keys()) {
    if (!key.startsWith(prefix) || key === `${prefix}subtype`) continue;
    if (key === `${prefix}agent:sessionId`) continue;
    take.claim(key);
    entries.push([key.slice(prefix.length), take.attrs.json(key)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Names are paths: `googleai/gemini-2.5-flash`. */
function readCall(name: string | undefined, given: Item, answered: Item): Partial<LlmFields> {
  return {
    requestModel: name,
    provider: providerOfPath(name),
    invocationParameters: readInvocationParameters(given["config"]),
    tools: Array.isArray(given["tools"]) ? readTools(given["tools"]) : [],
    usage: readUsage(answered["usage"]),
    ...readConversation(given, answered),
  };
}

const PLUGINS: Record<string, string> = { googleai: "gemini" };

function providerOfPath(name: string | undefined): string | undefined {
  const slash = name?.indexOf("/") ?? -1;
  if (name === undefined || slash === -1) return undefined;
  const plugin = name.slice(0, slash);
  return Object.hasOwn(PLUGINS, plugin) ? PLUGINS[plugin] : providerOf(plugin, name);
}

function readConversation(given: Item, answered: Item): Partial<LlmFields> {
  const message = firstOf(answered, "message") ?? messageOfCandidates(answered["candidates"]);
  const reason = textOf(answered["finishReason"]);
  return {
    inputMessages: Array.isArray(given["messages"]) ? readMessages(given["messages"], "user") : [],
    outputMessages: isRecord(message) ? readMessages([message], "assistant") : [],
    finishReasons: reason === undefined ? [] : [finishReasonOf(reason)],
  };
}

/** An agent answers with the conversation as it stands then: what came after the user's last message is its answer. */
function readSession(answered: Item): Partial<LlmFields> {
  const messages = listOf(recordOf(answered["state"])["messages"]);
  if (messages.length === 0) return readConversation({}, answered);
  const asked = messages.findLastIndex((message) => recordOf(message)["role"] === "user");
  const reason = textOf(answered["finishReason"]);
  return {
    inputMessages: readMessages(messages.slice(0, asked + 1), "user"),
    outputMessages: readMessages(messages.slice(asked + 1), "assistant"),
    finishReasons: reason === undefined ? [] : [finishReasonOf(reason)],
  };
}

/** The first versions answered with candidates. */
function messageOfCandidates(candidates: unknown): unknown {
  const first: unknown = Array.isArray(candidates) ? candidates[0] : undefined;
  return isRecord(first) ? first["message"] : undefined;
}

const BUCKETS: Record<string, UsageBucket> = {
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
  totalTokens: "totalTokens",
  cachedContentTokens: "cacheReadTokens",
  thoughtsTokens: "reasoningTokens",
};

function readUsage(value: unknown): Usage {
  const usage: Usage = {};
  const other: [string, number][] = [];
  for (const [name, sent] of Object.entries(recordOf(value))) {
    const count = tokenCountOf(sent);
    if (count === undefined) continue;
    const bucket = Object.hasOwn(BUCKETS, name) ? BUCKETS[name] : undefined;
    if (bucket === undefined) other.push([name, count]);
    else usage[bucket] = count;
  }
  if (other.length > 0) usage.other = Object.fromEntries(other);
  return usage;
}

function readEmbedding(name: string | undefined, given: Item, answered: Item): Partial<LlmFields> {
  const texts = listOf(given["input"]).map(textOfContent);
  const vectors = listOf(answered["embeddings"]).map((each) => recordOf(each)["embedding"]);
  const embeddings = Array.from({ length: Math.max(texts.length, vectors.length) }, (_, index) => {
    const vector = vectors[index];
    const dimensions = Array.isArray(vector) ? vector.length : undefined;
    return compact({ text: texts[index], dimensions }) ?? {};
  });
  const invocationParameters = readInvocationParameters(given["options"]);
  return { requestModel: name, provider: providerOfPath(name), embeddings, invocationParameters };
}

function readRetrieval(
  name: string | undefined,
  kind: SpanKind,
  given: Item,
  answered: Item,
): Partial<LlmFields> {
  const query = given["query"] === undefined ? undefined : textOfContent(given["query"]);
  const found = readDocuments(listOf(answered["documents"]));
  const topK = numberOf(firstOf(recordOf(given["options"]), "k", "topK"));
  const invocationParameters = readInvocationParameters(given["options"]);
  if (kind === "RETRIEVER") return { query, topK, documents: found, invocationParameters };
  const inputDocuments = readDocuments(listOf(given["documents"]));
  const documents = joinRanking(found, inputDocuments);
  return { requestModel: name, provider: providerOfPath(name), query, topK, documents, inputDocuments };
}

/** `{content: [{text}, …]}`, or bare text. */
function textOfContent(value: unknown): string | undefined {
  const content = isRecord(value) ? value["content"] : value;
  const texts = listOf(content).map((part) => textOf(isRecord(part) ? part["text"] : part));
  const said = texts.filter((text) => text !== undefined).join("\n");
  return said === "" ? textOf(jsonOf(payloadOf(value).value)) : said;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
