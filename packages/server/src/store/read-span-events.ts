import type { LogRecord } from "@nightowl/model/log/log-record";
import type { Database } from "./db/database.ts";
import { fromLogRow, LOG_RECORD_COLUMNS, type LogRow } from "./log-rows.ts";

/** What is said on a span stands in the order in which it was said. */
export const LOG_ORDER = "trace_id, span_id, event_ns, received_ns, position";

/**
 * What was said about spans in log records that have an event name, by trace id and span id in one text. Plain lines
 * of a log are not among it.
 *
 * @param of.spanIds only these; else all spans of the traces.
 */
export async function readSpanEvents(
  db: Database,
  of: { traceIds: readonly string[]; spanIds?: readonly string[] },
): Promise<Map<string, LogRecord[]>> {
  const bySpan = new Map<string, LogRecord[]>();
  if (of.traceIds.length === 0) return bySpan;
  const spans = of.spanIds ? "span_id IN {spanIds:Array(String)}" : "span_id != ''";
  const rows = await db.query<LogRow>(
    `SELECT ${LOG_RECORD_COLUMNS.join(", ")} FROM logs FINAL
     WHERE trace_id IN {traceIds:Array(String)} AND ${spans} AND event != ''
     ORDER BY ${LOG_ORDER}`,
    { traceIds: of.traceIds, ...(of.spanIds ? { spanIds: of.spanIds } : {}) },
  );
  for (const row of rows) {
    const key = row.trace_id + row.span_id;
    const records = bySpan.get(key);
    if (records) records.push(fromLogRow(row));
    else bySpan.set(key, [fromLogRow(row)]);
  }
  return bySpan;
}
