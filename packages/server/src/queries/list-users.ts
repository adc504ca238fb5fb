import type { UserSummary } from "@nightowl/model/api/sessions";
import type { Database } from "../store/db/database.ts";
import { groupEvals, groupTraces, toTotals, type GroupTracesInput } from "./group-traces.ts";

interface UserColumns {
  session_count: string;
  quantiles: [number, number];
  ended_count: string;
}

const USER_COLUMNS = `uniqExactIf(session_id, session_id != '') AS session_count,
  quantilesTDigestIf(0.5, 0.95)(duration_ms, NOT running) AS quantiles,
  countIf(NOT running) AS ended_count`;

/**
 * A page of a project's users, over the traces that the list of traces would show.
 * @throws {QueryInputError} for a filter, time or cursor that cannot be read, and for an unknown project.
 */
export async function listUsers(
  db: Database,
  input: GroupTracesInput,
): Promise<{ data: UserSummary[]; nextCursor: string | null }> {
  const { rows, condition, nextCursor } = await groupTraces<UserColumns>(db, "user_id", input, USER_COLUMNS);
  const groupIds = rows.map((row) => row.group_id);
  const evals = await groupEvals(db, "user_id", { project: input.project, condition, groupIds });
  return {
    data: rows.map((row) => {
      const hasEnded = row.ended_count !== "0";
      return {
        userId: row.group_id,
        ...toTotals(row, evals.get(row.group_id)),
        sessionCount: Number(row.session_count),
        durationP50Ms: hasEnded ? row.quantiles[0] : null,
        durationP95Ms: hasEnded ? row.quantiles[1] : null,
      };
    }),
    nextCursor,
  };
}
