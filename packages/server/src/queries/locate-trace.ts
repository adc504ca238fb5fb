import type { Database } from "../store/db/database.ts";
import { QueryInputError } from "./query-input-error.ts";

/**
 * The projects that hold spans of a trace, by name.
 * @throws {QueryInputError} `not_found` when none does.
 */
export async function locateTrace(db: Database, traceId: string): Promise<string[]> {
  const rows = await db.query<{ project: string }>(
    "SELECT DISTINCT project FROM spans WHERE trace_id = {traceId:String} ORDER BY project",
    { traceId: traceId.toLowerCase() },
  );
  if (rows.length > 0) return rows.map((row) => row.project);
  throw new QueryInputError(
    "not_found",
    `There is no trace ${traceId} here.`,
    "It may not have arrived yet, have gone to another server, or be older than the retention.",
  );
}
