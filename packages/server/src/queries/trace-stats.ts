import type { traceStats as contract } from "@nightowl/model/api/traces";
import type { z } from "zod";
import type { Database } from "../store/db/database.ts";
import { toTraceCondition, type Condition } from "../store/where.ts";
import { chooseBuckets, type Buckets } from "./bucket-widths.ts";
import { requireProject } from "./list-projects.ts";
import { readTraceScope, type TraceScopeInput } from "./trace-scope.ts";

export type TraceStats = z.output<typeof contract.response>;

export interface TraceStatsInput extends TraceScopeInput {
  /** At most so many buckets. */
  buckets: number;
}

interface Totals {
  row_count: string;
  traces: number;
  errors: number;
  spans: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
  unpriced: number;
  ended_count: string;
  quantiles: [number, number];
  max_duration_ms: number;
  first_ns: string;
  last_ns: string;
}

/** Under sampling a trace stands for `sample_weight` traces, in every count and sum. */
const TOTALS = `SELECT count() AS row_count,
  sum(sample_weight) AS traces,
  sumIf(sample_weight, error_count > 0) AS errors,
  sum(sample_weight * span_count) AS spans,
  sum(sample_weight * ifNull(input_tokens, 0)) AS input_tokens,
  sum(sample_weight * ifNull(output_tokens, 0)) AS output_tokens,
  sumOrNull(sample_weight * cost_usd) AS cost_usd,
  sum(sample_weight * unpriced_count) AS unpriced,
  countIf(NOT running) AS ended_count,
  quantilesTDigestWeightedIf(0.5, 0.95)(duration_ms, toUInt32(least(greatest(round(sample_weight), 1), 1e6)), NOT running) AS quantiles,
  maxIf(duration_ms, NOT running) AS max_duration_ms,
  min(start_ns) AS first_ns,
  max(start_ns) AS last_ns
FROM traces FINAL WHERE `;

/**
 * Totals and histogram of the traces that {@link listTraces} would show. Durations are those of traces that
 * have ended. Quantiles are t-digest estimates. An end of the range that is open is where the data end.
 *
 * @throws {QueryInputError} for a filter or time that cannot be read, and for an unknown project.
 */
export async function traceStats(db: Database, input: TraceStatsInput): Promise<TraceStats> {
  const scope = readTraceScope(input);
  const condition = toTraceCondition(scope);
  const [totals] = await db.query<Totals>(TOTALS + condition.sql, condition.params);
  const isEmpty = totals === undefined || totals.row_count === "0";
  if (isEmpty) await requireProject(db, input.project);
  const dataFromNs = isEmpty ? undefined : BigInt(totals.first_ns);
  const dataToNs = isEmpty ? undefined : BigInt(totals.last_ns) + 1n;
  const fromNs = scope.fromNs ?? dataFromNs ?? scope.toNs ?? 0n;
  const toNs = scope.toNs ?? dataToNs ?? fromNs;
  const hasRange = toNs > fromNs;
  const buckets = chooseBuckets(fromNs, toNs, input.buckets);
  const hasEnded = !isEmpty && totals.ended_count !== "0";
  return {
    traceCount: Math.round(totals?.traces ?? 0),
    errorCount: Math.round(totals?.errors ?? 0),
    spanCount: Math.round(totals?.spans ?? 0),
    inputTokens: Math.round(totals?.input_tokens ?? 0),
    outputTokens: Math.round(totals?.output_tokens ?? 0),
    costUsd: totals?.cost_usd ?? null,
    unpricedCount: Math.round(totals?.unpriced ?? 0),
    durationP50Ms: hasEnded ? totals.quantiles[0] : null,
    durationP95Ms: hasEnded ? totals.quantiles[1] : null,
    maxDurationMs: hasEnded ? totals.max_duration_ms : null,
    fromNs: String(fromNs),
    toNs: String(toNs),
    bucketMs: Number(buckets.widthNs) / 1e6,
    buckets: hasRange ? await countBuckets(db, condition, buckets, isEmpty) : [],
  };
}

interface BucketRow {
  bucket: number;
  ok: number;
  error: number;
}

async function countBuckets(
  db: Database,
  condition: Condition,
  { widthNs, startNs, count }: Buckets,
  isEmpty: boolean,
): Promise<TraceStats["buckets"]> {
  const buckets = Array.from({ length: count }, (_, i) => ({
    startTimeNs: String(startNs + BigInt(i) * widthNs),
    ok: 0,
    error: 0,
  }));
  if (isEmpty) return buckets;
  const rows = await db.query<BucketRow>(
    `SELECT toUInt32(intDiv(start_ns - {startNs:UInt64}, {widthNs:UInt64})) AS bucket,
  sumIf(sample_weight, error_count = 0) AS ok,
  sumIf(sample_weight, error_count > 0) AS error
FROM traces FINAL WHERE ${condition.sql} GROUP BY bucket`,
    { ...condition.params, startNs, widthNs },
  );
  for (const row of rows) {
    const bucket = buckets[row.bucket];
    // A trace that arrived between the two questions may lie outside.
    if (!bucket) continue;
    bucket.ok = Math.round(row.ok);
    bucket.error = Math.round(row.error);
  }
  return buckets;
}
