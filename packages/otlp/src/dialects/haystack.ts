import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { toPayload } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readDocuments } from "../normalise/read-documents.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { splitRun } from "../normalise/read-message-events.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Haystack's own tracing: pipelines, their components and agents, each with what went in and what came out. What a
 * component is follows from the name of its class.
 *
 * @see https://docs.haystack.deepset.ai/docs/tracing
 */
export const haystack: Dialect = { name: "haystack", speaks, speaksOtherwise, read };

function speaks(_scope: string, keys: AttributeKeys): boolean {
  return keys.hasFamily("haystack");
}

function speaksOtherwise(span: WireSpan): boolean {
  return /^haystack\.(pipeline|component|agent|async_pipeline)\./.test(span.name);
}

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const name = take.text("haystack.component.name");
  const kind = readKind(span, attrs);
  const [inputKey, outputKey] = payloadKeys(attrs);
  const input = readObject(take, inputKey);
  const output = readObject(take, outputKey);
  const fields: Partial<LlmFields> = { kind, displayName: name };
  const asked = attrs.get(inputKey);
  if (asked !== undefined) fields.input = toPayload(asked, undefined).payload;
  const answered = attrs.get(outputKey);
  if (answered !== undefined) fields.output = toPayload(answered, undefined).payload;
  if (kind === "LLM") {
    readCall(fields, input, output);
    fields.provider = providerOf(providerName(attrs), fields.responseModel);
  }
  if (kind === "AGENT") readRun(fields, output, take);
  if (kind === "TOOL") readTool(fields, take);
  if (kind === "CHAIN") readPipeline(fields, input, output);
  if (kind === "PROMPT") fields.outputMessages = chatOf(output?.["prompt"], "user");
  if (attrs.text("haystack.component.type") === "ToolInvoker") readInvoker(fields, output);
  if (kind === "EMBEDDING") readEmbedder(fields, input, output);
  if (kind === "EMBEDDING" || kind === "RERANKER")
    fields.provider = providerOf(providerName(attrs), fields.responseModel);
  if (kind === "RETRIEVER" || kind === "RERANKER") readSearch(kind, fields, input, output);
  return { fields, claimed: take.claimed, notes: take.notes };
}

const NAMES: [RegExp, SpanKind][] = [
  [/^haystack\.agent\.step\.llm$/, "LLM"],
  [/^haystack\.agent\.step\.tool$/, "TOOL"],
  [/^haystack\.agent\.run$/, "AGENT"],
  [/^haystack\.(async_)?(pipeline|agent|component)\./, "CHAIN"],
];

/** By the last word of the component's class. */
const COMPONENTS: [RegExp, SpanKind][] = [
  [/Generator$/, "LLM"],
  [/Retriever$/, "RETRIEVER"],
  [/(Ranker|Reranker)$/, "RERANKER"],
  [/Embedder$/, "EMBEDDING"],
  [/PromptBuilder$/, "PROMPT"],
  [/WebSearch$/, "RETRIEVER"],
  [/Evaluator$/, "EVALUATOR"],
];

function readKind(span: WireSpan, attrs: AttributeReader): SpanKind {
  const type = attrs.text("haystack.component.type");
  const byType = type === undefined ? undefined : COMPONENTS.find(([name]) => name.test(type))?.[1];
  return byType ?? NAMES.find(([name]) => name.test(span.name))?.[1] ?? "CHAIN";
}

const PAYLOADS = [
  ["haystack.component.input", "haystack.component.output"],
  ["haystack.agent.step.llm.input", "haystack.agent.step.llm.output"],
  ["haystack.agent.step.tool.input", "haystack.agent.step.tool.output"],
  ["haystack.agent.input", "haystack.agent.output"],
  ["haystack.pipeline.input_data", "haystack.pipeline.output_data"],
] as const;

function payloadKeys(attrs: AttributeReader): readonly [string, string] {
  return PAYLOADS.find((keys) => keys.some((key) => attrs.has(key))) ?? PAYLOADS[0];
}

/** The maker of the class that calls the model: `AzureOpenAIChatGenerator` is azure's. */
const MAKERS: [RegExp, string][] = [
  [/^AzureOpenAI/, "azure"],
  [/^OpenAI/, "openai"],
  [/^Anthropic/, "anthropic"],
  [/^(GoogleGenAI|GoogleAIGemini)/, "gemini"],
  [/^VertexAI/, "vertex"],
  [/^AmazonBedrock/, "bedrock"],
  [/^(Cohere|Mistral|Ollama|Nvidia|Groq|Together|OpenRouter|HuggingFace)/, ""],
];

/** The framework's own name where nothing says whose model it is: then the model's name decides. */
function providerName(attrs: AttributeReader): string {
  const type = attrs.text("haystack.component.type") ?? "";
  for (const [maker, name] of MAKERS) {
    const found = maker.exec(type);
    if (found !== null) return name || (found[1] ?? "").toLowerCase();
  }
  return "haystack";
}

/** Not `record`: where tracing cannot say a value in JSON it writes Python, which is shown as it is. */
function readObject(take: AttributeTaker, key: string): Item | undefined {
  const value = take.attrs.json(key);
  if (value !== undefined) take.claim(key);
  return isRecord(value) ? value : undefined;
}

function readCall(fields: Partial<LlmFields>, input: Item | undefined, output: Item | undefined): void {
  const system = textOf(input?.["system_prompt"]);
  const instructions =
    system === undefined ? [] : readMessages([{ role: "system", content: system }], "system");
  fields.inputMessages = [
    ...instructions,
    ...chatOf(input?.["messages"] ?? input?.["prompt"] ?? input?.["prompts"], "user"),
  ];
  fields.tools = readTools(listOf(input?.["tools"]).map(definitionOf));
  const settings = input?.["generation_kwargs"];
  fields.invocationParameters = isRecord(settings) ? readInvocationParameters(settings) : undefined;
  fields.outputMessages = chatOf(output?.["replies"], "assistant");
  // Chat generators write their metadata into each reply, the others beside them.
  const metas = [
    ...listOf(output?.["replies"]).map((reply) =>
      isRecord(reply) ? (reply["meta"] ?? reply["_meta"]) : undefined,
    ),
    ...listOf(output?.["meta"]),
  ];
  readMeta(fields, metas.filter(isRecord));
}

function readMeta(fields: Partial<LlmFields>, metas: readonly Item[]): void {
  const model = metas.map((meta) => textOf(meta["model"])).find((name) => name !== undefined);
  if (model !== undefined) fields.responseModel = model;
  const reasons = metas.map((meta) => textOf(meta["finish_reason"])).filter((reason) => reason !== undefined);
  fields.finishReasons = [...new Set(reasons.map(finishReasonOf))];
  // Several replies of one call repeat its usage.
  const usage: Usage = readUsageObject(metas.map((meta) => meta["usage"]).find(isRecord));
  if (Object.keys(usage).length > 0) fields.usage = usage;
  const id = metas.map((meta) => textOf(meta["id"])).find((each) => each !== undefined);
  if (id !== undefined) fields.responseId = id;
}

/** Messages, one text, or texts. Early versions of 2 write `_role` and `_content`. */
function chatOf(value: unknown, role: string): Message[] {
  const items = listOf(value).map((item) => {
    if (!isRecord(item)) return item;
    const meta = item["meta"] ?? item["_meta"];
    const finish_reason = isRecord(meta) ? meta["finish_reason"] : undefined;
    if (item["_content"] === undefined) return { ...item, meta: undefined, finish_reason };
    return { role: item["_role"], content: item["_content"], name: item["_name"], finish_reason };
  });
  return readMessages(
    items.filter((item) => item !== null),
    role,
  );
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** `{type: <class>, data: {name, …}}`; a toolset has its tools inside. */
function definitionOf(item: unknown): unknown {
  return isRecord(item) && isRecord(item["data"]) ? item["data"] : item;
}

function readRun(fields: Partial<LlmFields>, output: Item | undefined, take: AttributeTaker): void {
  const { input, output: made } = splitRun(chatOf(output?.["messages"], "user"));
  fields.inputMessages = input;
  fields.outputMessages = made;
  const tools = take.json("haystack.agent.tools");
  fields.tools = readTools(listOf(tools).map(definitionOf));
}

/** What a pipeline was asked and what its last generator answered, as far as its components' names for it are known. */
function readPipeline(fields: Partial<LlmFields>, input: Item | undefined, output: Item | undefined): void {
  const asked = Object.values(input ?? {}).filter(isRecord);
  const said = asked.map(
    (each) => each["messages"] ?? each["query"] ?? each["question"] ?? each["text"] ?? each["prompt"],
  );
  fields.inputMessages = chatOf(
    said.find((value) => value !== undefined && value !== null),
    "user",
  );
  const made = Object.values(output ?? {}).filter(isRecord);
  const answered = made.map((each) => each["replies"] ?? each["last_message"] ?? each["answers"]);
  fields.outputMessages = chatOf(
    answered.findLast((value) => value !== undefined && value !== null),
    "assistant",
  );
}

/** The component that runs an agent's tools: where it ran one, it is that tool. */
function readInvoker(fields: Partial<LlmFields>, output: Item | undefined): void {
  const answers = chatOf(output?.["tool_messages"], "tool");
  const [message] = listOf(output?.["tool_messages"]);
  const [part] = listOf(isRecord(message) ? (message["content"] ?? message["_content"]) : undefined);
  const told = isRecord(part) ? part["tool_call_result"] : undefined;
  if (!isRecord(told)) return;
  const call = told["origin"];
  const result = answers[0]?.parts[0];
  if (answers.length !== 1 || !isRecord(call)) return;
  const name = textOf(call["tool_name"]);
  fields.kind = "TOOL";
  fields.tool = compact({
    name,
    callId: textOf(call["id"]),
    arguments: call["arguments"],
    result: result?.type === "tool_result" ? result.result : undefined,
  });
  if (name !== undefined) fields.displayName = name;
  if (told["error"] === true) fields.error = errorOf(told["result"]);
}

/** An agent goes on after a tool that failed: what went wrong is its answer. */
function errorOf(answer: unknown): LlmFields["error"] {
  const message = textOf(isRecord(answer) ? answer["error"] : answer);
  return { message: message ?? "The tool answered with an error." };
}

function readTool(fields: Partial<LlmFields>, take: AttributeTaker): void {
  const name = take.text("haystack.tool.name");
  fields.tool = compact({
    name,
    description: take.text("haystack.tool.description"),
    arguments: take.json("haystack.agent.step.tool.input"),
    result: take.json("haystack.agent.step.tool.output"),
  });
  if (take.boolean("haystack.tool.error") === true) fields.error = errorOf(fields.tool?.result);
  if (name !== undefined) fields.displayName = name;
}

function readEmbedder(fields: Partial<LlmFields>, input: Item | undefined, output: Item | undefined): void {
  const documents = listOf(output?.["documents"] ?? input?.["documents"]).filter(isRecord);
  const texts = input?.["text"] ?? documents.map((document) => document["content"]);
  fields.embeddings = readEmbeddings(texts, output?.["embedding"] ?? documents);
  readMeta(fields, listOf(output?.["meta"]).filter(isRecord));
}

function readSearch(
  kind: SpanKind,
  fields: Partial<LlmFields>,
  input: Item | undefined,
  output: Item | undefined,
): void {
  fields.documents = readDocuments(listOf(output?.["documents"]).map(plainDocument));
  if (kind === "RERANKER")
    fields.inputDocuments = readDocuments(listOf(input?.["documents"]).map(plainDocument));
  const query = textOf(jsonOf(input?.["query"]));
  if (query !== undefined) fields.query = query;
  const topK = input?.["top_k"];
  if (typeof topK === "number") fields.topK = topK;
}

/** Without the members that are empty or hold vectors; what else stands beside the content is its metadata. */
function plainDocument(item: unknown): unknown {
  if (!isRecord(item)) return item;
  const { blob: _blob, embedding: _embedding, sparse_embedding: _sparse, meta, ...rest } = item;
  return isRecord(meta) ? { ...rest, metadata: meta } : rest;
}
