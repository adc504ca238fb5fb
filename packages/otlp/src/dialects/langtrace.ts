import type { Message } from "@nightowl/model/span/message";
import type { Document, LlmFields, SpanEvent, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { openMessage } from "../normalise/open-message.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Langtrace: GenAI's names as they were before 1.37, with what was called and what was found under names of its own.
 *
 * @see https://github.com/Scale3-Labs/langtrace-python-sdk, https://github.com/Scale3-Labs/langtrace-trace-attributes
 */
export const langtrace: Dialect = {
  name: "langtrace",
  speaks: (scope, keys) => keys.hasFamily("langtrace") || scope === ROOT_SCOPE,
  read,
};

/** Of a function that was traced with its decorator. */
const ROOT_SCOPE = "langtrace_python_sdk.utils.with_root_span";
/** Of all that its JavaScript traces; only a function that was wrapped names no service. */
const SCRIPT_SCOPE = "@langtrase/typescript-sdk";

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const { name: scope } = span.scope;
  const isRoot = scope === ROOT_SCOPE || (scope === SCRIPT_SCOPE && !attrs.has("langtrace.service.type"));
  const kind = isRoot ? "CHAIN" : readKind(take);
  const fields: Partial<LlmFields> = {
    kind,
    userId: take.text("langtrace.user.id", "user_id", "gen_ai.user"),
    tools: readTools(take.list("gen_ai.request.tools").items.flatMap(openTools)),
    input: payload(take, "langchain.inputs", "llamaindex.inputs", "graphlit.inputs", "dspy.signature.args"),
    output: payload(
      take,
      "langchain.outputs",
      "llamaindex.outputs",
      "graphlit.outputs",
      "dspy.signature.result",
    ),
  };
  if (kind === "LLM") fields.inputMessages = readInstructedPrompt(span.events);
  if (kind === "LLM") fields.outputMessages = readGrown(span.events);
  if (kind === "EMBEDDING") fields.embeddings = readTexts(take);
  if (kind === "RETRIEVER") Object.assign(fields, readSearch(span, take));
  // Its JavaScript says so nowhere else.
  const service = attrs.text("langtrace.service.type") === "llm" ? "langtrace.service.name" : undefined;
  const fallback = service === undefined ? {} : { provider: providerOf(take.text(service)) };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** Of a stream of Anthropic's, its JavaScript tells the whole text again with every piece. */
function readGrown(events: readonly SpanEvent[]): Message[] {
  const told = events.filter(({ name }) => name === "gen_ai.content.completion");
  if (told.length < 2) return [];
  const texts = told.map(({ attributes }) => {
    const [message, ...others] = [new AttributeReader(attributes).json("gen_ai.completion")].flat();
    return others.length === 0 && isRecord(message) ? message["content"] : undefined;
  });
  const grows = texts.every(
    (text, index) => typeof text === "string" && (index === 0 || text.startsWith(texts[index - 1] as string)),
  );
  return grows ? readMessages([{ role: "assistant", content: texts.at(-1) }], "assistant") : [];
}

function readKind(take: AttributeTaker): SpanKind | undefined {
  const type = take.text("langtrace.service.type");
  if (type === "llm") {
    const path = take.attrs.text("url.path") ?? "";
    if (/embed/i.test(path)) return "EMBEDDING";
    return /rerank/i.test(path) ? "RERANKER" : "LLM";
  }
  if (type === "framework") return "CHAIN";
  return type === "vectordb" && SEARCHES.test(take.attrs.text("db.operation") ?? "")
    ? "RETRIEVER"
    : undefined;
}

const SEARCHES = /^(query|search|near|hybrid|bm25|recommend)/i;

/** Of Anthropic's calls the instructions come behind the messages that they are for. */
function readInstructedPrompt(events: readonly SpanEvent[]): Message[] {
  const prompt = events.find(({ name }) => name === "gen_ai.content.prompt");
  const items = prompt && new AttributeReader(prompt.attributes).json("gen_ai.prompt");
  if (!Array.isArray(items) || !items.every((item) => isRecord(item) && item["role"] !== undefined))
    return [];
  const [first, last] = [items[0], items.at(-1)];
  const isBehind = items.length > 1 && last["role"] === "system" && first["role"] !== "system";
  return isBehind ? readMessages([last, ...items.slice(0, -1)].map(openMessage), "user") : [];
}

/** Tool definitions come as one JSON list in a list. */
function openTools(item: unknown): unknown[] {
  return [jsonOf(item)].flat();
}

function payload(take: AttributeTaker, ...keys: string[]): LlmFields["input"] {
  const value = take.json(...keys);
  return value === undefined ? undefined : payloadOf(value);
}

function readTexts(take: AttributeTaker): { text: string }[] {
  const given = take.list("gen_ai.request.embedding_inputs").items.flat(2).map(jsonOf).flat();
  return given.map((each) => textOf(each)).flatMap((text) => (text === undefined ? [] : [{ text }]));
}

const FOUND = new Set(["db.query.match", "db.search.match", "db.chroma.query.result"]);

function readSearch(span: WireSpan, take: AttributeTaker): Partial<LlmFields> {
  const query = take.json("db.query");
  return {
    provider: providerOf(take.text("db.system")),
    topK: take.number("db.top_k") ?? (isRecord(query) ? numberOf(query["n_results"]) : undefined),
    documents: readFound(span.events),
  };
}

function readFound(events: readonly SpanEvent[]): Document[] {
  const items = events
    .filter(({ name }) => FOUND.has(name))
    .map((event) => {
      const attrs = new AttributeReader(event.attributes);
      const prefix = `${event.name}.`;
      const row: Record<string, unknown> = {};
      for (const key of attrs.keys())
        row[key.startsWith(prefix) ? key.slice(prefix.length) : key] = attrs.get(key);
      const { id, score, document, distance, metadata, entity, ...rest } = row;
      const opened = [metadata, entity].map(jsonOf).filter(isRecord);
      const beside = Object.assign(rest, ...opened, compact({ distance: numberOf(distance) })) as Record<
        string,
        unknown
      >;
      return { id, score, text: document ?? beside["text"], metadata: beside };
    });
  return readDocuments(items);
}
