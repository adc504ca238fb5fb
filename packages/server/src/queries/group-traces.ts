import type { GroupSort } from "@nightowl/model/api/sessions";
import type { Database, QueryParam } from "../store/db/database.ts";
import { toTraceCondition, type Condition } from "../store/where.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { requireProject } from "./list-projects.ts";
import { readTraceScope, type TraceScopeInput } from "./trace-scope.ts";

export interface GroupTracesInput extends TraceScopeInput {
  sort: GroupSort;
  order: "asc" | "desc";
  limit: number;
  /** The `nextCursor` of the page before, asked with the same sort and order. */
  cursor?: string | undefined;
}

/** A column of `traces` that groups them; traces without a value belong to no group. */
export type GroupColumn = "session_id" | "user_id";

/**
 * What every group says; under sampling a trace stands for `sample_weight` traces, in every count and sum. No name is
 * a column's: the conditions would mean it instead.
 */
const TOTALS = `round(sum(sample_weight)) AS total_trace_count,
  round(sumIf(sample_weight, error_count > 0)) AS total_error_count,
  min(start_ns) AS first_ns, max(end_ns) AS last_ns,
  round(sum(sample_weight * ifNull(input_tokens, 0))) AS total_input_tokens,
  round(sum(sample_weight * ifNull(output_tokens, 0))) AS total_output_tokens,
  sumOrNull(sample_weight * cost_usd) AS total_cost_usd,
  round(sum(sample_weight * unpriced_count)) AS total_unpriced_count`;

export interface TotalsRow {
  group_id: string;
  sort_key: string;
  total_trace_count: number;
  total_error_count: number;
  first_ns: string;
  last_ns: string;
  total_input_tokens: number;
  total_output_tokens: number;
  total_cost_usd: number | null;
  total_unpriced_count: number;
}

/** As integers, so that a cursor holds them exactly. */
const SORT_KEYS: Record<GroupSort, string> = {
  last: "toInt64(last_ns)",
  first: "toInt64(first_ns)",
  traces: "toInt64(total_trace_count)",
  errors: "toInt64(total_error_count)",
  tokens: "toInt64(total_input_tokens + total_output_tokens)",
  cost: "ifNull(toInt64(round(total_cost_usd * 1e9)), -1)",
};

/**
 * A page of groups in order, each with its totals and what `more` selects.
 * @throws {QueryInputError} for a filter, time or cursor that cannot be read, and for an unknown project.
 */
export async function groupTraces<T extends object>(
  db: Database,
  column: GroupColumn,
  input: GroupTracesInput,
  more: string,
): Promise<{ rows: (TotalsRow & T)[]; condition: Condition; nextCursor: string | null }> {
  const condition = toTraceCondition(readTraceScope(input));
  const having: string[] = [];
  const params: Record<string, QueryParam> = { ...condition.params, limit: input.limit + 1 };
  if (input.cursor !== undefined) {
    const [, key, id] = parseCursor(input.cursor, [
      new RegExp(`^${input.sort} ${input.order}$`),
      /^-?\d{1,19}$/,
      /./s,
    ]) as [string, string, string];
    having.push(
      `(sort_key, group_id) ${input.order === "asc" ? ">" : "<"} ({cursorKey:Int64}, {cursorId:String})`,
    );
    Object.assign(params, { cursorKey: key, cursorId: id });
  }
  const direction = input.order === "asc" ? "ASC" : "DESC";
  const rows = await db.query<TotalsRow & T>(
    `SELECT ${column} AS group_id, ${TOTALS}, ${more}, ${SORT_KEYS[input.sort]} AS sort_key
FROM traces FINAL WHERE ${condition.sql} AND ${column} != ''
GROUP BY group_id ${having.length === 0 ? "" : `HAVING ${having.join(" AND ")}`}
ORDER BY sort_key ${direction}, group_id ${direction} LIMIT {limit:UInt32}`,
    params,
  );
  if (rows.length === 0 && input.cursor === undefined) await requireProject(db, input.project);
  const page = rows.slice(0, input.limit);
  const last = rows.length > page.length ? page.at(-1) : undefined;
  return {
    rows: page,
    condition,
    nextCursor: last ? formatCursor([`${input.sort} ${input.order}`, last.sort_key, last.group_id]) : null,
  };
}

export interface GroupEval {
  name: string;
  count: number;
  meanScore: number | null;
}

/** Annotations by name for each of some groups: of their traces and spans, and of the sessions themselves. */
export async function groupEvals(
  db: Database,
  column: GroupColumn,
  { project, condition, groupIds }: { project: string; condition: Condition; groupIds: readonly string[] },
): Promise<Map<string, GroupEval[]>> {
  if (groupIds.length === 0) return new Map();
  const ofTraces = `SELECT t.group_id AS group_id, a.name AS name, a.score AS score FROM (
    SELECT name, score, trace_id FROM annotations FINAL WHERE project = {project:String} AND trace_id != ''
  ) AS a INNER JOIN (
    SELECT trace_id, ${column} AS group_id FROM traces FINAL
    WHERE ${condition.sql} AND ${column} IN {groupIds:Array(String)}
  ) AS t ON a.trace_id = t.trace_id`;
  const ofSessions = `SELECT target_id AS group_id, name, score FROM annotations FINAL
  WHERE project = {project:String} AND target_kind = 'session' AND target_id IN {groupIds:Array(String)}`;
  const rows = await db.query<{ group_id: string; name: string; count: string; mean_score: number | null }>(
    `SELECT group_id, name, count() AS count, avg(score) AS mean_score FROM (
  ${ofTraces}${column === "session_id" ? ` UNION ALL ${ofSessions}` : ""}
) GROUP BY group_id, name ORDER BY group_id, count DESC, name`,
    { ...condition.params, project, groupIds },
  );
  const byGroup = new Map<string, GroupEval[]>();
  for (const { group_id: id, name, count, mean_score: meanScore } of rows) {
    const evals = byGroup.get(id) ?? [];
    evals.push({ name, count: Number(count), meanScore });
    byGroup.set(id, evals);
  }
  return byGroup;
}

/** The part of a summary that sessions and users share. */
export function toTotals(row: TotalsRow, evals: GroupEval[] = []) {
  return {
    traceCount: row.total_trace_count,
    errorCount: row.total_error_count,
    firstTimeNs: row.first_ns,
    lastTimeNs: row.last_ns,
    inputTokens: row.total_input_tokens,
    outputTokens: row.total_output_tokens,
    costUsd: row.total_cost_usd,
    unpricedCount: row.total_unpriced_count,
    evals,
  };
}
