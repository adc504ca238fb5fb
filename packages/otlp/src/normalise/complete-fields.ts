import { OTEL_KINDS, type LlmFields, type Note, type Span, type SpanKind } from "@nightowl/model/span/span";
import { completeConversation, joinSaid, reasonsOfMessages } from "./complete-conversation.ts";
import { completeEmbeddings, completeRetrieval } from "./complete-retrieval.ts";
import { completeRun } from "./complete-run.ts";
import { completeTool } from "./complete-tool.ts";
import { mendCutSpan } from "./mend-cut-span.ts";
import { openError } from "./open-error.ts";
import { providerOfScope } from "./provider.ts";
import { hasTokens, hasUsage, settleUsage, usageComplaint } from "./usage.ts";

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

/** What JavaScript or Python makes of an object that somebody took for a text: it says nothing. */
function isPrintedObject(value: unknown): boolean {
  return typeof value === "string" && /^(\[object \w+\]|<[\w.]+ object at 0x[\da-f]+>)$/.test(value);
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
  const message = `The time to the first token, ${waited} ms, does not lie within the span.`;
  notes.push({ code: "implausible_value", message });
}

/** `tool.search_docs` already says `search_docs`. */
function saysName(spanName: string, displayName: string): boolean {
  return spanName === displayName || spanName.endsWith(`.${displayName}`);
}
