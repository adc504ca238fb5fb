import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { AccountedRetrieval } from "@nightowl/model/retrieval/account-retrievals";
import type { AccountedCall } from "@nightowl/model/trace/account-calls";
import { RowBuffer, type RowBytes } from "./row-buffer.ts";

/** Rows of `traces` as they are written, in this order. */
export const TRACE_COLUMNS = [
  "project", "trace_id", "version", "watermark_ns", "first_hour", "last_hour", "start_ns", "end_ns",
  "duration_ms", "running", "name", "kind", "root_span_id", "status", "error_count", "span_count",
  "llm_count", "input_tokens", "output_tokens", "cost_usd", "unpriced_count", "models", "service_name",
  "environment", "session_id", "user_id", "tags", "sample_weight", "input_preview", "output_preview",
  "error_preview",
] as const; // prettier-ignore

/** A summary, what the trace's calls cost, what its searches found, and the first and last start hour of its spans. */
export interface SummarisedTrace {
  summary: TraceSummary;
  calls: readonly AccountedCall[];
  retrievals: readonly AccountedRetrieval[];
  firstHour: number;
  lastHour: number;
}

/**
 * Summaries as bytes to insert: JSONCompactEachRow in the order of {@link TRACE_COLUMNS}.
 *
 * @param written.version of two rows of a trace the higher stays.
 * @param written.watermarkNs every span received before it is in some summary that is written.
 */
export function toTraceRows(
  traces: readonly SummarisedTrace[],
  written: { version: bigint; watermarkNs: bigint },
): RowBytes {
  const buffer = new RowBuffer();
  for (const { summary: trace, firstHour, lastHour } of traces) {
    buffer.add(
      `[${text(trace.project)},${text(trace.traceId)},${written.version},${written.watermarkNs},` +
        `${firstHour},${lastHour},${trace.startTimeNs},${trace.endTimeNs},${float(trace.durationMs)},` +
        `${trace.running},${text(trace.name)},${text(trace.kind)},${text(trace.rootSpanId ?? "")},` +
        `${text(trace.status)},${trace.errorCount},${trace.spanCount},${trace.llmCount},` +
        `${count(trace.inputTokens)},${count(trace.outputTokens)},` +
        `${trace.costUsd === null ? "null" : float(trace.costUsd)},${trace.unpricedCount},` +
        `[${trace.models.map(text).join(",")}],${text(trace.serviceName)},${text(trace.environment)},` +
        `${text(trace.sessionId)},${text(trace.userId)},[${trace.tags.map(text).join(",")}],` +
        `${float(trace.sampleWeight)},${text(trace.inputPreview)},${text(trace.outputPreview)},` +
        `${text(trace.errorPreview)}]\n`,
    );
  }
  return buffer.finish();
}

function text(value: string): string {
  return JSON.stringify(value.toWellFormed());
}

function float(value: number): string {
  return Number.isFinite(value) ? String(value) : "0";
}

function count(value: number | null): string {
  return value === null || !Number.isFinite(value) || value < 0 ? "null" : String(BigInt(Math.round(value)));
}

/** A row of `traces`: 64-bit integers as text. */
export interface TraceRow {
  project: string;
  trace_id: string;
  start_ns: string;
  end_ns: string;
  duration_ms: number;
  running: boolean;
  name: string;
  kind: TraceSummary["kind"];
  root_span_id: string;
  status: TraceSummary["status"];
  error_count: number;
  span_count: number;
  llm_count: number;
  input_tokens: string | null;
  output_tokens: string | null;
  cost_usd: number | null;
  unpriced_count: number;
  models: string[];
  service_name: string;
  environment: string;
  session_id: string;
  user_id: string;
  tags: string[];
  sample_weight: number;
  input_preview: string;
  output_preview: string;
  error_preview: string;
}

/** What {@link fromTraceRow} needs of `traces`. */
export const TRACE_SUMMARY_COLUMNS = TRACE_COLUMNS.filter(
  (column) => !["version", "watermark_ns", "first_hour", "last_hour"].includes(column),
);

export function fromTraceRow(row: TraceRow): TraceSummary {
  return {
    traceId: row.trace_id,
    project: row.project,
    name: row.name,
    kind: row.kind,
    rootSpanId: row.root_span_id || null,
    startTimeNs: row.start_ns,
    endTimeNs: row.end_ns,
    durationMs: row.duration_ms,
    running: row.running,
    status: row.status,
    errorCount: row.error_count,
    spanCount: row.span_count,
    llmCount: row.llm_count,
    inputPreview: row.input_preview,
    outputPreview: row.output_preview,
    errorPreview: row.error_preview,
    inputTokens: row.input_tokens === null ? null : Number(row.input_tokens),
    outputTokens: row.output_tokens === null ? null : Number(row.output_tokens),
    costUsd: row.cost_usd,
    unpricedCount: row.unpriced_count,
    models: row.models,
    serviceName: row.service_name,
    environment: row.environment,
    sessionId: row.session_id,
    userId: row.user_id,
    tags: row.tags,
    sampleWeight: row.sample_weight,
  };
}
