import { listTerms } from "./terms.ts";

export interface RerankCandidate {
  title: string;
  text: string;
  /** Cosine of the query's vector and that of the nearest sentence. */
  similarity: number;
}

/** How much each sign counts; together 1, so that a score is between 0 and 1. */
const WEIGHTS = { coverage: 0.5, title: 0.15, proximity: 0.1, sentence: 0.25 };
export const RERANK_MODEL = "term-coverage-and-sentence-cosine";

/**
 * Scores candidates against a query, each between 0 and 1, in the order they came. It reads a candidate more closely
 * than the stages before can afford: which of the query's terms it has (`weigh` says how much a term counts), whether
 * its title has them, how close together they stand, and how near its nearest sentence is.
 * This is a heuristic with weights set by hand against the questions of `retrieval-questions.ts`, not a
 * cross-encoder: it understands no paraphrase that the embedding does not.
 */
export function rerank(
  query: string,
  candidates: readonly RerankCandidate[],
  weigh: (term: string) => number = () => 1,
): number[] {
  const terms = [...new Set(listTerms(query))];
  return candidates.map(({ title, text, similarity }) => {
    const words = listTerms(`${title} ${text}`);
    return (
      WEIGHTS.coverage * coverTerms(terms, new Set(words), weigh) +
      WEIGHTS.title * coverTerms(terms, new Set(listTerms(title)), weigh) +
      WEIGHTS.proximity * measureProximity(terms, words) +
      WEIGHTS.sentence * Math.max(0, similarity)
    );
  });
}

/** The weighted share of the terms that are there, 0 to 1. */
export function coverTerms(
  terms: readonly string[],
  words: ReadonlySet<string>,
  weigh: (term: string) => number = () => 1,
): number {
  let [found, all] = [0, 0];
  for (const term of terms) {
    all += weigh(term);
    if (words.has(term)) found += weigh(term);
  }
  return all === 0 ? 0 : found / all;
}

/**
 * The number of the query's terms in the text over the length of the shortest stretch that holds them all: 1 when
 * they stand side by side, 0 when fewer than two are there.
 */
export function measureProximity(terms: readonly string[], words: readonly string[]): number {
  const wanted = new Set(terms.filter((term) => words.includes(term)));
  if (wanted.size < 2) return 0;
  const inside = new Map<string, number>();
  let shortest = words.length;
  let start = 0;
  for (const [end, word] of words.entries()) {
    if (wanted.has(word)) inside.set(word, (inside.get(word) ?? 0) + 1);
    while (inside.size === wanted.size) {
      shortest = Math.min(shortest, end - start + 1);
      const first = words[start++] as string;
      const left = (inside.get(first) ?? 0) - 1;
      if (left === 0) inside.delete(first);
      else if (left > 0) inside.set(first, left);
    }
  }
  return wanted.size / shortest;
}
