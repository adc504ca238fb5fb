import type { Database } from "../store/db/database.ts";

/** Hours since 1970 between which the spans of some traces start. */
export interface TraceHours {
  firstHour: number;
  lastHour: number;
}

/**
 * Where in `spans` the traces lie, both ends included; undefined when the project has no span of them.
 *
 * The summaries tell it from one granule; an hour is added on either side for spans that have come since the last one.
 * For a trace without a summary (it has only just begun) the index on trace ids is asked, without FINAL, because
 * a span keeps its hour in all of its versions.
 *
 * @param traceIds in lower case, at least one.
 */
export async function findTraceHours(
  db: Database,
  project: string,
  traceIds: readonly string[],
): Promise<TraceHours | undefined> {
  const params = { project, traceIds };
  const [known] = await db.queryArrays<[traces: number, firstHour: number, lastHour: number]>(
    `SELECT toUInt32(uniqExact(trace_id)), min(first_hour), max(last_hour) FROM traces
WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)}`,
    params,
  );
  if (known?.[0] === new Set(traceIds).size) {
    return { firstHour: Math.max(0, known[1] - 1), lastHour: known[2] + 1 };
  }
  const [found] = await db.queryArrays<[spans: number, firstHour: number, lastHour: number]>(
    `SELECT toUInt32(count() > 0), min(start_hour), max(start_hour) FROM spans
WHERE project = {project:String} AND trace_id IN {traceIds:Array(String)}`,
    params,
  );
  return found?.[0] === 1 ? { firstHour: found[1], lastHour: found[2] } : undefined;
}
