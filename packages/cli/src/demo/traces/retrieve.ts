import { COPIES, PASSAGES, type Passage } from "../content/passages.ts";
import type { Random } from "../random.ts";

/** A passage as one search found it. */
export interface Hit {
  passage: Passage;
  /** Cosine of the embeddings of query and passage. */
  similarity: number;
  /** What word search and embeddings say together: the order before reranking. */
  fusedScore: number;
  /** 1-based, before reranking. */
  fusedRank: number;
  rerankScore: number;
  /** It helps to answer. */
  helps: boolean;
}

export interface SearchResult {
  /** In the order of the fused score. */
  candidates: Hit[];
  /** The best of them after reranking; none where no score is high enough. */
  found: Hit[];
}

const CANDIDATES = 10;
/** What scores less is left out, so that a search may find nothing. */
const MIN_RERANK_SCORE = 0.115;
/** Passages about everything, which therefore turn up for everything. */
const HUBS = new Set(["readme#nightowl", "changelog#unreleased", "site#home"]);
const INDEX = [...PASSAGES, ...COPIES].map((passage) => ({
  passage,
  words: wordsOf(`${passage.heading} ${passage.text}`),
}));
const RARITY = new Map<string, number>();
for (const { words } of INDEX) for (const word of words) RARITY.set(word, (RARITY.get(word) ?? 0) + 1);
for (const [word, count] of RARITY) RARITY.set(word, Math.log(INDEX.length / count));

/**
 * A search as the example service does it: candidates by words and embeddings, then reranked. Its scores come
 * from the words that query and passage share, and from `helpful`, the ids that answer the question, which
 * stand in for what embeddings know. `misses`: those are not among the candidates, as when the query was badly put.
 */
export function retrieve(
  query: string,
  {
    helpful,
    topK,
    misses,
    random,
  }: { helpful: readonly string[]; topK: number; misses: boolean; random: Random },
): SearchResult {
  const queryWords = wordsOf(query);
  const scored = INDEX.flatMap(({ passage, words }) => {
    // A copy helps as much as what it was copied from.
    const original = PASSAGES.find((each) => each.text === passage.text)?.id ?? passage.id;
    const place = helpful.indexOf(original);
    if (misses && place >= 0) return [];
    const overlap = overlapOf(queryWords, words);
    const meaning = place < 0 ? 0 : 0.2 - place * 0.03;
    const hub = HUBS.has(passage.id) ? 0.1 : 0;
    const similarity = Math.min(0.94, 0.14 + overlap * 0.5 + meaning + hub + random.next() * 0.12);
    return [{ passage, place, overlap, similarity }];
  });
  const ranksBySimilarity = ranksOf(scored, ({ similarity }) => similarity);
  const ranksByWords = ranksOf(scored, ({ overlap }) => overlap);
  const candidates = scored
    .map((each, index) => ({
      ...each,
      // Reciprocal rank fusion.
      fusedScore: 1 / (60 + (ranksBySimilarity[index] ?? 0)) + 1 / (60 + (ranksByWords[index] ?? 0)),
    }))
    .sort((a, b) => b.fusedScore - a.fusedScore)
    .slice(0, CANDIDATES)
    .map(({ passage, place, similarity, fusedScore }, index): Hit => {
      const helps = place >= 0;
      const rerankScore = helps
        ? Math.min(0.99, 0.95 - place * 0.13 - random.next() * 0.14)
        : similarity * similarity * 0.8 + random.next() * 0.08;
      return {
        passage,
        similarity: rounded(similarity),
        fusedScore: rounded(fusedScore),
        fusedRank: index + 1,
        rerankScore: rounded(rerankScore),
        helps,
      };
    });
  const found = candidates
    .filter(({ rerankScore }) => rerankScore >= MIN_RERANK_SCORE)
    .sort((a, b) => b.rerankScore - a.rerankScore)
    .slice(0, topK);
  return { candidates, found };
}

/** For each item its 1-based rank by a score, the highest first. */
function ranksOf<T>(items: readonly T[], scoreOf: (item: T) => number): number[] {
  const ranks: number[] = [];
  const order = items
    .map((item, index) => ({ score: scoreOf(item), index }))
    .sort((a, b) => b.score - a.score);
  for (const [rank, { index }] of order.entries()) ranks[index] = rank + 1;
  return ranks;
}

/** Share of the query's words that the passage has, the rare ones counting more. */
function overlapOf(query: ReadonlySet<string>, passage: ReadonlySet<string>): number {
  let [shared, total] = [0, 0];
  for (const word of query) {
    const rarity = RARITY.get(word) ?? Math.log(INDEX.length);
    total += rarity;
    if (passage.has(word)) shared += rarity;
  }
  return total === 0 ? 0 : shared / total;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z0-9_@]{2,}/g) ?? []);
}

function rounded(score: number): number {
  return Number(score.toFixed(4));
}
