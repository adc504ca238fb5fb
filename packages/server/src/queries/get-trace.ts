import type { SpanRow } from "@nightowl/model/api/span-row";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import { summariseTrace } from "@nightowl/model/trace/summarise-trace";
import type { Database } from "../store/db/database.ts";
import { SPAN_ROW_COLUMNS, toSpanRow, type SpanRowColumns } from "../store/rows.ts";
import { QueryInputError } from "./query-input-error.ts";

export interface TraceIdentity {
  project: string;
  /** 32 hex digits in either case. */
  traceId: string;
}

/**
 * `spans` of one trace: the index on trace ids tells the hours, and with them the primary key the granules. The
 * index is asked without FINAL, because a span keeps its hour in all of its versions.
 */
export const TRACE_SPANS = `project = {project:String} AND trace_id = {traceId:String} AND start_hour IN (
  SELECT DISTINCT start_hour FROM spans WHERE project = {project:String} AND trace_id = {traceId:String})`;

/**
 * A trace: every span as a waterfall row, ordered by start, and the summary of just these rows.
 * @throws {QueryInputError} `not_found` when the project has no span of it.
 */
export async function getTrace(
  db: Database,
  identity: TraceIdentity,
): Promise<{ trace: TraceSummary; spans: SpanRow[] }> {
  const traceId = identity.traceId.toLowerCase();
  const rows = await db.queryArrays<SpanRowColumns>(
    `SELECT ${SPAN_ROW_COLUMNS.join(", ")} FROM spans FINAL WHERE ${TRACE_SPANS} ORDER BY start_ns, span_id`,
    { project: identity.project, traceId },
  );
  if (rows.length === 0) throw unknownTrace(identity);
  const spans = rows.map(toSpanRow);
  return { trace: summariseTrace(spans, { project: identity.project, traceId }), spans };
}

export function unknownTrace({ project, traceId }: TraceIdentity): QueryInputError {
  return new QueryInputError(
    "not_found",
    `Project "${project}" has no trace ${traceId}.`,
    "It may not have arrived yet, be in another project, or be older than the retention.",
  );
}
