import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { AccountedRetrieval } from "@nightowl/model/retrieval/account-retrievals";
import type { AccountedCall } from "@nightowl/model/trace/account-calls";
import { BinaryRows } from "./binary-rows.ts";
import type { RowBytes } from "./row-buffer.ts";

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
 * Summaries as bytes to insert: RowBinary in the order of {@link TRACE_COLUMNS}.
 *
 * @param written.version of two rows of a trace the higher stays.
 * @param written.watermarkNs every span received before it is in some summary that is written.
 */
export function toTraceRows(
  traces: readonly SummarisedTrace[],
  written: { version: bigint; watermarkNs: bigint },
): RowBytes {
  const rows = new BinaryRows();
  const version = String(written.version);
  const watermark = String(written.watermarkNs);
  for (const trace of traces) addRow(rows, trace, version, watermark);
  return rows.finish();
}

/** Column by column, in the order of {@link TRACE_COLUMNS}. */
function addRow(
  rows: BinaryRows,
  { summary: trace, firstHour, lastHour }: SummarisedTrace,
  version: string,
  watermark: string,
): void {
  rows.text(trace.project);
  rows.text(trace.traceId);
  rows.uint64(version);
  rows.uint64(watermark);
  rows.int32(firstHour);
  rows.int32(lastHour);
  rows.uint64(trace.startTimeNs);
  rows.uint64(trace.endTimeNs);
  rows.float64(trace.durationMs);
  rows.bool(trace.running);
  rows.text(trace.name);
  rows.text(trace.kind);
  rows.text(trace.rootSpanId ?? undefined);
  rows.text(trace.status);
  rows.int32(trace.errorCount);
  rows.int32(trace.spanCount);
  rows.int32(trace.llmCount);
  rows.nullableCount(trace.inputTokens);
  rows.nullableCount(trace.outputTokens);
  rows.nullableFloat64(trace.costUsd);
  rows.int32(trace.unpricedCount);
  rows.texts(trace.models);
  rows.text(trace.serviceName);
  rows.text(trace.environment);
  rows.text(trace.sessionId);
  rows.text(trace.userId);
  rows.texts(trace.tags);
  rows.float64(trace.sampleWeight);
  rows.text(trace.inputPreview);
  rows.text(trace.outputPreview);
  rows.text(trace.errorPreview);
  rows.endRow();
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
