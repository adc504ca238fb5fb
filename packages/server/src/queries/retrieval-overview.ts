import type { RetrievalOverview, RetrieverSummary } from "@nightowl/model/api/retrieval";
import type { SpanKind } from "@nightowl/model/span/span";
import type { Database } from "../store/db/database.ts";
import { requireProject } from "./list-projects.ts";
import { finite } from "./prompt-calls.ts";
import { IS_EMPTY, findingScope, retrievalScope, TOP_SCORE, type RetrievalScope } from "./retrieval-scope.ts";
import type { TraceScopeInput } from "./trace-scope.ts";

const BINS = 20;
const MAX_RETRIEVERS = 100;
/** Searches that found more documents than this are counted together. */
const MOST_FOUND = 50;

interface RetrieverRow {
  retriever: string;
  kind: SpanKind;
  retrievals: number;
  failures: number;
  empty: number;
  ended: number;
  found: number;
  durations: (number | null)[];
  top_scores: (number | null)[];
  scored: string;
  rising: string;
  falling: string;
  found_counts: [found: number[], counts: number[]];
  used_hits: number;
  known_hits: number;
  /** The same of those that find, of which the totals are. */
  finding: Record<"retrievals" | "failures" | "empty" | "found" | "used_hits" | "known_hits", number>;
}

/**
 * Under sampling a search stands for `sample_weight` searches, in counts, means and shares; quantiles and different
 * documents are those that were seen.
 *
 * @throws {QueryInputError} for a filter or time that cannot be read, and for an unknown project.
 */
export async function retrievalOverview(db: Database, input: TraceScopeInput): Promise<RetrievalOverview> {
  const scope = retrievalScope(input);
  const [rows, scores, documents] = await Promise.all([
    readRetrievers(db, scope),
    readScores(db, scope),
    countDocuments(db, findingScope(input)),
  ]);
  if (rows.length === 0) await requireProject(db, input.project);
  const total = (figure: keyof RetrieverRow["finding"]) =>
    Math.round(rows.reduce((sum, { finding }) => sum + finding[figure], 0));
  return {
    retrievalCount: total("retrievals"),
    failedCount: total("failures"),
    emptyCount: total("empty"),
    hitCount: total("found"),
    usedShare: shareOf(total("used_hits"), total("known_hits")),
    retrievers: rows
      .slice(0, MAX_RETRIEVERS)
      .map((row) => toSummary(row, binsOf(scores.get(keyOf(row)) ?? []))),
    documentsFound: foundOf(rows),
    ...documents,
  };
}

function readRetrievers(db: Database, { from, params }: RetrievalScope): Promise<RetrieverRow[]> {
  return db.query<RetrieverRow>(
    `SELECT retriever, kind, sum(sample_weight) AS retrievals, sumIf(sample_weight, failed) AS failures,
  sumIf(sample_weight, ${IS_EMPTY}) AS empty, sumIf(sample_weight, NOT running AND NOT failed) AS ended,
  sum(sample_weight * length(documents)) AS found,
  quantilesTDigestIf(0.5, 0.95)(duration_ms, NOT running) AS durations,
  quantilesTDigestOrNull(0.1, 0.5, 0.9)(top_score) AS top_scores, count(top_score) AS scored,
  countIf(top_score < last_score) AS rising, countIf(top_score > last_score) AS falling,
  sumMap([toUInt32(least(length(documents), ${MOST_FOUND}))], [if(running OR failed OR NOT finds, 0, sample_weight)]) AS found_counts,
  sum(sample_weight * countEqual(used, 1)) AS used_hits,
  sum(sample_weight * (length(used) - countEqual(used, -1))) AS known_hits,
  CAST((sumIf(sample_weight, finds), sumIf(sample_weight, finds AND failed), sumIf(sample_weight, finds AND ${IS_EMPTY}),
    sumIf(sample_weight * length(documents), finds), sumIf(sample_weight * countEqual(used, 1), finds),
    sumIf(sample_weight * (length(used) - countEqual(used, -1)), finds)),
    'Tuple(retrievals Float64, failures Float64, empty Float64, found Float64, used_hits Float64, known_hits Float64)') AS finding
FROM (SELECT *, ${TOP_SCORE} AS top_score, arrayFilter(score -> isNotNull(score), scores)[-1] AS last_score ${from})
GROUP BY retriever, kind ORDER BY retrievals DESC, retriever`,
    params,
  );
}

function toSummary(row: RetrieverRow, scores: RetrieverSummary["scores"]): RetrieverSummary {
  const [p10, p50, p90] = row.top_scores.map((score) => finite(score));
  const hasScores = p10 != null && p50 != null && p90 != null;
  return {
    name: row.retriever,
    kind: row.kind,
    retrievalCount: Math.round(row.retrievals),
    failedCount: Math.round(row.failures),
    emptyCount: Math.round(row.empty),
    meanDocuments: row.ended > 0 ? row.found / row.retrievals : null,
    durationP50Ms: finite(row.durations[0]),
    durationP95Ms: finite(row.durations[1]),
    topScores: hasScores ? { p10, p50, p90, count: Number(row.scored) } : null,
    lowerIsBetter: Number(row.rising) > Number(row.falling),
    scores,
    usedShare: shareOf(row.used_hits, row.known_hits),
  };
}

const keyOf = ({ retriever, kind }: { retriever: string; kind: string }) => `${kind} ${retriever}`;

function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}

interface ScoreCount {
  score: number;
  top: number;
  all: number;
}

/** Of each retriever how often which score was given, to three decimals, large ones to one. */
async function readScores(
  db: Database,
  { from, params }: RetrievalScope,
): Promise<Map<string, ScoreCount[]>> {
  const rows = await db.query<ScoreCount & { retriever: string; kind: string }>(
    `SELECT retriever, kind, if(abs(score) <= 1, round(score, 3), round(score, 1)) AS score,
  sumIf(sample_weight, position = 1) AS top, sum(sample_weight) AS all
FROM (SELECT kind, retriever, sample_weight, arrayFilter(score -> isNotNull(score), scores) AS known ${from})
ARRAY JOIN known AS score, arrayEnumerate(known) AS position
GROUP BY retriever, kind, score`,
    params,
  );
  const scores = new Map<string, ScoreCount[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const list = scores.get(key);
    if (list) list.push(row);
    else scores.set(key, [row]);
  }
  return scores;
}

/** Between 0 and 1 where all scores lie there, else between the least and the highest. */
function binsOf(scores: readonly ScoreCount[]): RetrieverSummary["scores"] {
  if (scores.length === 0) return [];
  const values = scores.map(({ score }) => score);
  const least = values.reduce((a, b) => Math.min(a, b));
  const highest = values.reduce((a, b) => Math.max(a, b));
  const isShare = least >= 0 && highest <= 1 && highest > 1 / BINS;
  const min = isShare ? 0 : least;
  const width = (isShare ? 1 : highest > least ? highest - least : 1) / BINS;
  const bins = Array.from({ length: BINS }, (_, bin) => ({
    from: min + bin * width,
    to: min + (bin + 1) * width,
    top: 0,
    all: 0,
  }));
  for (const { score, top, all } of scores) {
    // Not a hair below the bin that it begins.
    const bin = bins[Math.min(BINS - 1, Math.floor((score - min) / width + 1e-9))];
    if (!bin) continue;
    bin.top += top;
    bin.all += all;
  }
  return bins.map((bin) => ({ ...bin, top: Math.round(bin.top), all: Math.round(bin.all) }));
}

function foundOf(rows: readonly RetrieverRow[]): RetrievalOverview["documentsFound"] {
  const counts = new Map<number, number>();
  for (const {
    found_counts: [found, weights],
  } of rows) {
    for (const [index, n] of found.entries()) counts.set(n, (counts.get(n) ?? 0) + (weights[index] ?? 0));
  }
  const most = [...counts].reduce((max, [found, count]) => (count > 0 ? Math.max(max, found) : max), -1);
  return Array.from({ length: most + 1 }, (_, found) => ({
    from: found,
    to: found === MOST_FOUND ? Number.MAX_SAFE_INTEGER : found + 1,
    count: Math.round(counts.get(found) ?? 0),
  }));
}

/** Hits from which a bin begins. */
const HIT_BINS = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

async function countDocuments(
  db: Database,
  { from, params }: RetrievalScope,
): Promise<Pick<RetrievalOverview, "hits" | "documentCount" | "neverUsedCount" | "topTenthShare">> {
  const rows = await db.query<{ hits: string; documents: string; unused: string }>(
    `SELECT hits, count() AS documents, countIf(known > 0 AND used = 0) AS unused FROM (
  SELECT document, count() AS hits, countIf(use = 1) AS used, countIf(use >= 0) AS known
  FROM (SELECT documents, used AS uses ${from}) ARRAY JOIN documents AS document, uses AS use
  WHERE document != 0 GROUP BY document
) GROUP BY hits ORDER BY hits DESC`,
    params,
  );
  const steps = rows.map(({ hits, documents, unused }) => ({
    hits: Number(hits),
    documents: Number(documents),
    unused: Number(unused),
  }));
  const documentCount = steps.reduce((sum, { documents }) => sum + documents, 0);
  const hitCount = steps.reduce((sum, { hits, documents }) => sum + hits * documents, 0);
  let left = Math.ceil(documentCount / 10);
  let topHits = 0;
  for (const { hits, documents } of steps) {
    const taken = Math.min(left, documents);
    topHits += taken * hits;
    left -= taken;
  }
  const most = steps[0]?.hits ?? 0;
  const bins = HIT_BINS.filter((first) => first <= most);
  return {
    documentCount,
    neverUsedCount: steps.reduce((sum, { unused }) => sum + unused, 0),
    topTenthShare: hitCount > 0 ? topHits / hitCount : null,
    hits: bins.map((first, index) => {
      const to = bins[index + 1] ?? HIT_BINS[index + 1] ?? Number.MAX_SAFE_INTEGER;
      const inside = steps.filter(({ hits }) => hits >= first && hits < to);
      return { from: first, to, count: inside.reduce((sum, { documents }) => sum + documents, 0) };
    }),
  };
}
