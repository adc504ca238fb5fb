import {
  matchLoosely,
  matchPattern,
  promptTextOf,
  titleOf,
  variablesOf,
  type PromptPattern,
} from "@nightowl/model/prompt/pattern";
import type { CallTotals } from "@nightowl/model/api/prompts";
import type { Span } from "@nightowl/model/span/span";
import type { Database, QueryParam } from "../store/db/database.ts";
import { chooseBuckets, type Buckets } from "./bucket-widths.ts";
import { QueryInputError } from "./query-input-error.ts";
import { parseTimeRange, type TimeRange, type TimeRangeInput } from "./time-range.ts";

export interface TemplateIdentity {
  project: string;
  templateId: string;
}

/** A version of a template, whatever its traffic. */
export interface KnownVersion {
  versionId: string;
  /** From 1, in the order in which they were first seen; 0 of a wording that was seen too seldom to be one. */
  number: number;
  label: string;
  pattern: PromptPattern;
  firstNs: string;
  lastNs: string;
}

export interface KnownTemplate extends TemplateIdentity {
  source: "declared" | "discovered";
  name: string;
  title: string;
  versions: KnownVersion[];
}

/** The rows of model calls; those that {@link callScope} leaves are counted once each, and priced. */
export const MODEL_CALLS = "calls FINAL";

/** An SQL condition on {@link MODEL_CALLS} for those of a project in a range, and its parameters. */
export interface CallScope {
  sql: string;
  params: Record<string, QueryParam>;
  range: TimeRange;
}

const HOUR_NS = 3_600_000_000_000n;

/** @throws {QueryInputError} for a time that cannot be read. */
export function callScope(project: string, input: TimeRangeInput, prefix = ""): CallScope {
  const range = parseTimeRange(input);
  const conditions = [`project = {${prefix}project:String}`, "counted", "kind = 'LLM'"];
  const params: Record<string, QueryParam> = { [`${prefix}project`]: project };
  const add = (name: string, sql: string, value: bigint): void => {
    conditions.push(sql.replace("?", `{${prefix}${name}:UInt64}`));
    params[prefix + name] = value;
  };
  if (range.fromNs !== undefined) {
    add("fromHour", "start_hour >= ?", range.fromNs / HOUR_NS);
    add("fromNs", "start_ns >= ?", range.fromNs);
  }
  if (range.toNs !== undefined) {
    add("toHour", "start_hour <= ?", range.toNs / HOUR_NS);
    add("toNs", "start_ns < ?", range.toNs);
  }
  return { sql: conditions.join(" AND "), params, range };
}

/**
 * The range of a question and its buckets; an end that is open is where the project's data end.
 */
export async function bucketsOf(
  db: Database,
  project: string,
  range: TimeRange,
  maxCount: number,
): Promise<{ fromNs: bigint; toNs: bigint; buckets: Buckets }> {
  let { fromNs, toNs } = range;
  if (fromNs === undefined || toNs === undefined) {
    const [ends] = await db.query<{ first: string; last: string }>(
      "SELECT min(start_ns) AS first, max(end_ns) AS last FROM traces WHERE project = {project:String}",
      { project },
    );
    fromNs ??= BigInt(ends?.first ?? 0);
    toNs ??= BigInt(ends?.last ?? 0) + 1n;
  }
  if (toNs <= fromNs) toNs = fromNs + 1n;
  return { fromNs, toNs, buckets: chooseBuckets(fromNs, toNs, maxCount) };
}

/** Calls by number of bucket, as {@link readSeries} reads them; the parameters are `bucketStartNs` and `bucketWidthNs`. */
export const CALLS_OVER_TIME =
  "sumMap([toUInt32(intDiv(start_ns - least(start_ns, {bucketStartNs:UInt64}), {bucketWidthNs:UInt64}))], [sample_weight]) AS series";

export type SeriesColumn = [buckets: number[], calls: number[]];

export function readSeries([buckets, calls]: SeriesColumn, count: number): number[] {
  const series = Array.from({ length: count }, () => 0);
  for (const [i, bucket] of buckets.entries()) if (bucket < count) series[bucket] = Math.round(calls[i] ?? 0);
  return series;
}

/** Whether a call's cost is known. */
export const PRICED = "cost_source IN ('reported', 'computed')";

/** What {@link toTotals} reads. Under sampling a call stands for `sample_weight` calls. */
export const CALL_TOTALS = `sum(sample_weight) AS calls, sumIf(sample_weight, failed) AS errors,
  sum(sample_weight * input_tokens) AS input_sum, sum(sample_weight * output_tokens) AS output_sum,
  sumOrNullIf(sample_weight * cost_usd, ${PRICED}) AS cost_sum, sumIf(sample_weight, cost_source = 'unpriced') AS unpriced,
  quantilesTDigestIf(0.5, 0.95)(duration_ms, NOT running) AS durations, min(start_ns) AS first_ns, max(start_ns) AS last_ns`;

export interface TotalsRow {
  calls: number;
  errors: number;
  input_sum: number;
  output_sum: number;
  cost_sum: number | null;
  unpriced: number;
  durations: (number | null)[];
  first_ns: string;
  last_ns: string;
}

export function toTotals(row: TotalsRow | undefined): CallTotals {
  const [p50, p95] = row?.durations ?? [];
  return {
    callCount: Math.round(row?.calls ?? 0),
    errorCount: Math.round(row?.errors ?? 0),
    inputTokens: Math.round(row?.input_sum ?? 0),
    outputTokens: Math.round(row?.output_sum ?? 0),
    costUsd: row?.cost_sum ?? null,
    unpricedCount: Math.round(row?.unpriced ?? 0),
    durationP50Ms: finite(p50),
    durationP95Ms: finite(p95),
    firstTimeNs: row?.first_ns ?? "0",
    lastTimeNs: row?.last_ns ?? "0",
  };
}

export function finite(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

interface VersionRow {
  template_id: string;
  version_id: string;
  label: string;
  pattern: string;
  first_ns: string;
  last_ns: string;
  settled: boolean;
}

/** The templates of a project, or some of them, with all their versions. */
export async function readTemplates(
  db: Database,
  project: string,
  templateIds?: readonly string[],
): Promise<KnownTemplate[]> {
  const among = templateIds ? " AND template_id IN {templateIds:Array(String)}" : "";
  const params = { project, templateIds: templateIds ?? [] };
  const [templates, rows] = await Promise.all([
    db.query<{ templateId: string; source: KnownTemplate["source"]; name: string }>(
      `SELECT template_id AS templateId, source, name FROM prompt_templates FINAL
       WHERE project = {project:String} AND merged_into = ''${among}`,
      params,
    ),
    db.query<VersionRow>(
      `SELECT template_id, version_id, label, pattern, first_ns, last_ns, JSONExtractBool(state, 'trusted') AS settled
       FROM prompt_versions FINAL WHERE project = {project:String} AND merged_into = '' AND template_id != ''${among}
       ORDER BY first_ns, version_id`,
      params,
    ),
  ]);
  const byTemplate = new Map<string, KnownVersion[]>();
  for (const row of rows) {
    const versions = byTemplate.get(row.template_id) ?? [];
    byTemplate.set(row.template_id, versions);
    const before = versions.reduce((most, { number }) => Math.max(most, number), 0);
    versions.push({
      versionId: row.version_id,
      number: row.settled ? before + 1 : 0,
      label: row.label,
      pattern: JSON.parse(row.pattern) as PromptPattern,
      firstNs: row.first_ns,
      lastNs: row.last_ns,
    });
  }
  return templates.map((template) => {
    const versions = byTemplate.get(template.templateId) ?? [];
    const title =
      template.name ||
      titleOf(versions.findLast(({ number }) => number > 0)?.pattern ?? versions[0]?.pattern ?? []);
    return { ...template, project, title: title || "(no text)", versions };
  });
}

/**
 * One template; an id whose template turned out to be another leads to that one.
 * @throws {QueryInputError} `not_found` when the project has none of this id.
 */
export async function getTemplate(
  db: Database,
  { project, templateId }: TemplateIdentity,
): Promise<KnownTemplate> {
  let id = templateId;
  for (let step = 0; step < 10; step++) {
    const [row] = await db.query<{ mergedInto: string }>(
      `SELECT merged_into AS mergedInto FROM prompt_templates FINAL
       WHERE project = {project:String} AND template_id = {id:String}`,
      { project, id },
    );
    if (!row) break;
    if (row.mergedInto === "") {
      const [template] = await readTemplates(db, project, [id]);
      if (template) return template;
    }
    id = row.mergedInto;
  }
  throw new QueryInputError(
    "not_found",
    `Project "${project}" has no prompt template ${templateId}.`,
    "GET /api/projects/:project/prompts lists them.",
  );
}

/** @throws {QueryInputError} `not_found` when the template has no such version. */
export function requireVersion(template: KnownTemplate, versionId: string): KnownVersion {
  const version = template.versions.find((each) => each.versionId === versionId);
  if (version) return version;
  throw new QueryInputError(
    "not_found",
    `The prompt template ${template.templateId} has no version ${versionId}.`,
    "It may have turned out to be another one; the template's page lists its versions.",
  );
}

const MAX_VALUE_CHARS = 2_000;

/** What was filled into a version's variables in a call: as the application says, else as read from the prompt. */
export function valuesOf(span: Span, pattern: PromptPattern): Map<string, string> {
  const values = new Map<string, string>();
  const text = promptTextOf(span.inputMessages);
  const found = matchPattern(pattern, text) ?? matchLoosely(pattern, text) ?? [];
  for (const [index, { name }] of variablesOf(pattern).entries()) {
    const value = found[index];
    if (value !== undefined && !values.has(name)) values.set(name, cut(value));
  }
  for (const [name, value] of Object.entries(span.promptTemplate?.variables ?? {}))
    values.set(name, cut(typeof value === "string" ? value : (JSON.stringify(value) ?? "")));
  return values;
}

function cut(text: string): string {
  return text.length > MAX_VALUE_CHARS ? text.slice(0, MAX_VALUE_CHARS).toWellFormed() : text;
}
