import type { AttributeValue } from "@nightowl/model/span/attributes";
import type { Span, StatusCode, WireSpan } from "@nightowl/model/span/span";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import type { AccountedRow } from "@nightowl/model/trace/call-facts";
import { BinaryRows } from "./binary-rows.ts";
import { json, list, sharedJson } from "./json-text.ts";
import type { RowBytes } from "./row-buffer.ts";
import { spanRowOf } from "./span-rows.ts";

/** Texts that retrievers of the span's trace found, as far as they are known; see `measurePrompt`. */
export type DocumentsOf = (span: Span) => readonly string[];
const NO_DOCUMENTS: DocumentsOf = () => [];

/** Rows of `spans` as they are written, in this order. */
export const SPAN_COLUMNS = [
  "project", "start_hour", "trace_id", "span_id", "version", "received_ns", "parent_span_id", "name", "display_name", "kind",
  "otel_kind", "start_ns", "end_ns", "status_code", "wire_status_code", "status_message", "error_type", "service_name",
  "environment", "scope_name", "provider", "request_model", "response_model", "response_id", "tool_name",
  "tool_call_id", "agent_name", "session_id", "user_id", "tags", "prompt_name", "prompt_version",
  "prompt_template_id", "prompt_version_id",
  "finish_reason", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
  "cache_write_1h_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "cumulative_usage", "cost_usd",
  "cost_source", "input_cost_usd", "output_cost_usd", "tools_prompt_tokens", "system_prompt_tokens",
  "history_prompt_tokens", "documents_prompt_tokens", "tool_results_prompt_tokens", "user_prompt_tokens",
  "fed_by_tools", "time_to_first_token_ms", "document_count", "event_count", "note_count", "sample_weight", "input_preview",
  "output_preview", "attribute_text", "trace_state", "flags", "dropped_attributes_count",
  "dropped_events_count", "dropped_links_count", "full_status_message", "attributes", "events", "links",
  "notes", "resource", "scope",
] as const; // prettier-ignore

const MAX_FILTER_TEXT = 256;
const MAX_FILTER_KEYS = 1000;
/** An ended span always replaces one that was still running, in whichever order they came. */
const ENDED = 1n << 63n;

/**
 * Spans as bytes to insert: RowBinary in the order of {@link SPAN_COLUMNS}, with the end of each row;
 * and each as the line of the waterfall that the store will answer for it.
 *
 * @param receivedNs when they arrived, Unix nanoseconds; of two versions of a span the later one stays.
 */
export function toRows(
  spans: readonly Span[],
  receivedNs: bigint,
  documentsOf: DocumentsOf = NO_DOCUMENTS,
): RowBytes & { spanRows: AccountedRow[] } {
  const received = String(receivedNs);
  const endedVersion = String(ENDED + receivedNs);
  const rows = new BinaryRows();
  const spanRows = spans.map((span) => spanRowOf(span, documentsOf(span)));
  for (const [index, span] of spans.entries()) {
    const version = span.endTimeNs === "0" ? received : endedVersion;
    addRow(rows, span, spanRows[index] as AccountedRow, received, version);
  }
  return { ...rows.finish(), spanRows };
}

/** A span that was stored before and is read anew: what it was when it came stays. */
export interface RereadSpan {
  span: Span;
  /** When it arrived, Unix nanoseconds. */
  receivedNs: string;
  /** Of the row that takes the old one's place; see {@link nextVersion}. */
  version: bigint;
}

/** {@link toRows} for spans that were read anew. */
export function toRereadRows(
  spans: readonly RereadSpan[],
  documentsOf: DocumentsOf = NO_DOCUMENTS,
): RowBytes {
  const rows = new BinaryRows();
  for (const { span, receivedNs, version } of spans) {
    addRow(rows, span, spanRowOf(span, documentsOf(span)), receivedNs, String(version));
  }
  return rows.finish();
}

/** Times of receipt lie at least so far apart: the readings of one receipt are numbered in between. */
export const RECEIPT_STEP_NS = 1000n;

/**
 * The version of a new reading of the same receipt: higher than the one before, lower than that of anything that
 * was, or will be, received after it. At the last number it stays: of two equal ones the later written counts.
 */
export function nextVersion(version: bigint): bigint {
  return version % RECEIPT_STEP_NS === RECEIPT_STEP_NS - 1n ? version : version + 1n;
}

/** Column by column, in the order of {@link SPAN_COLUMNS}. */
function addRow(rows: BinaryRows, span: Span, row: AccountedRow, received: string, version: string): void {
  const { usage, cost } = span;
  const { call } = row;
  rows.text(span.project);
  rows.int32(startHour(span.startTimeNs));
  rows.text(span.traceId);
  rows.text(span.spanId);
  rows.uint64(version);
  rows.uint64(received);
  rows.text(span.parentSpanId);
  rows.text(span.name);
  rows.text(span.displayName);
  rows.text(span.kind);
  rows.int32(span.otelKind);
  rows.uint64(span.startTimeNs);
  rows.uint64(span.endTimeNs);
  rows.text(row.statusCode);
  rows.text(span.statusCode);
  rows.text(row.statusMessage);
  rows.text(span.error?.type);
  rows.text(span.serviceName);
  rows.text(span.environment);
  rows.text(span.scope.name);
  rows.text(span.provider);
  rows.text(span.requestModel);
  rows.text(span.responseModel);
  rows.text(span.responseId);
  rows.text(span.tool?.name);
  rows.text(span.tool?.callId);
  rows.text(span.agentName);
  rows.text(span.sessionId);
  rows.text(span.userId);
  rows.texts(span.tags);
  rows.text(span.promptTemplate?.name);
  rows.text(span.promptTemplate?.version);
  rows.text(span.prompt?.templateId);
  rows.text(span.prompt?.versionId);
  rows.text(span.finishReasons[0]);
  rows.nullableCount(usage.inputTokens);
  rows.nullableCount(usage.outputTokens);
  rows.nullableCount(usage.cacheReadTokens);
  rows.nullableCount(usage.cacheWriteTokens);
  rows.nullableCount(usage.cacheWrite1hTokens);
  rows.nullableCount(usage.reasoningTokens);
  rows.nullableCount(usage.audioInputTokens);
  rows.nullableCount(usage.audioOutputTokens);
  rows.bool(span.cumulativeUsage === true);
  rows.nullableFloat64(cost && "costUsd" in cost ? cost.costUsd : undefined);
  rows.text(cost?.source);
  rows.nullableFloat64(call?.reportedInputCostUsd);
  rows.nullableFloat64(call?.reportedOutputCostUsd);
  for (const part of PROMPT_PARTS) rows.int32(call?.promptTokens?.[part] ?? 0);
  rows.texts(call?.fedByTools ?? []);
  rows.nullableFloat64(span.timeToFirstTokenMs);
  rows.int32(span.documents.length);
  rows.int32(span.events.length);
  rows.int32(span.notes.length);
  rows.float64(span.sampleWeight, 1);
  rows.text(row.inputPreview);
  rows.text(row.outputPreview);
  addFilterTexts(rows, span);
  rows.text(span.traceState);
  rows.int32(span.flags);
  rows.int32(span.droppedAttributesCount);
  rows.int32(span.droppedEventsCount);
  rows.int32(span.droppedLinksCount);
  rows.text(span.statusMessage);
  rows.text(json(span.attributes));
  rows.text(list(span.events));
  rows.text(list(span.links));
  rows.text(list(span.wireNotes));
  rows.text(sharedJson(span.resource));
  rows.text(sharedJson(span.scope));
  rows.endRow();
}

/** Hours since 1970 of a decimal Unix time in nanoseconds; exact. */
export function startHour(timeNs: string): number {
  return Math.floor(Number(timeNs.slice(0, -9)) / 3600);
}

/** Whether an attribute key belongs in the filter map. */
const filterKeys = new Map<string, boolean>();
const MAX_REMEMBERED_KEYS = 10_000;

/** Lists that were flattened into keys (`messages.0.content`) are no one's filter, and may be very long. */
function isFilterKey(key: string): boolean {
  let known = filterKeys.get(key);
  if (known === undefined) {
    known = !/\.\d+(\.|$)/.test(key);
    if (filterKeys.size < MAX_REMEMBERED_KEYS) filterKeys.set(key, known);
  }
  return known;
}

/** What filters can ask for: short plain values. */
function addFilterTexts(rows: BinaryRows, { attributes }: Span): void {
  const entries: string[] = [];
  for (const key in attributes) {
    const value = scalarText(attributes[key]);
    if (value === undefined || value.length > MAX_FILTER_TEXT || !isFilterKey(key)) continue;
    if (entries.push(key, value) >= MAX_FILTER_KEYS * 2) break;
  }
  rows.length(entries.length / 2);
  for (const entry of entries) rows.text(entry);
}

function scalarText(value: AttributeValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const tagged = value["@int"] ?? value["@double"];
  return typeof tagged === "string" ? tagged : undefined;
}

/** What {@link fromRow} needs of `spans`. */
export const WIRE_SPAN_COLUMNS = [
  "trace_id", "span_id", "parent_span_id", "trace_state", "flags", "name", "otel_kind", "start_ns", "end_ns",
  "attributes", "dropped_attributes_count", "events", "dropped_events_count", "links", "dropped_links_count",
  "wire_status_code", "full_status_message", "resource", "scope", "notes",
] as const; // prettier-ignore

/** A row of {@link WIRE_SPAN_COLUMNS}: 64-bit integers as text, JSON as text. */
export interface WireSpanRow {
  trace_id: string;
  span_id: string;
  parent_span_id: string;
  trace_state: string;
  flags: number;
  name: string;
  otel_kind: number;
  start_ns: string;
  end_ns: string;
  attributes: string;
  dropped_attributes_count: number;
  events: string;
  dropped_events_count: number;
  links: string;
  dropped_links_count: number;
  wire_status_code: StatusCode;
  full_status_message: string;
  resource: string;
  scope: string;
  notes: string;
}

/** The wire span as it was written, whole. */
export function fromRow(row: WireSpanRow): WireSpan {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    traceState: row.trace_state,
    flags: row.flags,
    name: row.name,
    otelKind: row.otel_kind,
    startTimeNs: row.start_ns,
    endTimeNs: row.end_ns,
    attributes: JSON.parse(row.attributes) as WireSpan["attributes"],
    droppedAttributesCount: row.dropped_attributes_count,
    events: JSON.parse(row.events) as WireSpan["events"],
    droppedEventsCount: row.dropped_events_count,
    links: JSON.parse(row.links) as WireSpan["links"],
    droppedLinksCount: row.dropped_links_count,
    statusCode: row.wire_status_code,
    statusMessage: row.full_status_message,
    resource: JSON.parse(row.resource) as WireSpan["resource"],
    scope: JSON.parse(row.scope) as WireSpan["scope"],
    notes: JSON.parse(row.notes) as WireSpan["notes"],
  };
}
