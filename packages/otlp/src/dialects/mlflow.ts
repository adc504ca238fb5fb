import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { toPayload } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { splitAnswer } from "../normalise/read-message-events.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * MLflow Tracing, as its SDKs export it over OTLP. Every value is JSON text, texts too; inputs and outputs are
 * those of the function or of the provider's client.
 *
 * @see https://mlflow.org/docs/latest/genai/tracing/opentelemetry/export/
 */
export const mlflow: Dialect = {
  name: "mlflow",
  detect: (span, attrs) => attrs.hasFamily("mlflow") || span.scope.name.startsWith("mlflow."),
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
  const inputs = take.json("mlflow.spanInputs");
  const outputs = take.json("mlflow.spanOutputs");
  const request = isRecord(inputs) ? inputs : {};
  const response = isRecord(outputs) ? outputs : {};
  const model = unquoted(take, "mlflow.llm.model");
  const fields: Partial<LlmFields> = {
    kind,
    provider: providerOf(unquoted(take, "mlflow.llm.provider"), model),
    usage: { ...readUsageObject(response["usage"]), ...readUsageObject(take.json("mlflow.chat.tokenUsage")) },
    cost: readCost(take),
    tools: readTools(listOf(take.json("mlflow.chat.tools"))),
    timeToFirstTokenMs: readTimeToFirstChunk(span),
    promptTemplate: readPrompt(take),
    sessionId: unquoted(take, "mlflow.trace.session"),
    userId: unquoted(take, "mlflow.trace.user"),
    metadata: readTags(take),
  };
  if (inputs !== undefined) fields.input = toPayload(rawOf(attrs, "mlflow.spanInputs"), undefined).payload;
  if (outputs !== undefined) fields.output = toPayload(rawOf(attrs, "mlflow.spanOutputs"), undefined).payload;
  if (model !== undefined) fields.responseModel = model;
  if (kind === "LLM" || kind === "EMBEDDING") {
    const asked = textOf(request["model"]);
    if (asked !== undefined) fields.requestModel = asked;
    const settings = readInvocationParameters(request);
    if (settings !== undefined && Object.keys(settings).length > 0) fields.invocationParameters = settings;
    if (typeof request["stream"] === "boolean") fields.streaming = request["stream"];
  }
  if (kind === "EMBEDDING") fields.embeddings = readEmbeddings(request["input"], response["data"] ?? outputs);
  if (kind === "TOOL") readTool(span, take, fields, inputs, outputs);
  const fallback: Partial<LlmFields> = { tools: readTools(listOf(request["tools"])) };
  // Early versions write the whole conversation once more, question and answer in one list.
  const chat = splitAnswer(readMessages(listOf(take.json("mlflow.chat.messages")), "user"));
  fallback.inputMessages = chat.input;
  fallback.outputMessages = chat.output;
  for (const key of ["mlflow.traceRequestId", "mlflow.spanFunctionName"]) if (attrs.has(key)) take.claim(key);
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
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

/** Milliseconds from the start to the first piece of a stream. */
function readTimeToFirstChunk(span: WireSpan): number | undefined {
  const first = span.events.find((event) => event.name === "mlflow.chunk.item.0");
  if (first === undefined || first.timeNs === "0" || span.startTimeNs === "0") return undefined;
  return Number(BigInt(first.timeNs) - BigInt(span.startTimeNs)) / 1e6;
}

function readPrompt(take: AttributeTaker): LlmFields["promptTemplate"] {
  const [prompt] = listOf(take.json("mlflow.linkedPrompts"));
  if (!isRecord(prompt)) return undefined;
  return compact({ name: textOf(prompt["name"]), version: textOf(prompt["version"]) });
}

function readTags(take: AttributeTaker): Record<string, unknown> | undefined {
  const prefix = "mlflow.traceTag.";
  const tags = take.attrs.withPrefix(prefix);
  for (const [name] of tags) take.claim(prefix + name);
  return tags.length === 0
    ? undefined
    : Object.fromEntries(tags.map(([name, value]) => [name, jsonOf(value)]));
}

function readTool(
  span: WireSpan,
  take: AttributeTaker,
  fields: Partial<LlmFields>,
  inputs: unknown,
  outputs: unknown,
): void {
  const name = unquoted(take, "mlflow.spanFunctionName") ?? span.name;
  fields.tool = compact({ name, arguments: inputs, result: outputs });
  fields.displayName = name;
}
