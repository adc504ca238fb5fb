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
  return `LEFT JOIN (
  SELECT call_trace AS ${alias}_trace, call_span AS ${alias}_span, ${said}
  FROM (${judgedCalls([`name = {${alias}Name:String}`], hours)}) GROUP BY ${alias}_trace, ${alias}_span
) AS ${alias} ON subject.trace_id = ${alias}.${alias}_trace AND subject.span_id = ${alias}.${alias}_span`;
}

/**
 * SQL for judgements with the model call that each is about: `call_trace`, `call_span`, `name`, `score`, `label`. One of a
 * span that is a call is about that call, any other about the call that answered: the trace's last.
 *
 * @param judgements conditions on `annotations`.
 * @param hours conditions on `start_hour` that bound where calls lie.
 * @param more columns of the call by name, as SQL.
 */
export function judgedCalls(
  judgements: readonly string[],
  hours: readonly string[],
  more: Readonly<Record<string, string>> = {},
): string {
  const among = [
    "project = {project:String}",
    "trace_id != ''",
    "target_kind IN ('span', 'trace')",
    ...judgements,
  ];
  const where = `WHERE ${among.join(" AND ")}`;
  // Without FINAL: which traces were ever judged narrows what is read, and no more.
  const judged = `trace_id IN (SELECT trace_id FROM annotations ${where})`;
  const calls = ["project = {project:String}", "counted", ...hours, judged];
  const columns = Object.entries({ span_id: "span_id", ...more });
  const told = columns.map(
    ([name], index) => `about.${index + 1} AS ${name === "span_id" ? "call_span" : name}`,
  );
  return `SELECT judged.trace_id AS call_trace, name, score, label,
    if(has(ids, target_id), calls[indexOf(ids, target_id)], last_call) AS about, ${told.join(", ")}
  FROM (SELECT trace_id, target_id, name, score, label FROM annotations FINAL ${where}) AS judged
  INNER JOIN (SELECT trace_id, argMax(call, start_ns) AS last_call, groupArray(call) AS calls, groupArray(span_id) AS ids
    FROM (SELECT trace_id, span_id, start_ns, tuple(${columns.map(([, sql]) => sql).join(", ")}) AS call
      FROM calls FINAL WHERE ${calls.join(" AND ")})
    GROUP BY trace_id) AS answered ON judged.trace_id = answered.trace_id`;
}
