import type { PromptMetric } from "@nightowl/model/api/prompts";
import { proportionTest, welchTest, type Moments } from "@nightowl/model/statistics/compare-samples";
import type { Database, QueryParam } from "../store/db/database.ts";
import { judgedCalls } from "./measure/evals.ts";
import { promptMetric } from "./prompt-metric.ts";

interface Row {
  side: number;
  name: string;
  scored: string;
  mean: number;
  variance: number;
  labelled: string;
  labels: [labels: string[], counts: string[]];
}

/** Labels of an evaluation without scores that are told, the most frequent first. */
const TOLD_LABELS = 3;
/** The call that answered may have been made so long after the one that is compared. */
const MAX_TRACE_HOURS = 24;

/** Which calls are compared: `sides` is SQL for a list of the numbers of the sides (1, 2) that a call is of. */
export interface ComparedCalls {
  sides: string;
  /** Among them `project`, and `firstHour` and `lastHour`, between which the calls of both sides lie. */
  params: Record<string, QueryParam>;
}

/**
 * What was judged of the calls of two sides, and the chance that they differ so much by chance: mean scores by Welch's t-test;
 * of evaluations that have labels alone, shares of labels by the z-test of two proportions or Fisher's. A call that was
 * judged several times counts once, with the mean.
 *
 * Which call a judgement is about is told by `judgedCalls`; here the calls are read once for that and for their sides.
 */
export async function compareEvals(db: Database, { sides, params }: ComparedCalls): Promise<PromptMetric[]> {
  const hours = `start_hour >= {firstHour:UInt32} - ${MAX_TRACE_HOURS} AND start_hour <= {lastHour:UInt32} + ${MAX_TRACE_HOURS}`;
  const rows = await db.query<Row>(
    `SELECT side, name, count(score) AS scored, avg(score) AS mean, varSamp(score) AS variance,
  countIf(notEmpty(said)) AS labelled, sumMap(said, arrayMap(label -> toUInt64(1), said)) AS labels
FROM (SELECT arrayJoin(any(sides)) AS side, name, avg(score) AS score, groupUniqArray(label) AS said
  FROM (${judgedCalls([], [hours], { sides })}) WHERE notEmpty(sides) GROUP BY call_trace, call_span, name)
GROUP BY side, name ORDER BY name`,
    params,
  );
  return [...new Set(rows.map(({ name }) => name))].flatMap((name) => {
    const [a, b] = [1, 2].map((side) => rows.find((row) => row.side === side && row.name === name));
    const isScored = Number(a?.scored ?? 0) + Number(b?.scored ?? 0) > 0;
    return isScored ? [scoreMetric(name, a, b)] : labelMetrics(name, a, b);
  });
}

function scoreMetric(name: string, a: Row | undefined, b: Row | undefined): PromptMetric {
  const momentsOf = (row: Row | undefined): Moments => ({
    count: Number(row?.scored ?? 0),
    mean: Number(row?.mean ?? 0),
    variance: Number(row?.variance ?? 0),
  });
  const [left, right] = [momentsOf(a), momentsOf(b)];
  return promptMetric(
    `eval:${name}`,
    name,
    "score",
    "higher",
    [left.mean, String(left.count)],
    [right.mean, String(right.count)],
    { name: "welch", pValue: welchTest(left, right) },
  );
}

function labelMetrics(name: string, a: Row | undefined, b: Row | undefined): PromptMetric[] {
  const countOf = (row: Row | undefined, label: string): number => {
    const at = row?.labels[0].indexOf(label) ?? -1;
    return at < 0 ? 0 : Number(row?.labels[1][at]);
  };
  const total = (label: string): number => countOf(a, label) + countOf(b, label);
  return [...new Set([...(a?.labels[0] ?? []), ...(b?.labels[0] ?? [])])]
    .sort((one, other) => total(other) - total(one))
    .slice(0, TOLD_LABELS)
    .map((label) => {
      const [left, right] = [a, b].map((row) => ({
        hits: countOf(row, label),
        count: Number(row?.labelled ?? 0),
      })) as [{ hits: number; count: number }, { hits: number; count: number }];
      const { test, pValue } = proportionTest(left, right);
      return promptMetric(
        `label:${name}=${label}`,
        `${name}: ${label}`,
        "share",
        null,
        [left.hits / left.count, String(left.count)],
        [right.hits / right.count, String(right.count)],
        { name: test, pValue },
      );
    });
}
