import type { Database } from "../store/db/database.ts";
import { toTraceCondition } from "../store/where.ts";
import { unknownTrace } from "./get-trace.ts";
import { readTraceScope, type TraceScopeInput } from "./trace-scope.ts";

/**
 * Ids of the traces before and after one in the list by start, under the same range and filter (which the trace itself
 * need not meet); null at the ends.
 *
 * @throws {QueryInputError} for a filter or time that cannot be read, and for an unknown trace.
 */
export async function neighbourTraces(
  db: Database,
  input: TraceScopeInput & { traceId: string },
): Promise<{ newer: string | null; older: string | null }> {
  const condition = toTraceCondition(readTraceScope(input));
  const { project } = input;
  const traceId = input.traceId.toLowerCase();
  const [own] = await db.query<{ start_ns: string }>(
    "SELECT start_ns FROM traces FINAL WHERE project = {project:String} AND trace_id = {traceId:String}",
    { project, traceId },
  );
  if (!own) throw unknownTrace(input);
  const params = { ...condition.params, startNs: own.start_ns, traceId };
  const find = async (past: "<" | ">", direction: "ASC" | "DESC"): Promise<string | null> => {
    const [row] = await db.query<{ trace_id: string }>(
      `SELECT trace_id FROM traces FINAL
WHERE ${condition.sql}
  AND (start_ns, trace_id) ${past} ({startNs:UInt64}, {traceId:String})
ORDER BY start_ns ${direction}, trace_id ${direction} LIMIT 1`,
      params,
    );
    return row?.trace_id ?? null;
  };
  const [newer, older] = await Promise.all([find(">", "ASC"), find("<", "DESC")]);
  return { newer, older };
}
