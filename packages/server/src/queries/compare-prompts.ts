import type { comparePrompts as contract, PromptMetric } from "@nightowl/model/api/prompts";
import {
  proportionTest,
  rankTest,
  welchTest,
  type Moments,
} from "@nightowl/model/statistics/compare-samples";
import type { z } from "zod";
import type { Database, QueryParam } from "../store/db/database.ts";
import { compareEvals, type ComparedCalls } from "./compare-evals.ts";
import {
  callScope,
  getTemplate,
  MODEL_CALLS,
  PRICED,
  requireVersion,
  type TemplateIdentity,
} from "./prompt-calls.ts";
import { promptMetric, type Measured } from "./prompt-metric.ts";
import type { TimeRange } from "./time-range.ts";

export type PromptComparison = z.output<typeof contract.response>;

export interface ComparePromptsInput extends TemplateIdentity {
  /** Versions; without one a side is all of them. */
  a?: string | undefined;
  b?: string | undefined;
  aFrom?: string | undefined;
  aTo?: string | undefined;
  bFrom?: string | undefined;
  bTo?: string | undefined;
}

/** Means and variances are of calls, not weighted: a test asks how much was seen. */
interface Row {
  side: number;
  calls: number;
  seen: string;
  errors: string;
  version_ids: string[];
  durations: [number | null, number | null];
  ended: string;
  first_token: number | null;
  first_token_seen: string;
  duration_sample: number[];
  first_token_sample: number[];
  [moment: string]: unknown;
}

/** Measurements of which the mean is compared, by what they are in SQL. NULL where a call has none. */
const MEANS = {
  input_tokens: "if(input_tokens > 0, toFloat64(input_tokens), NULL)",
  output_tokens: "if(input_tokens + output_tokens > 0, toFloat64(output_tokens), NULL)",
  cost: `if(${PRICED}, cost_usd, NULL)`,
  cached_share: "if(input_tokens > 0, cache_read_tokens / input_tokens, NULL)",
} as const;

/** So many calls of each side, chosen by chance, stand for all of them where ranks are compared. */
const RANKED_CALLS = 5_000;

/**
 * The measurements of two versions of a template, or of its calls of two ranges of time, and the chance that they differ so
 * much by chance: rates by the z-test of two proportions or Fisher's, means by Welch's t-test, times by Mann and Whitney's
 * U-test, and a 95th percentile by how many calls of either side lie above that of both together.
 *
 * @throws {QueryInputError} for a time that cannot be read, and `not_found` for an unknown template or version.
 */
export async function comparePrompts(db: Database, input: ComparePromptsInput): Promise<PromptComparison> {
  const template = await getTemplate(db, input);
  for (const versionId of [input.a, input.b])
    if (versionId !== undefined) requireVersion(template, versionId);
  const { sides, params } = sidesOf(input, template.templateId);
  const [rows, evals] = await Promise.all([
    db.query<Row>(
      `SELECT side, sum(sample_weight) AS calls, count() AS seen, countIf(failed) AS errors,
  topK(1)(toString(prompt_version_id)) AS version_ids, quantiles(0.5, 0.95)(duration_ms) AS durations, count(duration_ms) AS ended,
  quantile(0.5)(time_to_first_token_ms) AS first_token, count(time_to_first_token_ms) AS first_token_seen,
  groupArraySampleIf(${RANKED_CALLS}, 1)(assumeNotNull(duration_ms), isNotNull(duration_ms)) AS duration_sample,
  groupArraySampleIf(${RANKED_CALLS}, 1)(assumeNotNull(time_to_first_token_ms), isNotNull(time_to_first_token_ms)) AS first_token_sample,
  ${Object.entries(MEANS)
    .map(
      ([name, expression]) =>
        `count(${expression}) AS ${name}_n, avg(${expression}) AS ${name}_mean, varSamp(${expression}) AS ${name}_var`,
    )
    .join(",\n  ")}
FROM (SELECT *, arrayJoin(sides) AS side FROM (${callsOf(sides)})) GROUP BY side`,
      params,
    ),
    compareEvals(db, { sides, params }),
  ]);
  const [a, b] = [1, 2].map((side) => rows.find((row) => row.side === side));
  return {
    a: toSide(a, input.a, input.aFrom, input.aTo),
    b: toSide(b, input.b, input.bFrom, input.bTo),
    metrics: [
      promptMetric("calls", "Calls", "count", null, a && [a.calls, a.seen], b && [b.calls, b.seen]),
      ...evals,
      errorRate(a, b),
      times(
        "duration",
        "Latency p50",
        a && [a.durations[0], a.ended],
        b && [b.durations[0], b.ended],
        rankTest(a?.duration_sample ?? [], b?.duration_sample ?? []),
      ),
      percentile(a, b),
      times(
        "first_token",
        "First token p50",
        a && [a.first_token, a.first_token_seen],
        b && [b.first_token, b.first_token_seen],
        rankTest(a?.first_token_sample ?? [], b?.first_token_sample ?? []),
      ),
      mean("input_tokens", "Tokens in", "tokens", "lower", a, b),
      mean("output_tokens", "Tokens out", "tokens", null, a, b),
      mean("cost", "Cost a call", "usd", "lower", a, b),
      // Of providers that tell of no cache nothing is known.
      ...(a?.["cached_share_mean"] || b?.["cached_share_mean"]
        ? [mean("cached_share", "Cached share", "share", "higher", a, b)]
        : []),
    ],
  };
}

/** Of which sides a call is. */
function sidesOf(input: ComparePromptsInput, templateId: string): ComparedCalls {
  const sides = [
    { version: input.a, scope: callScope(input.project, { from: input.aFrom, to: input.aTo }, "a_") },
    { version: input.b, scope: callScope(input.project, { from: input.bFrom, to: input.bTo }, "b_") },
  ];
  const params: Record<string, QueryParam> = { project: input.project, templateId };
  const conditions = sides.map(({ version, scope }, index) => {
    Object.assign(params, scope.params);
    const own = `${scope.sql} AND prompt_template_id = {templateId:String}`;
    if (version === undefined) return own;
    params[`version${index}`] = version;
    return `${own} AND prompt_version_id = {version${index}:String}`;
  });
  const hours = hoursOf(sides.map(({ scope }) => scope.range));
  const list = conditions.map((condition, index) => `if(${condition}, ${index + 1}, 0)`).join(", ");
  return {
    sides: `arrayFilter(side -> side > 0, [${list}])`,
    params: { ...params, ...hours },
  };
}

/** The calls of both sides, read once. */
function callsOf(sides: string): string {
  return `SELECT ${sides} AS sides, sample_weight, failed, prompt_version_id, if(running, NULL, duration_ms) AS duration_ms,
  time_to_first_token_ms, input_tokens, output_tokens, cost_usd, cost_source, cache_read_tokens
FROM ${MODEL_CALLS} WHERE project = {project:String} AND start_hour BETWEEN {firstHour:UInt32} AND {lastHour:UInt32}
  AND prompt_template_id = {templateId:String}`;
}

const HOUR_NS = 3_600_000_000_000n;

/** The hours that hold both ranges. */
function hoursOf(ranges: readonly TimeRange[]): { firstHour: bigint; lastHour: bigint } {
  const first = ranges.map(({ fromNs }) => (fromNs ?? 0n) / HOUR_NS);
  const last = ranges.map(({ toNs }) => (toNs === undefined ? 0xffff_ffffn : toNs / HOUR_NS));
  return {
    firstHour: first.reduce((least, hour) => (hour < least ? hour : least)),
    lastHour: last.reduce((most, hour) => (hour > most ? hour : most)),
  };
}

function toSide(
  row: Row | undefined,
  versionId: string | undefined,
  from: string | undefined,
  to: string | undefined,
): PromptComparison["a"] {
  const { range } = callScope("", { from, to });
  return {
    versionId: versionId ?? row?.version_ids[0] ?? null,
    callCount: Math.round(row?.calls ?? 0),
    fromNs: range.fromNs === undefined ? null : String(range.fromNs),
    toNs: range.toNs === undefined ? null : String(range.toNs),
  };
}

function errorRate(a: Row | undefined, b: Row | undefined): PromptMetric {
  const rate = (row: Row | undefined): Measured => row && [Number(row.errors) / Number(row.seen), row.seen];
  const proportion = (row: Row | undefined) => ({
    hits: Number(row?.errors ?? 0),
    count: Number(row?.seen ?? 0),
  });
  const { pValue, test } = proportionTest(proportion(a), proportion(b));
  return promptMetric("error_rate", "Error rate", "share", "lower", rate(a), rate(b), { name: test, pValue });
}

function times(key: string, label: string, a: Measured, b: Measured, pValue: number): PromptMetric {
  return promptMetric(key, label, "ms", "lower", a, b, { name: "mann-whitney", pValue });
}

/** How many calls of either side lie above the 95th percentile of both together. */
function percentile(a: Row | undefined, b: Row | undefined): PromptMetric {
  const measured = (row: Row | undefined): Measured => row && [row.durations[1], row.ended];
  const [left, right] = [a?.duration_sample ?? [], b?.duration_sample ?? []];
  const both = [...left, ...right].sort((x, y) => x - y);
  const limit = both[Math.floor(both.length * 0.95)] ?? Infinity;
  const above = (sample: readonly number[]) => ({
    hits: sample.filter((value) => value > limit).length,
    count: sample.length,
  });
  const { pValue, test } = proportionTest(above(left), above(right));
  return promptMetric("duration_p95", "Latency p95", "ms", "lower", measured(a), measured(b), {
    name: test,
    pValue,
  });
}

function mean(
  key: keyof typeof MEANS,
  label: string,
  unit: PromptMetric["unit"],
  better: PromptMetric["better"],
  a: Row | undefined,
  b: Row | undefined,
): PromptMetric {
  const momentsOf = (row: Row | undefined): Moments => ({
    count: Number(row?.[`${key}_n`] ?? 0),
    mean: Number(row?.[`${key}_mean`] ?? 0),
    variance: Number(row?.[`${key}_var`] ?? 0),
  });
  const [left, right] = [momentsOf(a), momentsOf(b)];
  return promptMetric(
    key,
    label,
    unit,
    better,
    [left.mean, String(left.count)],
    [right.mean, String(right.count)],
    {
      name: "welch",
      pValue: welchTest(left, right),
    },
  );
}
