import type { TRACE_SORTS } from "@nightowl/model/api/traces";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { Database } from "../store/db/database.ts";
import { fromTraceRow, TRACE_SUMMARY_COLUMNS, type TraceRow } from "../store/trace-rows.ts";
import { toTraceCondition } from "../store/where.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { requireProject } from "./list-projects.ts";
import { readTraceScope, type TraceScopeInput } from "./trace-scope.ts";

export interface ListTracesInput extends TraceScopeInput {
  sort: (typeof TRACE_SORTS)[number];
  order: "asc" | "desc";
  limit: number;
  /** The `nextCursor` of the page before, asked with the same sort and order. */
  cursor?: string | undefined;
}

/**
 * What is sorted by, as an integer, so that a cursor holds it exactly. A trace without tokens or cost stands
 * below those with 0.
 */
const SORT_KEYS: Record<ListTracesInput["sort"], string> = {
  start: "toInt64(start_ns)",
  duration: "toInt64(round(duration_ms * 1e6))",
  tokens: "ifNull(toInt64(coalesce(input_tokens + output_tokens, input_tokens, output_tokens)), -1)",
  cost: "ifNull(toInt64(round(cost_usd * 1e9)), -1)",
  spans: "toInt64(span_count)",
};

/**
 * A page of a project's traces. Two steps: ids in order from the columns that decide it, then the rows of
 * this page, so that previews are read for as many traces as are shown.
 *
 * A walk by cursor sees every trace once; ties stand by trace id. Traces that change their place while it
 * walks may be seen where they went.
 *
 * @throws {QueryInputError} for a filter, time or cursor that cannot be read, and for an unknown project.
 */
export async function listTraces(
  db: Database,
  input: ListTracesInput,
): Promise<{ data: TraceSummary[]; nextCursor: string | null }> {
  const condition = toTraceCondition(readTraceScope(input));
  const conditions = [condition.sql];
  const params = { ...condition.params };
  if (input.cursor !== undefined) {
    const [, key, traceId] = parseCursor(input.cursor, [
      new RegExp(`^${input.sort} ${input.order}$`),
      /^-?\d{1,19}$/,
      /^[0-9a-f]{32}$/,
    ]) as [string, string, string];
    const past = input.order === "asc" ? ">" : "<";
    conditions.push(`(sort_key, trace_id) ${past} ({cursorKey:Int64}, {cursorId:String})`);
    Object.assign(params, { cursorKey: key, cursorId: traceId });
  }
  const direction = input.order === "asc" ? "ASC" : "DESC";
  const found = await db.query<{ sort_key: string; trace_id: string }>(
    `SELECT ${SORT_KEYS[input.sort]} AS sort_key, trace_id FROM traces FINAL
WHERE ${conditions.join("\n  AND ")}
ORDER BY sort_key ${direction}, trace_id ${direction} LIMIT {limit:UInt32}`,
    { ...params, limit: input.limit + 1 },
  );
  if (found.length === 0 && input.cursor === undefined) await requireProject(db, input.project);
  const page = found.slice(0, input.limit);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return {
    data: await readTraces(
      db,
      input.project,
      page.map((row) => row.trace_id),
    ),
    nextCursor: last ? formatCursor([`${input.sort} ${input.order}`, last.sort_key, last.trace_id]) : null,
  };
}

/** Summaries in the order of the ids; what is not there is left out. */
async function readTraces(db: Database, project: string, traceIds: string[]): Promise<TraceSummary[]> {
  if (traceIds.length === 0) return [];
  const rows = await db.query<TraceRow>(
    `SELECT ${TRACE_SUMMARY_COLUMNS.join(", ")} FROM traces FINAL
WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)}`,
    { project, traceIds },
  );
  const byId = new Map(rows.map((row) => [row.trace_id, fromTraceRow(row)]));
  return traceIds.flatMap((traceId) => byId.get(traceId) ?? []);
}
