import type { Database } from "../store/db/database.ts";
import { locateSpans, TRACE_SPANS, type TraceIdentity } from "./get-trace.ts";

/**
 * Ids of a trace's spans, ordered by start, whose name, status message, attributes (keys and values) or events
 * contain the text, without regard to case.
 *
 * @throws {QueryInputError} `not_found` when the project has no span of the trace.
 */
export async function searchTrace(db: Database, input: TraceIdentity & { text: string }): Promise<string[]> {
  const place = await locateSpans(db, input);
  const columns = ["name", "full_status_message", "status_message", "error_type", "attributes", "events"];
  const matches = columns.map(
    (column) => `multiSearchAnyCaseInsensitiveUTF8(${column}, {needles:Array(String)})`,
  );
  const rows = await db.query<{ span_id: string }>(
    `SELECT span_id FROM spans FINAL WHERE ${TRACE_SPANS} AND (${matches.join(" OR ")})
ORDER BY start_ns, span_id`,
    { ...place, needles: needlesOf(input.text) },
  );
  return rows.map((row) => row.span_id);
}

/** Values are kept as JSON text, and are often JSON text themselves: quotes and line ends stand escaped, once or twice. */
function needlesOf(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(escaped).slice(1, -1);
  return [...new Set([text, escaped, twice])];
}
