import { logTimeNs, type LogRecord } from "@nightowl/model/log/log-record";
import type { WireSpan } from "@nightowl/model/span/span";
import { TOLD_BY_ID, toldIdOf, toldIdsIn } from "@nightowl/otlp/agent-events/told-by-id";
import type { Database } from "./db/database.ts";
import { fromLogRow, LOG_RECORD_COLUMNS, type LogRow } from "./log-rows.ts";

/** What is said on a span stands in the order in which it was said. */
export const LOG_ORDER = "trace_id, span_id, event_ns, received_ns, position";

/** A span that records tell of by an id, and not by its own. */
interface ToldSpan {
  traceId: string;
  spanId: string;
  id: string;
}

/**
 * What was said about spans in log records that have an event name, by trace id and span id in one text. Plain lines
 * of a log are not among it. A record that tells of a span by another id than the span's is there for it too.
 */
export async function readTraceEvents(
  db: Database,
  traceIds: readonly string[],
): Promise<Map<string, LogRecord[]>> {
  if (traceIds.length === 0) return new Map();
  const records = await readRecords(db, "span_id != ''", { traceIds });
  const told = new Set(
    records.filter((record) => toldIdsIn(record).length > 0).map(({ traceId }) => traceId),
  );
  return bySpan(records, await readToldSpans(db, [...told]));
}

/** The same of these spans alone. */
export async function readEventsOfSpans(
  db: Database,
  spans: readonly WireSpan[],
): Promise<Map<string, LogRecord[]>> {
  if (spans.length === 0) return new Map();
  const told = spans.flatMap((span) => {
    const id = toldIdOf(span);
    return id === undefined ? [] : [{ traceId: span.traceId, spanId: span.spanId, id }];
  });
  const isTold = Object.values(TOLD_BY_ID).map(
    (key) => `JSONExtractString(attributes, '${key}') IN {ids:Array(String)}`,
  );
  const wanted = ["span_id IN {spanIds:Array(String)}", ...(told.length > 0 ? isTold : [])];
  const records = await readRecords(db, `span_id != '' AND (${wanted.join(" OR ")})`, {
    traceIds: [...new Set(spans.map(({ traceId }) => traceId))],
    spanIds: [...new Set(spans.map(({ spanId }) => spanId))],
    ...(told.length > 0 ? { ids: [...new Set(told.map(({ id }) => id))] } : {}),
  });
  return bySpan(records, told);
}

async function readRecords(
  db: Database,
  condition: string,
  params: Record<string, readonly string[]>,
): Promise<LogRecord[]> {
  const rows = await db.query<LogRow>(
    `SELECT ${LOG_RECORD_COLUMNS.join(", ")} FROM logs FINAL
     WHERE trace_id IN {traceIds:Array(String)} AND ${condition} AND event != ''
     ORDER BY ${LOG_ORDER}`,
    params,
  );
  return rows.map(fromLogRow);
}

async function readToldSpans(db: Database, traceIds: readonly string[]): Promise<ToldSpan[]> {
  if (traceIds.length === 0) return [];
  const id = Object.entries(TOLD_BY_ID).map(([name, key]) => `name = '${name}', attribute_text['${key}']`);
  return db.query<ToldSpan & Record<string, unknown>>(
    `SELECT DISTINCT trace_id AS traceId, span_id AS spanId, multiIf(${id.join(", ")}, '') AS id FROM spans
     WHERE trace_id IN {traceIds:Array(String)} AND id != ''`,
    { traceIds },
  );
}

function bySpan(records: readonly LogRecord[], told: readonly ToldSpan[]): Map<string, LogRecord[]> {
  const events = new Map<string, LogRecord[]>();
  const add = (key: string, record: LogRecord) => {
    const known = events.get(key);
    if (known === undefined) events.set(key, [record]);
    else known.push(record);
  };
  const spansOf = new Map<string, ToldSpan[]>();
  for (const span of told) {
    const key = span.traceId + span.id;
    spansOf.set(key, [...(spansOf.get(key) ?? []), span]);
  }
  for (const record of records) add(record.traceId + record.spanId, record);
  if (spansOf.size === 0) return events;
  // Records lie by the span that they name; of those that name another one, what was said first comes first.
  for (const record of records.toSorted(byTime)) {
    for (const id of toldIdsIn(record))
      for (const { traceId, spanId } of spansOf.get(record.traceId + id) ?? [])
        if (spanId !== record.spanId) add(traceId + spanId, record);
  }
  return events;
}

function byTime(a: LogRecord, b: LogRecord): number {
  return Number(BigInt(logTimeNs(a)) - BigInt(logTimeNs(b)));
}
