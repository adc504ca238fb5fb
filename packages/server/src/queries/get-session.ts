import type { SessionSummary } from "@nightowl/model/api/sessions";
import { printEquals } from "@nightowl/model/filter/print-filter";
import type { TraceSummary } from "@nightowl/model/api/trace-summary";
import type { WireSpan } from "@nightowl/model/span/span";
import type { Database } from "../store/db/database.ts";
import { fromRow, WIRE_SPAN_COLUMNS, type WireSpanRow } from "../store/rows.ts";
import { fromTraceRow, TRACE_SUMMARY_COLUMNS, type TraceRow } from "../store/trace-rows.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { listSessions } from "./list-sessions.ts";
import { QueryInputError } from "./query-input-error.ts";

/** One trace of a session, and the spans that its previews are of. */
export interface StoredTurn {
  trace: TraceSummary;
  input: WireSpan | undefined;
  output: WireSpan | undefined;
}

export interface GetSessionInput {
  project: string;
  sessionId: string;
  limit: number;
  cursor?: string | undefined;
}

/** @throws {QueryInputError} `not_found` when the project has no trace of the session. */
export async function getSession(
  db: Database,
  { project, sessionId, limit, cursor }: GetSessionInput,
): Promise<{ session: SessionSummary; turns: StoredTurn[]; nextCursor: string | null }> {
  const session = await findSession(db, project, sessionId);
  const [afterNs, afterId] =
    cursor === undefined ? [] : parseCursor(cursor, [/^\d{1,20}$/, /^[0-9a-f]{32}$/]);
  const rows = await db.query<TraceRow & { first_hour: number; last_hour: number }>(
    `SELECT ${TRACE_SUMMARY_COLUMNS.join(", ")}, first_hour, last_hour FROM traces FINAL
WHERE project = {project:String} AND session_id = {sessionId:String}
${afterNs === undefined ? "" : "AND (start_ns, trace_id) > ({afterNs:UInt64}, {afterId:String})"}
ORDER BY start_ns, trace_id LIMIT {limit:UInt32}`,
    { project, sessionId, limit: limit + 1, afterNs: afterNs ?? "0", afterId: afterId ?? "" },
  );
  const page = rows.slice(0, limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  const said = await findSaid(db, project, page);
  return {
    session,
    turns: page.map((row) => ({
      trace: fromTraceRow(row),
      input: said.get(`${row.trace_id} input`),
      output: said.get(`${row.trace_id} output`),
    })),
    nextCursor: last ? formatCursor([last.start_ns, last.trace_id]) : null,
  };
}

async function findSession(db: Database, project: string, sessionId: string): Promise<SessionSummary> {
  const { data } = await listSessions(db, {
    project,
    // It compares without regard to case.
    filter: printEquals("session", sessionId),
    sort: "last",
    order: "desc",
    limit: 1000,
  });
  const session = data.find((each) => each.sessionId === sessionId);
  if (session !== undefined) return session;
  throw new QueryInputError(
    "not_found",
    `Project "${project}" has no session "${sessionId}".`,
    "It may not have arrived yet, or be older than the retention.",
  );
}

/**
 * The spans whose words the traces' previews are: the first with the input, the last with the output. By trace id
 * and side.
 */
async function findSaid(
  db: Database,
  project: string,
  traces: readonly { trace_id: string; first_hour: number; last_hour: number }[],
): Promise<Map<string, WireSpan>> {
  if (traces.length === 0) return new Map();
  const params = {
    project,
    traceIds: traces.map((trace) => trace.trace_id),
    firstHour: Math.min(...traces.map((trace) => trace.first_hour)),
    lastHour: Math.max(...traces.map((trace) => trace.last_hour)),
  };
  const ofTraces = `project = {project:String} AND start_hour BETWEEN {firstHour:UInt32} AND {lastHour:UInt32}
  AND trace_id IN {traceIds:Array(String)}`;
  const previews = (side: "input" | "output"): string => `SELECT s.trace_id AS trace_id, '${side}' AS side,
  arg${side === "input" ? "Min" : "Max"}(s.span_id, (s.parent_span_id != '', s.start_ns)) AS span_id
FROM (SELECT trace_id, span_id, parent_span_id, start_ns, ${side}_preview FROM spans FINAL WHERE ${ofTraces}) AS s
INNER JOIN (SELECT trace_id, ${side}_preview FROM traces FINAL
  WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)} AND ${side}_preview != '') AS t
ON s.trace_id = t.trace_id AND s.${side}_preview = t.${side}_preview
GROUP BY s.trace_id`;
  const places = await db.query<{ trace_id: string; side: string; span_id: string }>(
    `${previews("input")} UNION ALL ${previews("output")}`,
    params,
  );
  const rows = await db.query<WireSpanRow>(
    `SELECT ${WIRE_SPAN_COLUMNS.join(", ")} FROM spans FINAL WHERE ${ofTraces} AND span_id IN {spanIds:Array(String)}`,
    { ...params, spanIds: [...new Set(places.map((place) => place.span_id))] },
  );
  const spans = new Map(rows.map((row) => [`${row.trace_id} ${row.span_id}`, fromRow(row)]));
  return new Map(
    places.flatMap(({ trace_id: traceId, side, span_id: spanId }) => {
      const span = spans.get(`${traceId} ${spanId}`);
      return span === undefined ? [] : [[`${traceId} ${side}`, span] as const];
    }),
  );
}
