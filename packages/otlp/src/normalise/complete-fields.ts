import { REDACTED, type Message, type MessagePart } from "@nightowl/model/span/message";
import { findResultDocuments } from "@nightowl/model/retrieval/find-result-documents";
import {
  OTEL_KINDS,
  type LlmFields,
  type Note,
  type Payload,
  type Span,
  type SpanKind,
} from "@nightowl/model/span/span";
import { jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { callArguments } from "./call-arguments.ts";
import { completeRun } from "./complete-run.ts";
import { endInWords, joinTurns } from "./join-turns.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { openError } from "./open-error.ts";
import { payloadOf } from "./payload.ts";
import { providerOfScope } from "./provider.ts";
import { pythonLiteral } from "./python-literal.ts";
import { readDocuments } from "./read-documents.ts";
import { readEmbeddings } from "./read-embeddings.ts";
import { openResult } from "./read-parts.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { readTools } from "./read-tools.ts";
import { firstOf, isRecord } from "./record.ts";
import { settleCallIds } from "./settle-call-ids.ts";
import { hasTokens, hasUsage, settleUsage, usageComplaint } from "./usage.ts";

/** Raw outputs longer than this are not searched for an id: they are read when there are no messages only. */
const MAX_SEARCHED_OUTPUT = 262_144;

/**
 * What the dialects read, completed from itself: the kind from what is there, messages from raw input and output,
 * a tool's arguments and result, token buckets that add up, and whether the cost is known. Knows no
 * attribute names. Changes `fields`; returns what it had to remark. With `isOfNoKind` the kind stays UNKNOWN.
 */
export function completeFields(fields: Span, isOfNoKind = false): Note[] {
  const notes: Note[] = [];
  fields.requestModel = bareModel(fields.requestModel);
  fields.responseModel = bareModel(fields.responseModel);
  if (fields.requestModel === "unknown") fields.requestModel = undefined;
  if (fields.responseModel === "unknown") fields.responseModel = undefined;
  if (isPrintedObject(fields.output?.value)) fields.output = undefined;
  if (isPrintedObject(fields.tool?.result)) fields.tool = { ...fields.tool, result: undefined };
  if (fields.userId === "unknown") fields.userId = undefined;
  if (fields.kind === "UNKNOWN" && !isOfNoKind) fields.kind = inferKind(fields);
  if (fields.droppedAttributesCount > 0) notes.push(mendCutSpan(fields, fields.droppedAttributesCount));
  if (PRICED.has(fields.kind)) fields.provider ??= providerOfScope(fields.scope.name);
  if (fields.kind === "LLM") completeConversation(fields);
  // Of chains, the one that is the whole run: those inside it repeat what the calls below them were shown.
  if (fields.kind === "AGENT" || (fields.kind === "CHAIN" && fields.parentSpanId === "")) completeRun(fields);
  joinSaid(fields);
  if (fields.kind === "EMBEDDING") completeEmbeddings(fields);
  if (fields.kind === "TOOL") completeTool(fields);
  if (fields.displayName !== undefined && saysName(fields.name, fields.displayName))
    fields.displayName = undefined;
  if (fields.kind === "RETRIEVER" || fields.kind === "RERANKER") completeRetrieval(fields);
  if (fields.finishReasons.length === 0) fields.finishReasons = reasonsOfMessages(fields);
  const usage = settleUsage(fields.usage);
  const complaint = usageComplaint(fields.usage, usage);
  // A call that knows of no token at all was not told them: a stream whose provider sends no usage, a failed request.
  fields.usage = PRICED.has(fields.kind) && !hasTokens(usage) ? {} : usage;
  if (complaint !== undefined) notes.push({ code: "usage_mismatch", message: complaint });
  completeCost(fields);
  if (fields.error !== undefined) fields.error = openError(fields.error);
  checkTimeToFirstToken(fields, notes);
  return notes;
}

/** Vertex AI has a place for each model: `projects/…/locations/…/publishers/google/models/gemini-2.5-flash`. */
function bareModel(model: string | undefined): string | undefined {
  if (model === undefined || !model.includes("publishers/")) return model;
  return /^(?:projects\/.+\/)?publishers\/[^/]+\/models\/([^/]+)$/.exec(model)?.[1] ?? model;
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

/**
 * An SDK keeps 128 attributes of a span unless told otherwise, so that a long conversation which was flattened into
 * attributes arrives cut. Where the whole request or answer lies in one attribute, it knows more.
 */
function mendCutSpan(fields: LlmFields, droppedCount: number): Note {
  const mended: string[] = [];
  if (fields.kind === "LLM" && fields.input !== undefined) {
    const messages = readPromptPayload(fields.input.value);
    if (messages.length > fields.inputMessages.length) {
      fields.inputMessages = messages;
      mended.push("the conversation");
    }
    const request = jsonOf(fields.input.value);
    const tools = isRecord(request) && Array.isArray(request["tools"]) ? readTools(request["tools"]) : [];
    if (tools.length > fields.tools.length) {
      fields.tools = tools;
      mended.push("the tools");
    }
  }
  if (fields.kind === "LLM" && fields.output !== undefined) {
    const { messages } = readCompletionPayload(fields.output.value);
    if (partCount(messages) > partCount(fields.outputMessages)) {
      fields.outputMessages = messages;
      mended.push("the answer");
    }
  }
  const dropped = droppedCount === 1 ? "1 attribute" : `${droppedCount} attributes`;
  const message =
    mended.length === 0
      ? `The sender dropped ${dropped} of the span: what was flattened into many attributes may be cut.`
      : `The sender dropped ${dropped} of the span; read from the whole request instead: ${mended.join(", ")}.`;
  return { code: "attributes_dropped", message };
}

function partCount(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + message.parts.length, 0);
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
    if (fields.finishReasons.length === 0) fields.finishReasons = reasonsIn(output.value);
    return;
  }
  const completion = readCompletionPayload(output.value);
  if (isSilent) fields.outputMessages = completion.messages;
  if (completion.responseId !== undefined) fields.responseId ??= completion.responseId;
  // A span that has one name for the model mostly has the one that was asked for; the answer says which one spoke.
  const isAsAsked = fields.responseModel === undefined || fields.responseModel === fields.requestModel;
  if (isAsAsked && completion.responseModel !== undefined) fields.responseModel = completion.responseModel;
  if (fields.finishReasons.length === 0) fields.finishReasons = completion.finishReasons;
}

/** Each turn of the model as one message; of several choices, each is one. */
function joinSaid(fields: LlmFields): void {
  const isCall = fields.kind === "LLM";
  // A mark where a cache may begin is no instruction; a turn of somebody's that is empty was not captured.
  if (fields.inputMessages.some(isEmptyInstruction))
    fields.inputMessages = fields.inputMessages.filter((message) => !isEmptyInstruction(message));
  if (fields.inputMessages.length > 1)
    fields.inputMessages = settleCallIds(joinTurns(fields.inputMessages, isCall));
  if (fields.outputMessages.length === 0) return;
  const choices = numberOf(fields.invocationParameters?.["n"]) ?? 1;
  const isAgent = fields.kind === "AGENT";
  if (fields.outputMessages.some(isEmpty))
    fields.outputMessages = fields.outputMessages.filter((message) => !isEmpty(message));
  // Koog's agents repeat their instructions for an answer, which nobody gives in such words.
  if ((isCall || isAgent) && fields.outputMessages.every(({ role }) => role === "system"))
    fields.outputMessages = [];
  if (isAgent) fields.outputMessages = endInWords(fields.outputMessages);
  if (isCall && choices <= 1) fields.outputMessages = joinTurns(fields.outputMessages, false);
}

/** Why a provider's answer ended, without opening it: OpenAI's choices, Anthropic's message, what stopped Responses. */
function reasonsIn(answer: string): string[] {
  const found = answer.matchAll(/"(?:finish_reason|stop_reason)"\s*:\s*"(\w+)"/g);
  const reasons = [...found].map((match) => finishReasonOf(match[1] ?? ""));
  const cut = /"incomplete_details"\s*:\s*\{\s*"reason"\s*:\s*"(\w+)"/.exec(answer);
  if (cut?.[1] !== undefined) reasons.push(finishReasonOf(cut[1]));
  return [...new Set(reasons)];
}
const isEmptyInstruction = ({ role, parts }: Message) => role === "system" && parts.length === 0;
const isEmpty = ({ parts, finishReason }: Message) => parts.length === 0 && finishReason === undefined;

/** Some conventions send the texts to embed as messages; what was traced as a function has one text, and its vector. */
function completeEmbeddings(fields: LlmFields): void {
  if (fields.embeddings.length === 0) readEmbedded(fields);
  if (fields.inputMessages.every(isOfTexts)) fields.inputMessages = [];
}

const isOfTexts = ({ parts }: Message) => parts.every(({ type }) => type === "text");

function readEmbedded(fields: LlmFields): void {
  fields.embeddings = fields.inputMessages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "text" ? [{ text: part.text }] : [])),
  );
  readSpokenVectors(fields);
  const vector = fields.output === undefined ? undefined : jsonOf(fields.output.value);
  const isVector = Array.isArray(vector) && vector.length > 0 && typeof vector[0] === "number";
  if (fields.embeddings.length > 0 || !isVector || fields.input === undefined) return;
  fields.embeddings = readEmbeddings([queryOf(fields.input.value)], [vector]);
}

/** What JavaScript or Python makes of an object that somebody took for a text: it says nothing. */
function isPrintedObject(value: unknown): boolean {
  return typeof value === "string" && /^(\[object \w+\]|<[\w.]+ object at 0x[\da-f]+>)$/.test(value);
}

/** Who tells all in events has a vector's numbers as what was answered. */
function readSpokenVectors(fields: LlmFields): void {
  const isNumber = (part: MessagePart) => part.type === "text" && /^-?[\d.]+(e-?\d+)?$/i.test(part.text);
  const { embeddings, outputMessages } = fields;
  const isVectors =
    outputMessages.length === embeddings.length && outputMessages.every(({ parts }) => parts.every(isNumber));
  if (!isVectors) return;
  fields.outputMessages = [];
  fields.embeddings = embeddings.map((each, at) => ({
    ...each,
    dimensions: outputMessages[at]?.parts.length ?? 0,
  }));
}

/** What is written where there is no id: `<not specified>`, `unknown`. */
const PLACEHOLDER = /^(<.*>|unknown)$/;

/** What LangChain's tools are made of, which its JavaScript tells in place of a tool's name. */
const CLASS_NAME = /^(Dynamic)?(Structured)?Tool$/;

function completeTool(fields: LlmFields): void {
  const [input, output] = [told(fields.input), told(fields.output)];
  const tool = { ...fields.tool };
  if (tool.callId !== undefined && PLACEHOLDER.test(tool.callId)) delete tool.callId;
  // A call and its answer told as messages are the tool's arguments and result, and no conversation.
  const [asked, answered] = [onlyPart(fields.inputMessages), onlyPart(fields.outputMessages)];
  if (asked?.type === "tool_call" || asked?.type === "tool_result") {
    tool.arguments ??= asked.type === "tool_call" ? asked.arguments : asked.result;
    fields.inputMessages = [];
  }
  if (answered?.type === "tool_result") {
    tool.result ??= answered.result;
    if (answered.isError === true) fields.error ??= failureOf(answered.result);
    fields.outputMessages = [];
  }
  if (tool.arguments === undefined && input !== undefined)
    tool.arguments = callArguments(openPrinted(jsonOf(input.value)));
  const sent = tool.result ?? (output === undefined ? undefined : jsonOf(output.value));
  if (sent !== undefined) {
    const answer = unwrapToolMessage(sent);
    tool.result = answer.result;
    if (answer.callId !== undefined) tool.callId ??= answer.callId;
    if (answer.name !== undefined && CLASS_NAME.test(tool.name ?? "Tool")) {
      if (fields.displayName === tool.name) fields.displayName = undefined;
      tool.name = answer.name;
    }
    if (answer.isError === true) fields.error ??= failureOf(answer.result);
  }
  if (fields.input === undefined && tool.arguments !== undefined) fields.input = payloadOf(tool.arguments);
  if (fields.output === undefined && tool.result !== undefined) fields.output = payloadOf(tool.result);
  fields.tool = Object.keys(tool).length > 0 ? tool : undefined;
  fields.displayName ??= tool.name;
  if (fields.documents.length > 0) return;
  fields.documents = findResultDocuments(tool.result) ?? [];
  if (fields.documents.length > 0 && fields.input !== undefined) fields.query ??= queryOf(fields.input.value);
}

/** LangChain prints a tool's arguments as Python does where there are several. */
function openPrinted(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("{")) return value;
  const opened = pythonLiteral(value);
  return isRecord(opened) ? opened : value;
}

/** A tool whose failure the model is told of, so that the span itself went well. */
function failureOf(result: unknown): LlmFields["error"] {
  return { message: textOf(result) ?? "The tool answered with an error." };
}

/** A payload that was not taken out for privacy. */
function told(payload: Payload | undefined): Payload | undefined {
  return payload?.value === REDACTED ? undefined : payload;
}

function onlyPart(messages: readonly Message[]): MessagePart | undefined {
  return messages.length === 1 && messages[0]?.parts.length === 1 ? messages[0].parts[0] : undefined;
}

interface ToolAnswer {
  result: unknown;
  callId?: string | undefined;
  name?: string | undefined;
  isError?: boolean;
}

/**
 * LangChain wraps a tool's answer in a message, serialised by it or by Python; LlamaIndex in an output that has the bare
 * one inside; Gemini in the function's response; the Model Context Protocol in a list of contents.
 */
function unwrapToolMessage(value: unknown): ToolAnswer {
  if (isRecord(value) && value["raw_output"] !== undefined && value["tool_name"] !== undefined)
    return {
      result: openResult(value["raw_output"]),
      name: textOf(value["tool_name"]),
      isError: value["is_error"] === true,
    };
  if (isFunctionResponse(value)) return { result: value["response"], callId: textOf(value["id"]) };
  if (isMcpResult(value)) return { result: openResult(value["content"]), isError: value["isError"] === true };
  const message = isRecord(value) ? (isRecord(value["output"]) ? value["output"] : value) : undefined;
  const plain = message?.["type"] === "tool" && isRecord(message["data"]) ? message["data"] : message;
  const kwargs =
    plain?.["type"] === "tool" && plain["tool_call_id"] !== undefined
      ? plain
      : message?.["lc"] !== undefined && isRecord(message["kwargs"])
        ? message["kwargs"]
        : undefined;
  if (kwargs?.["content"] === undefined) return { result: isRecord(value) ? openResult(value) : value };
  return {
    result: openResult(kwargs["content"]),
    callId: textOf(kwargs["tool_call_id"]),
    name: textOf(kwargs["name"]),
    isError: kwargs["status"] === "error",
  };
}

const MCP_RESULT = new Set(["content", "isError", "structuredContent", "_meta"]);

/** The Model Context Protocol's form of a tool's answer; a structured one is in its text too. */
function isMcpResult(value: unknown): value is Record<string, unknown> {
  const content = isRecord(value) ? value["content"] : undefined;
  if (!isRecord(value) || !Array.isArray(content)) return false;
  const isTyped = content.length > 0 && content.every((part) => isRecord(part) && textOf(part["type"]));
  return ("isError" in value || isTyped) && Object.keys(value).every((key) => MCP_RESULT.has(key));
}

/** Gemini's form of a tool's answer. */
function isFunctionResponse(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || typeof value["name"] !== "string" || !isRecord(value["response"])) return false;
  return Object.keys(value).every((key) => key === "id" || key === "name" || key === "response");
}

function completeRetrieval(fields: LlmFields): void {
  if (fields.query === undefined && fields.input !== undefined) {
    const query = queryOf(fields.input.value);
    if (query !== undefined) fields.query = query;
  }
  if (fields.input === undefined && fields.query !== undefined) fields.input = payloadOf(fields.query);
  // OpenLLMetry tells the documents, the query and the ranking as if they were said.
  if (fields.kind === "RERANKER" && fields.inputDocuments.length + fields.documents.length > 0) {
    if (fields.inputMessages.every(isOfTexts)) fields.inputMessages = [];
    if (fields.outputMessages.every(isOfTexts)) fields.outputMessages = [];
  }
  if (fields.documents.length === 0 && fields.output?.mimeType === "application/json") {
    const value = jsonOf(fields.output.value);
    const list = isRecord(value) ? value["documents"] : value;
    if (Array.isArray(list)) fields.documents = readDocuments(list);
  }
}

const QUERY_KEYS = [
  "query",
  "question",
  "input",
  "search_query",
  "q",
  "text",
  "query_str",
  "str_or_query_bundle",
  "query_bundle",
];

function queryOf(input: string): string | undefined {
  const opened = jsonOf(input);
  if (!isRecord(opened)) return textOf(opened);
  const found = firstOf(opened, ...QUERY_KEYS);
  return isRecord(found) ? textOf(firstOf(found, ...QUERY_KEYS)) : textOf(found);
}

function reasonsOfMessages(fields: LlmFields): string[] {
  if (fields.outputMessages.length === 0) return [];
  const reasons = fields.outputMessages.map((message) => message.finishReason);
  const given = reasons.filter((reason) => reason !== undefined);
  if (fields.kind === "LLM") return [...new Set(given)];
  // An agent's messages are its steps, of which the last one ended the run; a chain repeats those of what it ran.
  return fields.kind === "AGENT" ? given.slice(-1) : [];
}

const PRICED = new Set<SpanKind>(["LLM", "EMBEDDING", "RERANKER"]);

function completeCost(fields: LlmFields): void {
  // SDKs that price by themselves send zero where they know nothing.
  const isUnknown =
    fields.cost?.source === "reported" && fields.cost.costUsd === 0 && !hasTokens(fields.usage);
  if (isUnknown) fields.cost = undefined;
  if (fields.cost === undefined && PRICED.has(fields.kind) && hasUsage(fields.usage)) {
    fields.cost = { source: "unpriced" };
  }
}

function checkTimeToFirstToken(fields: Span, notes: Note[]): void {
  const waited = fields.timeToFirstTokenMs;
  if (waited === undefined) return;
  // What came in one piece has no first one; some write its duration here.
  if (fields.streaming === false) {
    fields.timeToFirstTokenMs = undefined;
    return;
  }
  const hasEnded = fields.endTimeNs !== "0" && fields.startTimeNs !== "0";
  const lasted = hasEnded ? Number(BigInt(fields.endTimeNs) - BigInt(fields.startTimeNs)) / 1e6 : Infinity;
  if (waited >= 0 && waited <= lasted) {
    // Who knows when the answer began was told it piece by piece, but for the server that gave it.
    if (fields.kind === "LLM" && OTEL_KINDS[fields.otelKind] !== "SERVER") fields.streaming ??= true;
    return;
  }
  fields.timeToFirstTokenMs = undefined;
  const message = `The time to the first token, ${waited} ms, does not lie within the fields.`;
  notes.push({ code: "implausible_value", message });
}

/** `tool.search_docs` already says `search_docs`. */
function saysName(spanName: string, displayName: string): boolean {
  return spanName === displayName || spanName.endsWith(`.${displayName}`);
}
