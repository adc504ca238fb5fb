import type { LogRecord } from "@nightowl/model/log/log-record";
import type { WireSpan } from "@nightowl/model/span/span";
import type { Database } from "../store/db/database.ts";
import { fromLogRow, LOG_RECORD_COLUMNS, type LogRow } from "../store/log-rows.ts";
import { LOG_ORDER, readEventsOfSpans } from "../store/read-span-events.ts";

/** What one span answers with; a service that logs without end is not shown without end. */
const MAX_LINES = 1_000;

/**
 * For each of these spans, in their order: the log records that tell of it and have an event name, which the dialects
 * read as if they were its events.
 */
export async function readEventsOf(db: Database, spans: readonly WireSpan[]): Promise<LogRecord[][]> {
  const events = await readEventsOfSpans(db, spans);
  return spans.map(({ traceId, spanId }) => events.get(traceId + spanId) ?? []);
}

/** The plain lines of a log that name a span: the first thousand, in order. */
export async function readLinesOf(db: Database, { traceId, spanId }: WireSpan): Promise<LogRecord[]> {
  const rows = await db.query<LogRow>(
    `SELECT ${LOG_RECORD_COLUMNS.join(", ")} FROM logs FINAL
     WHERE trace_id = {traceId:String} AND span_id = {spanId:String} AND event = ''
     ORDER BY ${LOG_ORDER} LIMIT {limit:UInt32}`,
    { traceId, spanId, limit: MAX_LINES },
  );
  return rows.map(fromLogRow);
}
