import type { SpanRow } from "@nightowl/model/api/span-row";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { summariseTrace } from "@nightowl/model/trace/summarise-trace";
import type { Database } from "../store/db/database.ts";
import { SPAN_ROW_COLUMNS, toSpanRow, type SpanRowColumns } from "../store/span-rows.ts";
import { findTraceHours } from "./find-trace-hours.ts";
import { QueryInputError } from "./query-input-error.ts";

interface CallCostRow {
  span_id: string;
  cost_usd: number;
}

export interface TraceIdentity {
  project: string;
  /** 32 hex digits in either case. */
  traceId: string;
}

/** `spans` of one trace; the parameters are those of {@link locateSpans}. */
export const TRACE_SPANS = `project = {project:String} AND trace_id = {traceId:String}
  AND start_hour >= {firstHour:UInt32} AND start_hour <= {lastHour:UInt32}`;

/** @throws {QueryInputError} `not_found` when the project has no span of the trace. */
export async function locateSpans(db: Database, { project, traceId: anyCase }: TraceIdentity) {
  const traceId = anyCase.toLowerCase();
  const hours = await findTraceHours(db, project, [traceId]);
  if (!hours) throw unknownTrace({ project, traceId });
  return { project, traceId, ...hours };
}

/**
 * A trace: every span as a waterfall row, ordered by start, and the summary of just these rows.
 * @throws {QueryInputError} `not_found` when the project has no span of it.
 */
export async function getTrace(
  db: Database,
  identity: TraceIdentity,
): Promise<{ trace: TraceSummary; spans: SpanRow[] }> {
  const place = await locateSpans(db, identity);
  const [rows, costs] = await Promise.all([
    db.queryArrays<SpanRowColumns>(
      `SELECT ${SPAN_ROW_COLUMNS.join(", ")} FROM spans FINAL WHERE ${TRACE_SPANS} ORDER BY start_ns, span_id`,
      { ...place },
    ),
    db.query<CallCostRow>(
      `SELECT span_id, cost_usd FROM calls FINAL WHERE ${TRACE_SPANS} AND cost_source = 'computed'`,
      { ...place },
    ),
  ]);
  if (rows.length === 0) throw unknownTrace(place);
  const computed = new Map(costs.map((row) => [row.span_id, row.cost_usd]));
  const spans = rows.map((columns) => {
    const row = toSpanRow(columns);
    const costUsd = computed.get(row.spanId);
    // What the application reports is in the row already. Written in place: a copy of so many rows takes longer than reading them.
    if (costUsd !== undefined) {
      row.costUsd = costUsd;
      row.costSource = "computed";
    }
    return row;
  });
  return { trace: summariseTrace(spans, { project: place.project, traceId: place.traceId }), spans };
}

export function unknownTrace({ project, traceId }: TraceIdentity): QueryInputError {
  return new QueryInputError(
    "not_found",
    `Project "${project}" has no trace ${traceId}.`,
    "It may not have arrived yet, be in another project, or be older than the retention.",
  );
}
