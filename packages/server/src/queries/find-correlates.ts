import type {
  Correlate,
  CorrelateValue,
  findCorrelates as contract,
  Outcome,
} from "@nightowl/model/api/correlates";
import type { z } from "zod";
import type { Database, QueryParam } from "../store/db/database.ts";
import { toTraceCondition } from "../store/where.ts";
import { findPromptLabels } from "./find-prompt-labels.ts";
import { requireProject } from "./list-projects.ts";
import { QueryInputError } from "./query-input-error.ts";
import { readTraceScope, type TraceScopeInput } from "./trace-scope.ts";

export interface FindCorrelatesInput extends TraceScopeInput {
  outcome: Outcome;
  name?: string | undefined;
  below?: number | undefined;
  label?: string | undefined;
  limit: number;
}

/** Traces of each side that are looked at: enough for shares to a few percent, few enough to be quick. */
const SAMPLE = 1000;
/** A value that fewer traces have says nothing. */
const MIN_TRACES = 3;
/** Longer values are texts, not properties. */
const MAX_VALUE = 100;
/** Standard errors below which a difference is what chance gives one value in twenty. */
const MIN_Z = 2;
const MAX_VALUES = 5;

/** Attributes that are what a call came to, not what it was like. Objects and lists are left out as well. */
const RESULTS = "(token_count|[._]usage[._]|cost|tokens)";

/** What spans say of themselves in columns of their own, by the name of its filter field. */
const SPAN_FIELDS = `[('model', toString(if(response_model = '', request_model, response_model))),
  ('provider', toString(provider)), ('kind', toString(kind)),
  ('tool', if(kind = 'TOOL', toString(if(tool_name = '', name, tool_name)), '')),
  ('agent', toString(agent_name)), ('error', toString(error_type)), ('service', toString(service_name)),
  ('env', toString(environment)), ('user', user_id), ('span', name), ('prompt_version', toString(prompt_version_id))]`;

/**
 * The values that bad traces have more often, or more seldom, than the others: ranked by how far the two shares are
 * apart, in standard errors of a two-proportion z-test with the shares pooled, and gathered by field. Attributes are
 * the short ones that filters know. Ids and other values that hardly any trace shares are left out; values that
 * mark the same traces are one finding.
 *
 * @throws {QueryInputError} for a filter or time that cannot be read, an `eval` without a name, and an unknown project.
 */
export async function findCorrelates(
  db: Database,
  input: FindCorrelatesInput,
): Promise<z.output<typeof contract.response>> {
  const condition = toTraceCondition(readTraceScope(input));
  const params: Record<string, QueryParam> = { ...condition.params, project: input.project };
  const outcome = await readOutcome(db, input, condition.sql, params);
  const classes = await db.query<{ trace_id: string; is_bad: number; bad: string; rest: string }>(
    `WITH judged AS (${outcome.sql})
SELECT trace_id, is_bad, (SELECT countIf(is_bad = 1) FROM judged) AS bad, (SELECT countIf(is_bad = 0) FROM judged) AS rest
FROM judged ORDER BY cityHash64(trace_id) LIMIT ${SAMPLE} BY is_bad`,
    params,
  );
  if (classes.length === 0) await requireProject(db, input.project);
  const [bad, rest] = [1, 0].map((side) => classes.filter((row) => row.is_bad === side)) as [
    typeof classes,
    typeof classes,
  ];
  const data =
    bad.length === 0 || rest.length === 0
      ? []
      : await compare(
          db,
          input,
          [bad, rest].map((side) => side.map((row) => row.trace_id)) as [string[], string[]],
        );
  return {
    badCount: Number(classes[0]?.bad ?? 0),
    restCount: Number(classes[0]?.rest ?? 0),
    lookedAtBad: bad.length,
    lookedAtRest: rest.length,
    threshold: outcome.threshold,
    data,
  };
}

/** SQL for `trace_id, is_bad` of the traces in question, and what divides them. */
async function readOutcome(
  db: Database,
  { outcome, name, below, label }: FindCorrelatesInput,
  scope: string,
  params: Record<string, QueryParam>,
): Promise<{ sql: string; threshold: number | null }> {
  const traces = `FROM traces FINAL WHERE ${scope}`;
  if (outcome === "error") {
    return { sql: `SELECT trace_id, error_count > 0 AS is_bad ${traces}`, threshold: null };
  }
  if (outcome !== "eval") {
    const column = outcome === "slow" ? "duration_ms" : "cost_usd";
    const known = outcome === "slow" ? "NOT running" : "isNotNull(cost_usd)";
    const [row] = await db.query<{ threshold: number | null }>(
      `SELECT quantileTDigestIf(0.95)(ifNull(${column}, 0), ${known}) AS threshold ${traces}`,
      params,
    );
    const threshold = row?.threshold ?? 0;
    params["threshold"] = Number.isFinite(threshold) ? threshold : 0;
    return {
      sql: `SELECT trace_id, ifNull(${column}, 0) > {threshold:Float64} AS is_bad ${traces} AND ${known}`,
      threshold: params["threshold"] as number,
    };
  }
  if (name === undefined) {
    throw new QueryInputError(
      "bad_request",
      "An outcome of eval needs the annotation's name.",
      "Add &name=factuality.",
    );
  }
  params["evalName"] = name;
  const judged = `SELECT trace_id, label, score FROM annotations FINAL
WHERE project = {project:String} AND name = {evalName:String} AND target_kind IN ('span', 'trace') AND trace_id IN (SELECT trace_id ${traces})`;
  if (label !== undefined) {
    params["label"] = label;
    return {
      sql: `SELECT trace_id, max(ifNull(label = {label:String}, 0)) AS is_bad FROM (${judged}) GROUP BY trace_id`,
      threshold: null,
    };
  }
  if (below === undefined) {
    const [row] = await db.query<{ mean: number | null }>(
      `SELECT avg(score) AS mean FROM (${judged})`,
      params,
    );
    params["below"] = row?.mean ?? 0;
  } else params["below"] = below;
  return {
    sql: `SELECT trace_id, max(score < {below:Float64}) AS is_bad FROM (${judged}) WHERE isNotNull(score) GROUP BY trace_id`,
    threshold: params["below"] as number,
  };
}

async function compare(
  db: Database,
  { project, limit }: { project: string; limit: number },
  [bad, rest]: [bad: string[], rest: string[]],
): Promise<Correlate[]> {
  // One text and one place in the statement: thousands of literals are more than the engine reads.
  const params = { project, ids: [...bad, ...rest].join(" "), badTotal: bad.length };
  // Traces are numbered, the bad ones first: sets of numbers are small, and can be told apart by a hash.
  const rows = await db.query<ValueRow>(
    `WITH splitByChar(' ', {ids:String}) AS ids,
  (SELECT (min(first_hour), max(last_hour)) FROM traces WHERE project = {project:String} AND trace_id IN ids) AS hours
SELECT entry.1 AS field, entry.2 AS value, length(groupUniqArray(number)) AS all,
  arrayCount(n -> n < {badTotal:UInt32}, groupUniqArray(number)) AS bad,
  cityHash64(arraySort(groupUniqArray(number))) AS traces
FROM (
  SELECT transform(trace_id, ids, range(toUInt32(length(ids))), toUInt32(0)) AS number,
    arrayJoin(arrayFilter(e -> e.2 != '' AND length(e.2) <= ${MAX_VALUE}, arrayConcat(
      ${SPAN_FIELDS}, arrayMap(tag -> ('tag', toString(tag)), tags),
      arrayMap((k, v) -> (concat('@', toString(k)), v), mapKeys(attribute_text), mapValues(attribute_text))
    ))) AS entry
  FROM spans
  WHERE project = {project:String} AND start_hour >= hours.1 AND start_hour <= hours.2
    AND trace_id IN ids
)
GROUP BY field, value
HAVING all >= ${MIN_TRACES} AND NOT match(value, '^\\s*[{\\[]') AND NOT match(field, '${RESULTS}')`,
    params,
  );
  const correlates = gather(
    rows.map((row) => toFinding(row, bad.length, rest.length)),
    limit,
  );
  return labelled(db, project, correlates);
}

/** Versions of prompts have ids, which nobody reads. */
async function labelled(db: Database, project: string, correlates: Correlate[]): Promise<Correlate[]> {
  const versions = correlates.find(({ field }) => field === "prompt_version");
  if (versions === undefined) return correlates;
  const ids = versions.values.map(({ value }) => value);
  const labels = await findPromptLabels(db, project, ids);
  for (const each of versions.values) {
    const label = labels.get(each.value);
    if (label !== undefined) each.label = label;
  }
  return correlates;
}

interface ValueRow {
  field: string;
  value: string;
  bad: string;
  all: string;
  /** A hash of the set of traces that have it. */
  traces: string;
}

interface Finding extends CorrelateValue {
  field: string;
  traces: string;
}

function toFinding(row: ValueRow, badTotal: number, restTotal: number): Finding {
  const { field, value, traces } = row;
  const badCount = Number(row.bad);
  const restCount = Number(row.all) - badCount;
  const badShare = badCount / badTotal;
  const restShare = restCount / restTotal;
  const pooled = (badCount + restCount) / (badTotal + restTotal);
  const standardError = Math.sqrt(pooled * (1 - pooled) * (1 / badTotal + 1 / restTotal));
  const z = standardError === 0 ? 0 : (badShare - restShare) / standardError;
  return { field, value, traces, badCount, restCount, badShare, restShare, z, same: [] };
}

/** Findings → fields, the most telling first; a finding that says the same as one before only stands beside it. */
function gather(findings: readonly Finding[], limit: number): Correlate[] {
  const ranked = findings
    .filter(({ z }) => Math.abs(z) > MIN_Z)
    .sort((a, b) => strengthOf(b) - strengthOf(a) || b.z - a.z || (nameOf(a) < nameOf(b) ? -1 : 1));
  const byTraces = new Map<string, CorrelateValue>();
  const fields = new Map<string, Correlate>();
  for (const { field: name, traces, ...value } of ranked) {
    const first = byTraces.get(traces);
    if (first !== undefined) {
      if (first.same.length < MAX_VALUES) first.same.push({ field: name, value: value.value });
      continue;
    }
    byTraces.set(traces, value);
    const field = fields.get(name) ?? { field: name, valueCount: 0, values: [] };
    fields.set(name, field);
    field.valueCount += 1;
    if (field.values.length < MAX_VALUES) field.values.push(value);
  }
  return [...fields.values()].slice(0, limit);
}

/** Two values that divide the traces between them are as strong as each other, whatever the last bit says. */
function strengthOf({ z }: Finding): number {
  return Math.round(Math.abs(z) * 1e6);
}

/** Of equals, what filters have a word for comes before attributes. */
function nameOf({ field }: Finding): string {
  return field.startsWith("@") ? `~${field}` : field;
}
