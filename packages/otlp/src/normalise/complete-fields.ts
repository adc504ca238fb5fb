import type { LlmFields, Note, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "./payload.ts";
import { readDocuments } from "./read-documents.ts";
import { openResult } from "./read-parts.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { firstOf, isRecord } from "./record.ts";
import { hasTokens, hasUsage, settleUsage } from "./usage.ts";

/** Raw outputs longer than this are not searched for an id: they are read when there are no messages only. */
const MAX_SEARCHED_OUTPUT = 262_144;

/**
 * What the dialects read, completed from itself: the kind from what is there, messages from raw input and output,
 * a tool's arguments and result, token buckets that add up, and whether the cost is known. Knows no
 * attribute names. Changes `fields`; returns what it had to remark.
 */
export function completeFields(fields: LlmFields, span: WireSpan): Note[] {
  const notes: Note[] = [];
  if (fields.kind === "UNKNOWN") fields.kind = inferKind(fields);
  if (fields.displayName === span.name) delete fields.displayName;
  if (fields.kind === "LLM") completeConversation(fields);
  if (fields.kind === "TOOL") completeTool(fields);
  if (fields.kind === "RETRIEVER" || fields.kind === "RERANKER") completeRetrieval(fields);
  if (fields.finishReasons.length === 0) fields.finishReasons = reasonsOfMessages(fields);
  fields.usage = settleUsage(fields.usage);
  completeCost(fields);
  checkTimeToFirstToken(fields, span, notes);
  return notes;
}

/** The kind of a span that does not say: what it did tells. */
function inferKind(fields: LlmFields): SpanKind {
  if (fields.tool !== undefined) return "TOOL";
  if (fields.inputDocuments.length > 0) return "RERANKER";
  if (fields.documents.length > 0 || fields.query !== undefined) return "RETRIEVER";
  if (fields.embeddings.length > 0) return "EMBEDDING";
  const hasModel = fields.requestModel !== undefined || fields.responseModel !== undefined;
  const hasMessages = fields.inputMessages.length > 0 || fields.outputMessages.length > 0;
  if (fields.agentName !== undefined && !hasModel && !hasMessages) return "AGENT";
  return hasModel || hasMessages || hasUsage(fields.usage) ? "LLM" : "UNKNOWN";
}

function completeConversation(fields: LlmFields): void {
  const { input, output } = fields;
  if (fields.inputMessages.length === 0 && input !== undefined)
    fields.inputMessages = readPromptPayload(input.value);
  if (output === undefined) return;
  const isSilent = fields.outputMessages.length === 0;
  const isOpen = fields.responseId === undefined || fields.finishReasons.length === 0;
  const isSearchable = output.mimeType === "application/json" && output.value.length <= MAX_SEARCHED_OUTPUT;
  if (!isSilent && !(isOpen && isSearchable)) return;
  // Responses begin with their id: no need to open them for it.
  const head = isSilent ? null : /^\s*\{\s*"id"\s*:\s*"([^"\\]{1,200})"/.exec(output.value);
  if (head?.[1] !== undefined) {
    fields.responseId ??= head[1];
    return;
  }
  const completion = readCompletionPayload(output.value);
  if (isSilent) fields.outputMessages = completion.messages;
  if (completion.responseId !== undefined) fields.responseId ??= completion.responseId;
  if (fields.finishReasons.length === 0) fields.finishReasons = completion.finishReasons;
}

function completeTool(fields: LlmFields): void {
  const { input, output } = fields;
  const tool = { ...fields.tool };
  if (tool.arguments === undefined && input !== undefined) tool.arguments = jsonOf(input.value);
  if (tool.result === undefined && output !== undefined) {
    const answer = unwrapToolMessage(jsonOf(output.value));
    tool.result = answer.result;
    if (answer.callId !== undefined) tool.callId ??= answer.callId;
  }
  if (input === undefined && tool.arguments !== undefined) fields.input = payloadOf(tool.arguments);
  if (output === undefined && tool.result !== undefined) fields.output = payloadOf(tool.result);
  if (Object.keys(tool).length > 0) fields.tool = tool;
}

/** LangChain wraps a tool's answer in a serialised message. */
function unwrapToolMessage(value: unknown): { result: unknown; callId: string | undefined } {
  const message = isRecord(value) ? (isRecord(value["output"]) ? value["output"] : value) : undefined;
  const kwargs = message?.["lc"] !== undefined && isRecord(message["kwargs"]) ? message["kwargs"] : undefined;
  if (kwargs?.["content"] === undefined) return { result: value, callId: undefined };
  return { result: openResult(kwargs["content"]), callId: textOf(kwargs["tool_call_id"]) };
}

function completeRetrieval(fields: LlmFields): void {
  if (fields.query === undefined && fields.input !== undefined) {
    const query = queryOf(fields.input.value);
    if (query !== undefined) fields.query = query;
  }
  if (fields.input === undefined && fields.query !== undefined) fields.input = payloadOf(fields.query);
  if (fields.documents.length === 0 && fields.output?.mimeType === "application/json") {
    const value = jsonOf(fields.output.value);
    const list = isRecord(value) ? value["documents"] : value;
    if (Array.isArray(list)) fields.documents = readDocuments(list);
  }
}

function queryOf(input: string): string | undefined {
  const opened = jsonOf(input);
  if (!isRecord(opened)) return textOf(opened);
  return textOf(firstOf(opened, "query", "question", "input", "search_query", "q", "text"));
}

function reasonsOfMessages(fields: LlmFields): string[] {
  const reasons = fields.outputMessages.map((message) => message.finishReason);
  return [...new Set(reasons.filter((reason) => reason !== undefined))];
}

const PRICED = new Set<SpanKind>(["LLM", "EMBEDDING", "RERANKER"]);

function completeCost(fields: LlmFields): void {
  // SDKs that price by themselves send zero where they know nothing.
  const isUnknown =
    fields.cost?.source === "reported" && fields.cost.costUsd === 0 && !hasTokens(fields.usage);
  if (isUnknown) delete fields.cost;
  if (fields.cost === undefined && PRICED.has(fields.kind) && hasUsage(fields.usage)) {
    fields.cost = { source: "unpriced" };
  }
}

function checkTimeToFirstToken(fields: LlmFields, span: WireSpan, notes: Note[]): void {
  const waited = fields.timeToFirstTokenMs;
  if (waited === undefined) return;
  const hasEnded = span.endTimeNs !== "0" && span.startTimeNs !== "0";
  const lasted = hasEnded ? Number(BigInt(span.endTimeNs) - BigInt(span.startTimeNs)) / 1e6 : Infinity;
  if (waited >= 0 && waited <= lasted) return;
  delete fields.timeToFirstTokenMs;
  const message = `The time to the first token, ${waited} ms, does not lie within the span.`;
  notes.push({ code: "implausible_value", message });
}
