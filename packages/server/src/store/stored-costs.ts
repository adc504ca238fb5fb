import type { Database } from "./db/database.ts";
import type { TraceExtent } from "./store.ts";

/** Which traces, by start. */
export interface TraceRange {
  project?: string | undefined;
  /** Unix nanoseconds; `fromNs` ≤ start < `toNs`. */
  fromNs?: bigint | undefined;
  toNs?: bigint | undefined;
}

/** A trace, and what its summary says that it cost. */
export interface StoredTraceCost extends TraceExtent {
  costUsd: number | null;
  unpricedCount: number;
  callCount: number;
}

export interface ModelCost {
  provider: string;
  model: string;
  costUsd: number;
  unpricedCount: number;
}

const EXTENT = `project, trace_id AS traceId, first_hour AS firstHour, last_hour AS lastHour, span_count AS spanCount,
  cost_usd AS costUsd, unpriced_count AS unpricedCount, llm_count AS callCount`;

function rangeCondition(
  { project, fromNs, toNs }: TraceRange,
  start = "start_ns",
): { sql: string; params: Record<string, string> } {
  const conditions = ["true"];
  const params: Record<string, string> = {};
  if (project !== undefined) {
    conditions.push("project = {project:String}");
    params["project"] = project;
  }
  if (fromNs !== undefined) {
    conditions.push(`${start} >= {fromNs:UInt64}`);
    params["fromNs"] = String(fromNs);
  }
  if (toNs !== undefined) {
    conditions.push(`${start} < {toNs:UInt64}`);
    params["toNs"] = String(toNs);
  }
  return { sql: conditions.join(" AND "), params };
}

/** Traces of the range that have model calls, the latest first: they lie together where they are read back. */
export async function listTraceCosts(db: Database, range: TraceRange): Promise<StoredTraceCost[]> {
  const { sql, params } = rangeCondition(range);
  return db.query<StoredTraceCost>(
    `SELECT ${EXTENT} FROM traces FINAL
     WHERE ${sql} AND (unpriced_count > 0 OR isNotNull(cost_usd) OR isNotNull(input_tokens))
     ORDER BY first_hour DESC, project, trace_id`,
    params,
    { timeoutMs: 300_000 },
  );
}

/** The same of these traces of one project. */
export async function readTraceCosts(
  db: Database,
  project: string,
  traceIds: readonly string[],
): Promise<StoredTraceCost[]> {
  return db.query<StoredTraceCost>(
    `SELECT ${EXTENT} FROM traces FINAL WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)}`,
    { project, traceIds },
  );
}

/** What calls of the range cost by model. */
export async function readModelCosts(db: Database, range: TraceRange): Promise<ModelCost[]> {
  const { sql, params } = rangeCondition(range, "trace_start_ns");
  return db.query<ModelCost>(
    `SELECT provider, model, sum(cost_usd) AS costUsd, toUInt32(countIf(cost_source = 'unpriced')) AS unpricedCount
     FROM calls FINAL WHERE ${sql} AND counted GROUP BY provider, model`,
    params,
    { timeoutMs: 300_000 },
  );
}
