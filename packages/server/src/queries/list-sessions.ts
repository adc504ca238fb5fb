import type { SessionSummary } from "@nightowl/model/api/sessions";
import type { Database } from "../store/db/database.ts";
import { groupEvals, groupTraces, toTotals, type GroupTracesInput } from "./group-traces.ts";

interface SessionColumns {
  user: string;
  first_input: string;
  last_output: string;
}

const SESSION_COLUMNS = `argMaxIf(user_id, start_ns, user_id != '') AS user,
  argMinIf(input_preview, start_ns, input_preview != '') AS first_input,
  argMaxIf(output_preview, start_ns, output_preview != '') AS last_output`;

/**
 * A page of a project's sessions, over the traces that the list of traces would show.
 * @throws {QueryInputError} for a filter, time or cursor that cannot be read, and for an unknown project.
 */
export async function listSessions(
  db: Database,
  input: GroupTracesInput,
): Promise<{ data: SessionSummary[]; nextCursor: string | null }> {
  const { rows, condition, nextCursor } = await groupTraces<SessionColumns>(
    db,
    "session_id",
    input,
    SESSION_COLUMNS,
  );
  const groupIds = rows.map((row) => row.group_id);
  const evals = await groupEvals(db, "session_id", { project: input.project, condition, groupIds });
  return {
    data: rows.map((row) => ({
      sessionId: row.group_id,
      ...toTotals(row, evals.get(row.group_id)),
      durationMs: Number(BigInt(row.last_ns) - BigInt(row.first_ns)) / 1e6,
      userId: row.user,
      firstInputPreview: row.first_input,
      lastOutputPreview: row.last_output,
    })),
    nextCursor,
  };
}
