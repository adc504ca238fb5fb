import type { AttributeValue } from "@nightowl/model/span/attributes";
import type { Span, StatusCode, WireSpan } from "@nightowl/model/span/span";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import type { AccountedRow, CallFacts } from "@nightowl/model/trace/call-facts";
import { json, list, sharedJson, text } from "./json-text.ts";
import { RowBuffer, type RowBytes } from "./row-buffer.ts";
import { spanRowOf } from "./span-rows.ts";

/** Texts that retrievers of the span's trace found, as far as they are known; see `measurePrompt`. */
export type DocumentsOf = (span: Span) => readonly string[];
const NO_DOCUMENTS: DocumentsOf = () => [];

/** Rows of `spans` as they are written, in this order. */
export const SPAN_COLUMNS = [
  "project", "start_hour", "trace_id", "span_id", "version", "received_ns", "parent_span_id", "name", "display_name", "kind",
  "otel_kind", "start_ns", "end_ns", "status_code", "status_message", "error_type", "service_name",
  "environment", "scope_name", "provider", "request_model", "response_model", "response_id", "tool_name",
  "tool_call_id", "agent_name", "session_id", "user_id", "tags", "prompt_name", "prompt_version",
  "prompt_template_id", "prompt_version_id",
  "finish_reason", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
  "cache_write_1h_tokens", "reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "cost_usd",
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
 * Spans as bytes to insert: JSONCompactEachRow in the order of {@link SPAN_COLUMNS}, with the end of each row;
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
  const buffer = new RowBuffer();
  const spanRows = spans.map((span) => spanRowOf(span, documentsOf(span)));
  for (const [index, span] of spans.entries()) {
    const version = span.endTimeNs === "0" ? received : endedVersion;
    buffer.add(toRow(span, spanRows[index] as AccountedRow, received, version));
  }
  return { ...buffer.finish(), spanRows };
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
  const buffer = new RowBuffer();
  for (const { span, receivedNs, version } of spans) {
    buffer.add(toRow(span, spanRowOf(span, documentsOf(span)), receivedNs, String(version)));
  }
  return buffer.finish();
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

function promptTokens(call: CallFacts | undefined): string {
  const tokens = call?.promptTokens;
  return tokens ? PROMPT_PARTS.map((part) => tokens[part]).join(",") : "0,0,0,0,0,0";
}

function toRow(span: Span, row: AccountedRow, received: string, version: string): string {
  const { usage, cost } = span;
  return (
    `[${text(span.project)},${startHour(span.startTimeNs)},${text(span.traceId)},${text(span.spanId)},` +
    `${version},${received},${text(span.parentSpanId)},${text(span.name)},${text(span.displayName)},${text(span.kind)},` +
    `${span.otelKind},${span.startTimeNs},${span.endTimeNs},${text(span.statusCode)},` +
    `${text(row.statusMessage)},${text(span.error?.type)},${text(span.serviceName)},` +
    `${text(span.environment)},${text(span.scope.name)},${text(span.provider)},${text(span.requestModel)},` +
    `${text(span.responseModel)},${text(span.responseId)},${text(span.tool?.name)},${text(span.tool?.callId)},` +
    `${text(span.agentName)},${text(span.sessionId)},${text(span.userId)},${textList(span.tags)},` +
    `${text(span.promptTemplate?.name)},${text(span.promptTemplate?.version)},` +
    `${text(span.prompt?.templateId)},${text(span.prompt?.versionId)},${text(span.finishReasons[0])},` +
    `${count(usage.inputTokens)},${count(usage.outputTokens)},${count(usage.cacheReadTokens)},` +
    `${count(usage.cacheWriteTokens)},${count(usage.cacheWrite1hTokens)},${count(usage.reasoningTokens)},` +
    `${count(usage.audioInputTokens)},${count(usage.audioOutputTokens)},${float(cost && "costUsd" in cost ? cost.costUsd : undefined)},` +
    `${text(cost?.source)},${float(row.call?.reportedInputCostUsd)},${float(row.call?.reportedOutputCostUsd)},` +
    `${promptTokens(row.call)},${textList(row.call?.fedByTools ?? [])},${float(span.timeToFirstTokenMs)},${span.documents.length},${span.events.length},` +
    `${span.notes.length},${float(span.sampleWeight, "1")},${text(row.inputPreview)},` +
    `${text(row.outputPreview)},${filterText(span)},${text(span.traceState)},${span.flags},` +
    `${span.droppedAttributesCount},${span.droppedEventsCount},${span.droppedLinksCount},` +
    `${text(span.statusMessage)},${json(span.attributes)},${list(span.events)},${list(span.links)},` +
    `${list(span.wireNotes)},${sharedJson(span.resource)},${sharedJson(span.scope)}]\n`
  );
}

/** Hours since 1970 of a decimal Unix time in nanoseconds; exact. */
export function startHour(timeNs: string): number {
  return Math.floor(Number(timeNs.slice(0, -9)) / 3600);
}

function textList(values: readonly string[]): string {
  return values.length === 0 ? "[]" : `[${values.map(text).join(",")}]`;
}

function count(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value) || value < 0) return "null";
  return Number.isSafeInteger(value) ? String(value) : String(BigInt(Math.round(value)));
}

function float(value: number | undefined, otherwise = "null"): string {
  return value === undefined || !Number.isFinite(value) ? otherwise : String(value);
}

/** Attribute keys as they begin an entry of the filter map, or `""` for keys that do not belong in it. */
const filterKeys = new Map<string, string>();
const MAX_REMEMBERED_KEYS = 10_000;

/** Lists that were flattened into keys (`messages.0.content`) are no one's filter, and may be very long. */
function filterKey(key: string): string {
  let known = filterKeys.get(key);
  if (known === undefined) {
    known = /\.\d+(\.|$)/.test(key) ? "" : `${text(key) || '""'}:`;
    if (filterKeys.size < MAX_REMEMBERED_KEYS) filterKeys.set(key, known);
  }
  return known;
}

/** What filters can ask for: short plain values. */
function filterText({ attributes }: Span): string {
  let entries = "";
  let keys = 0;
  for (const key in attributes) {
    const value = scalarText(attributes[key]);
    if (value === undefined || value.length > MAX_FILTER_TEXT) continue;
    const start = filterKey(key);
    if (start === "") continue;
    if (++keys > MAX_FILTER_KEYS) break;
    entries += entries === "" ? start + text(value) : `,${start}${text(value)}`;
  }
  return `{${entries}}`;
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
  "status_code", "full_status_message", "resource", "scope", "notes",
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
  status_code: StatusCode;
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
    statusCode: row.status_code,
    statusMessage: row.full_status_message,
    resource: JSON.parse(row.resource) as WireSpan["resource"],
    scope: JSON.parse(row.scope) as WireSpan["scope"],
    notes: JSON.parse(row.notes) as WireSpan["notes"],
  };
}
