import type { QueryCell } from "@nightowl/model/api/query";
import { COST_BUCKETS } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import { findMeasure, snakeName, type QuerySubject } from "@nightowl/model/query/query-fields";
import { COST_COLUMNS, PART_COST_COLUMNS, PART_TOKEN_COLUMNS } from "../../store/call-rows.ts";
import { meanCell, shareCell } from "./confidence.ts";
import { SUBJECTS, type Subject } from "./subjects.ts";

/** A measure as SQL: aggregates by alias suffix, what to sort by, and how a cell is made of them. */
export interface MeasureSql {
  aggregates: Record<string, string>;
  /** May name the aggregates as `{suffix}`. */
  sort: string;
  read(values: Record<string, number | null>): QueryCell;
}

/** What stands for how many under sampling. */
const WEIGHT = "sample_weight";
/** Quantiles take whole weights. */
const WHOLE_WEIGHT = `toUInt32(least(greatest(round(${WEIGHT}), 1), 1e6))`;

/** @returns undefined for a name that is no measure of this subject. */
export function measureSql(name: string, of: QuerySubject): MeasureSql | undefined {
  if (!findMeasure(name)?.of.includes(of)) return undefined;
  return FIXED[of][name] ?? undefined;
}

function sum(expression: string): MeasureSql {
  return {
    aggregates: { sum: `sum(${WEIGHT} * (${expression}))` },
    sort: "{sum}",
    read: ({ sum: value }) => ({ value: value ?? 0 }),
  };
}

/** Known where some row has it; null is not 0. */
function sumOfKnown(expression: string, isKnown: string): MeasureSql {
  return {
    aggregates: { sum: `sumIf(${WEIGHT} * (${expression}), ${isKnown})`, n: `countIf(${isKnown})` },
    sort: "if({n} = 0, NULL, {sum})",
    read: ({ sum: value, n }) => ({ value: n ? (value ?? 0) : null, n: n ?? 0 }),
  };
}

export function share(condition: string, among = "true"): MeasureSql {
  return {
    aggregates: {
      part: `sumIf(${WEIGHT}, (${condition}) AND ${among})`,
      weight: `sumIf(${WEIGHT}, ${among})`,
      squares: `sumIf(${WEIGHT} * ${WEIGHT}, ${among})`,
      n: `countIf(${among})`,
    },
    sort: "if({n} = 0, NULL, {part} / {weight})",
    read: shareCell,
  };
}

export function mean(expression: string, among: string): MeasureSql {
  return {
    aggregates: {
      sum: `sumIf(${WEIGHT} * (${expression}), ${among})`,
      sumOfSquares: `sumIf(${WEIGHT} * (${expression}) * (${expression}), ${among})`,
      weight: `sumIf(${WEIGHT}, ${among})`,
      squares: `sumIf(${WEIGHT} * ${WEIGHT}, ${among})`,
      n: `countIf(${among})`,
    },
    sort: "if({n} = 0, NULL, {sum} / {weight})",
    read: meanCell,
  };
}

function ratio(upper: string, lower: string): MeasureSql {
  return {
    aggregates: { upper: `sum(${WEIGHT} * (${upper}))`, lower: `sum(${WEIGHT} * (${lower}))` },
    sort: "if({lower} = 0, NULL, {upper} / {lower})",
    read: ({ upper: above, lower: below }) => ({ value: below ? (above ?? 0) / below : null }),
  };
}

function quantile(level: number, expression: string, among: string): MeasureSql {
  return {
    aggregates: {
      quantile: `quantileTDigestWeightedIf(${level})(${expression}, ${WHOLE_WEIGHT}, ${among})`,
      n: `countIf(${among})`,
    },
    sort: "if({n} = 0, NULL, {quantile})",
    read: ({ quantile: value, n }) => ({ value: n ? (value ?? null) : null, n: n ?? 0 }),
  };
}

const count: MeasureSql = {
  aggregates: { sum: `sum(${WEIGHT})` },
  sort: "{sum}",
  read: ({ sum: value }) => ({ value: Math.round(value ?? 0) }),
};

/** Traces weigh as their first row does: a trace is sampled as a whole. */
const traceCount: MeasureSql = {
  aggregates: { sum: `uniq(trace_id) * avg(${WEIGHT})` },
  sort: "{sum}",
  read: ({ sum: value }) => ({ value: Math.round(value ?? 0) }),
};

function timeMeasures({ failed, duration, ended }: Subject): Record<string, MeasureSql> {
  return {
    count,
    error_rate: share(failed),
    latency_mean: mean(duration, ended),
    latency_p50: quantile(0.5, duration, ended),
    latency_p90: quantile(0.9, duration, ended),
    latency_p95: quantile(0.95, duration, ended),
    latency_p99: quantile(0.99, duration, ended),
  };
}

const PRICED = "cost_source IN ('reported', 'computed')";
const FIRST_TOKEN = "isNotNull(time_to_first_token_ms)";
const NULL_INPUT = "ifNull(input_tokens, 0)";
const NULL_OUTPUT = "ifNull(output_tokens, 0)";

/** One line for each measure of a subject; `query-fields` of the model has its name and unit. */
const FIXED: Record<QuerySubject, Record<string, MeasureSql>> = {
  calls: {
    ...timeMeasures(SUBJECTS.calls),
    trace_count: traceCount,
    ttft_p50: quantile(0.5, "ifNull(time_to_first_token_ms, 0)", FIRST_TOKEN),
    ttft_p95: quantile(0.95, "ifNull(time_to_first_token_ms, 0)", FIRST_TOKEN),
    tokens: sum("input_tokens + output_tokens"),
    input_tokens: sum("input_tokens"),
    output_tokens: sum("output_tokens"),
    cache_read_tokens: sum("cache_read_tokens"),
    cache_write_tokens: sum("cache_write_tokens"),
    reasoning_tokens: sum("reasoning_tokens"),
    cache_hit_share: ratio("cache_read_tokens", "input_tokens"),
    output_ratio: ratio("output_tokens", "input_tokens"),
    cost: sumOfKnown("cost_usd", PRICED),
    cost_mean: mean("cost_usd", PRICED),
    reported_cost: sum("if(cost_source = 'reported', cost_usd, 0)"),
    unpriced: sum("cost_source = 'unpriced'"),
    ...Object.fromEntries(
      COST_BUCKETS.map((bucket) => [`cost_${snakeName(bucket)}`, sum(COST_COLUMNS[bucket])]),
    ),
    ...Object.fromEntries(
      PROMPT_PARTS.flatMap((part) => [
        [`cost_part_${snakeName(part)}`, sum(PART_COST_COLUMNS[part])],
        [`tokens_part_${snakeName(part)}`, sum(PART_TOKEN_COLUMNS[part])],
      ]),
    ),
  },
  spans: { ...timeMeasures(SUBJECTS.spans), trace_count: traceCount },
  traces: {
    ...timeMeasures(SUBJECTS.traces),
    span_count: sum("span_count"),
    call_count: sum("llm_count"),
    tokens: sum(`${NULL_INPUT} + ${NULL_OUTPUT}`),
    input_tokens: sum(NULL_INPUT),
    output_tokens: sum(NULL_OUTPUT),
    output_ratio: ratio(NULL_OUTPUT, NULL_INPUT),
    cost: sumOfKnown("ifNull(cost_usd, 0)", "isNotNull(cost_usd)"),
    cost_mean: mean("ifNull(cost_usd, 0)", "isNotNull(cost_usd)"),
    unpriced: sum("unpriced_count"),
  },
};
