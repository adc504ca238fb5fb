import { RANKING_CUTS, type Ranking, type RetrievalRelevance } from "@nightowl/model/api/retrieval";
import { ndcgAt, precisionAt, reciprocalRank } from "@nightowl/model/retrieval/ranking-metrics";
import { relevanceGain, RELEVANCE_NAME } from "@nightowl/model/retrieval/relevance";
import type { SpanKind } from "@nightowl/model/span/span";
import type { Database } from "../store/db/database.ts";
import { requireProject } from "./list-projects.ts";
import { retrievalScope } from "./retrieval-scope.ts";
import type { TraceScopeInput } from "./trace-scope.ts";

/** The latest judged searches that are looked at. */
const MAX_JUDGED = 5_000;

interface Row {
  retriever: string;
  kind: SpanKind;
  found: number;
  positions: number[];
  names: string[];
  labels: (string | null)[];
  scores: (number | null)[];
  judged: string;
}

/**
 * How good the order of documents is, by annotations on documents that say whether they are relevant. Of several on one
 * document the mean counts.
 *
 * @throws {QueryInputError} for a filter or time that cannot be read, and for an unknown project.
 */
export async function retrievalRelevance(db: Database, input: TraceScopeInput): Promise<RetrievalRelevance> {
  const { from, params } = retrievalScope(input);
  const rows = await db.query<Row>(
    `SELECT retriever, kind, toUInt32(length(documents)) AS found, positions, names, labels, said AS scores, count() OVER () AS judged
FROM (SELECT trace_id, span_id, start_ns, retriever, kind, documents ${from}
  AND trace_id IN (SELECT trace_id FROM annotations WHERE project = {project:String} AND target_kind = 'document')) AS searches
INNER JOIN (
  SELECT trace_id, target_id, groupArray(position) AS positions, groupArray(toString(name)) AS names,
    groupArray(tuple(label)) AS label_tuples, groupArray(tuple(score)) AS score_tuples,
    arrayMap(each -> each.1, label_tuples) AS labels, arrayMap(each -> each.1, score_tuples) AS said
  FROM annotations FINAL
  WHERE project = {project:String} AND target_kind = 'document' AND match(name, {relevance:String})
  GROUP BY trace_id, target_id
) AS judgements ON searches.trace_id = judgements.trace_id AND searches.span_id = judgements.target_id
ORDER BY start_ns DESC LIMIT ${MAX_JUDGED}`,
    { ...params, relevance: `(?i)${RELEVANCE_NAME.source}` },
  );
  if (rows.length === 0) await requireProject(db, input.project);
  const searches = rows.flatMap((row) => {
    const gains = gainsOf(row);
    return gains === undefined ? [] : [{ row, gains: gains.all, judged: gains.judged }];
  });
  const groups = new Map<string, typeof searches>();
  for (const search of searches) {
    const key = `${search.row.kind} ${search.row.retriever}`;
    groups.set(key, [...(groups.get(key) ?? []), search]);
  }
  return {
    judgedCount: Number(rows[0]?.judged ?? 0),
    lookedAtCount: searches.length,
    documentCount: searches.reduce((sum, { judged }) => sum + judged, 0),
    names: [...new Set(rows.flatMap(({ names }) => names))].sort(),
    total: searches.length === 0 ? null : rankingOf(searches.map(({ gains }) => gains)),
    retrievers: [...groups.values()]
      .map((group) => ({
        name: group[0]!.row.retriever,
        kind: group[0]!.row.kind,
        ...rankingOf(group.map(({ gains }) => gains)),
      }))
      .sort((a, b) => b.judgedCount - a.judgedCount),
  };
}

/** Gain of each document in rank order; undefined where no annotation says anything that can be read. */
function gainsOf({ found, positions, labels, scores }: Row): { all: number[]; judged: number } | undefined {
  const said = new Map<number, number[]>();
  for (const [index, position] of positions.entries()) {
    const gain = relevanceGain({ score: scores[index] ?? null, label: labels[index] ?? null });
    if (gain !== undefined && position < found) said.set(position, [...(said.get(position) ?? []), gain]);
  }
  if (said.size === 0) return undefined;
  const all = Array.from({ length: found }, (_, position) => meanOf(said.get(position) ?? [0]));
  return { all, judged: said.size };
}

function rankingOf(searches: readonly (readonly number[])[]): Ranking {
  const mean = (measure: (gains: readonly number[]) => number) => meanOf(searches.map(measure));
  return {
    judgedCount: searches.length,
    precision: RANKING_CUTS.map((k) => ({ k, mean: mean((gains) => precisionAt(gains, k)) })),
    ndcg: RANKING_CUTS.map((k) => ({ k, mean: mean((gains) => ndcgAt(gains, k)) })),
    meanReciprocalRank: mean(reciprocalRank),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
