import type { SpanRow } from "@nightowl/model/api/span-row";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import { answerText, retrievalFactsOf } from "@nightowl/model/retrieval/retrieval-facts";
import { type Span, type SpanKind, type StatusCode, statusOf } from "@nightowl/model/span/span";
import { errorWords } from "@nightowl/otlp/normalise/error-words";
import { oneLine, previewOf } from "@nightowl/otlp/normalise/preview";
import { callFactsOf } from "./call-facts.ts";

/**
 * The line of the waterfall that a span will be: what {@link toSpanRow} reads of its row once it is written; and what pricing
 * and the questions about searches need of it.
 *
 * @param documents texts that retrievers of its trace found.
 */
export function spanRowOf(span: Span, documents: readonly string[] = []): AccountedRow {
  const { usage, cost } = span;
  const { inputPreview, outputPreview } = previewOf(span);
  const row: AccountedRow = toSpanRow([
    span.spanId,
    span.parentSpanId,
    span.name.toWellFormed(),
    stored(span.displayName),
    span.kind,
    span.startTimeNs,
    span.endTimeNs,
    statusOf(span),
    oneLine(errorWords(span.statusMessage || (span.error?.message ?? ""))),
    stored(span.error?.type),
    stored(span.serviceName),
    stored(span.requestModel),
    stored(span.responseModel),
    stored(span.provider),
    stored(span.tool?.name),
    stored(span.tool?.callId),
    stored(span.agentName),
    inputPreview,
    outputPreview,
    count(usage.inputTokens),
    count(usage.outputTokens),
    count(usage.cacheReadTokens),
    span.cumulativeUsage === true,
    finite(cost && "costUsd" in cost ? cost.costUsd : undefined),
    cost?.source ?? "",
    finite(span.timeToFirstTokenMs),
    stored(span.responseId),
    stored(span.sessionId),
    stored(span.userId),
    span.tags.map((tag) => tag.toWellFormed()),
    stored(span.environment),
    span.documents.length,
    span.notes.length,
    Number.isFinite(span.sampleWeight) ? span.sampleWeight : 1,
  ]);
  const call = callFactsOf(span, documents);
  if (call) row.call = call;
  const retrieval = retrievalFactsOf(span);
  if (retrieval) row.retrieval = retrieval;
  if (documents.length > 0 && span.kind === "LLM") row.answer = answerText(span);
  return row;
}

function stored(value: string | undefined): string {
  return value?.toWellFormed() ?? "";
}

function count(value: number | undefined): string | null {
  return value === undefined || !Number.isFinite(value) || value < 0 ? null : String(Math.round(value));
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/** What {@link toSpanRow} needs of `spans`, in its order. All of it narrow. */
export const SPAN_ROW_COLUMNS = [
  "span_id", "parent_span_id", "name", "display_name", "kind", "start_ns", "end_ns", "status_code", "status_message",
  "error_type", "service_name", "request_model", "response_model", "provider", "tool_name", "tool_call_id",
  "agent_name", "input_preview", "output_preview", "input_tokens", "output_tokens", "cache_read_tokens",
  "cumulative_usage", "cost_usd", "cost_source", "time_to_first_token_ms", "response_id", "session_id", "user_id", "tags",
  "environment", "document_count", "note_count", "sample_weight",
] as const; // prettier-ignore

/** Columns beside {@link SPAN_ROW_COLUMNS} that the dialects fill. */
export const OTHER_READ_COLUMNS = [
  "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "prompt_name",
  "prompt_version", "finish_reason",
] as const; // prettier-ignore

/** What the dialects read of a span, as far as it is in columns: one text, to be compared. */
export function readingOf(span: Span): string {
  const { usage, promptTemplate } = span;
  // What pricing needs is in columns of its own, and partly of other spans; what searches found is in a table of its own.
  const { call: _call, retrieval: _retrieval, answer: _answer, ...row } = spanRowOf(span);
  return JSON.stringify([
    row,
    count(usage.cacheWriteTokens),
    count(usage.cacheWrite1hTokens),
    count(usage.reasoningTokens),
    count(usage.audioInputTokens),
    count(usage.audioOutputTokens),
    stored(promptTemplate?.name),
    stored(promptTemplate?.version),
    stored(span.finishReasons[0]),
  ]);
}

/** {@link readingOf} the span whose row this is. */
export function readingOfRow(row: Readonly<Record<string, unknown>>): string {
  const columns = SPAN_ROW_COLUMNS.map((column) => row[column]) as SpanRowColumns;
  return JSON.stringify([toSpanRow(columns), ...OTHER_READ_COLUMNS.map((column) => row[column])]);
}

/** A row of {@link SPAN_ROW_COLUMNS}, by position: what `queryArrays` returns. */
export type SpanRowColumns = [
  spanId: string, parentSpanId: string, name: string, displayName: string, kind: SpanKind, startNs: string, endNs: string,
  statusCode: StatusCode, statusMessage: string, errorType: string, serviceName: string, requestModel: string,
  responseModel: string, provider: string, toolName: string, toolCallId: string, agentName: string,
  inputPreview: string, outputPreview: string, inputTokens: string | null, outputTokens: string | null,
  cacheReadTokens: string | null, cumulativeUsage: boolean, costUsd: number | null, costSource: string,
  timeToFirstTokenMs: number | null, responseId: string, sessionId: string, userId: string, tags: string[],
  environment: string, documentCount: number, noteCount: number, sampleWeight: number,
]; // prettier-ignore

/** A line of the waterfall. What is empty is left out. */
export function toSpanRow(columns: SpanRowColumns): SpanRow {
  const [
    spanId, parentSpanId, name, displayName, kind, startTimeNs, endTimeNs, statusCode, statusMessage, errorType, service,
    requestModel, responseModel, provider, toolName, toolCallId, agentName, inputPreviewText,
    outputPreviewText, inputTokens, outputTokens, cacheReadTokens, cumulativeUsage, costUsd, costSource, timeToFirstTokenMs,
    responseId, sessionId, userId, tags, environment, documentCount, noteCount, sampleWeight,
  ] = columns; // prettier-ignore
  const row: SpanRow = { spanId, name, kind, startTimeNs, endTimeNs, statusCode };
  if (displayName) row.displayName = displayName;
  if (parentSpanId) row.parentSpanId = parentSpanId;
  if (statusMessage) row.statusMessage = statusMessage;
  if (errorType) row.errorType = errorType;
  if (service) row.service = service;
  const model = responseModel || requestModel;
  if (model) row.model = model;
  if (provider) row.provider = provider;
  if (toolName) row.toolName = toolName;
  if (toolCallId) row.toolCallId = toolCallId;
  if (agentName) row.agentName = agentName;
  if (inputPreviewText) row.inputPreview = inputPreviewText;
  if (outputPreviewText) row.outputPreview = outputPreviewText;
  if (inputTokens !== null) row.inputTokens = Number(inputTokens);
  if (outputTokens !== null) row.outputTokens = Number(outputTokens);
  if (cacheReadTokens !== null) row.cacheReadTokens = Number(cacheReadTokens);
  if (cumulativeUsage) row.cumulativeUsage = true;
  if (costUsd !== null) row.costUsd = costUsd;
  if (costSource) row.costSource = costSource as NonNullable<SpanRow["costSource"]>;
  if (timeToFirstTokenMs !== null) row.timeToFirstTokenMs = timeToFirstTokenMs;
  if (responseId) row.responseId = responseId;
  if (sessionId) row.sessionId = sessionId;
  if (userId) row.userId = userId;
  if (tags.length > 0) row.tags = tags;
  if (environment) row.environment = environment;
  if (documentCount > 0) row.documentCount = documentCount;
  if (noteCount > 0) row.noteCount = noteCount;
  if (sampleWeight !== 1) row.sampleWeight = sampleWeight;
  return row;
}
