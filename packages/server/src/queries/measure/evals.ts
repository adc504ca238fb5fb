import type { QuerySubject } from "@nightowl/model/query/query-fields";
import type { QueryParam } from "../../store/db/database.ts";
import { mean, share, type MeasureSql } from "./measures.ts";

/** A measure of evaluations: what must be joined for it, and the values that its SQL names. */
export interface EvalMeasure {
  sql: MeasureSql;
  join: string;
  params: Record<string, QueryParam>;
}

/**
 * `eval:NAME` is the mean of the scores of an evaluation, `label:NAME=LABEL` the share of a label among its labels.
 *
 * A judgement counts once. One of a span that is a model call counts for that call; one of another span, or of the
 * whole trace, for the call that answered: the trace's last. Traces take all that is said of them and their spans;
 * spans, what is said of themselves.
 *
 * @param alias begins the names of columns and parameters.
 * @param hours conditions on `start_hour` that bound where calls lie.
 * @returns undefined for a name of another form.
 */
export function evalMeasure(
  name: string,
  { of, alias, hours }: { of: QuerySubject; alias: string; hours: readonly string[] },
): EvalMeasure | undefined {
  const scored = /^eval:(.+)$/s.exec(name);
  const labelled = /^label:([^=]+)=(.+)$/s.exec(name);
  const evalName = scored?.[1] ?? labelled?.[1];
  if (evalName === undefined) return undefined;
  const params = { [`${alias}Name`]: evalName, [`${alias}Label`]: labelled?.[2] ?? "" };
  const sql = scored
    ? mean(`ifNull(${alias}_score, 0)`, `isNotNull(${alias}_score)`)
    : share(`${alias}_hits > 0`, `${alias}_labels > 0`);
  return { sql, join: joinOf(of, alias, hours), params };
}

function joinOf(of: QuerySubject, alias: string, hours: readonly string[]): string {
  const said = `avg(score) AS ${alias}_score, countIf(label = {${alias}Label:String}) AS ${alias}_hits,
  countIf(isNotNull(label)) AS ${alias}_labels`;
  const judgements = `SELECT trace_id, target_kind, target_id, score, label FROM annotations FINAL
  WHERE project = {project:String} AND name = {${alias}Name:String} AND trace_id != '' AND target_kind IN ('span', 'trace')`;
  if (of === "traces") {
    return `LEFT JOIN (SELECT trace_id AS ${alias}_trace, ${said} FROM (${judgements}) GROUP BY ${alias}_trace) AS ${alias}
ON subject.trace_id = ${alias}.${alias}_trace`;
  }
  if (of === "spans") {
    return `LEFT JOIN (SELECT trace_id AS ${alias}_trace, target_id AS ${alias}_span, ${said} FROM (${judgements})
  WHERE target_kind = 'span' GROUP BY ${alias}_trace, ${alias}_span) AS ${alias}
ON subject.trace_id = ${alias}.${alias}_trace AND subject.span_id = ${alias}.${alias}_span`;
  }
  const conditions = ["project = {project:String}", "counted", ...hours].join(" AND ");
  return `LEFT JOIN (
  SELECT judged.trace_id AS ${alias}_trace, if(has(ids, target_id), target_id, last_id) AS ${alias}_span, ${said}
  FROM (${judgements}) AS judged
  INNER JOIN (SELECT trace_id, argMax(span_id, start_ns) AS last_id, groupArray(span_id) AS ids
    FROM calls FINAL WHERE ${conditions} GROUP BY trace_id) AS answered ON judged.trace_id = answered.trace_id
  GROUP BY ${alias}_trace, ${alias}_span
) AS ${alias} ON subject.trace_id = ${alias}.${alias}_trace AND subject.span_id = ${alias}.${alias}_span`;
}
