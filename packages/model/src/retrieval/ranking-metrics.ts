/**
 * How good a ranking is. `gains` are those of the documents in rank order, 0 for one that does not help, at most 1;
 * an unjudged document counts as 0, as in trec_eval. A document with at least half the gain is relevant.
 */
const RELEVANT = 0.5;

export function isRelevant(gain: number): boolean {
  return gain >= RELEVANT;
}

/** Relevant documents among the first `k`, divided by `k`: a list of fewer than `k` cannot reach 1. */
export function precisionAt(gains: readonly number[], k: number): number {
  return gains.slice(0, k).filter(isRelevant).length / k;
}

/** 1 divided by the rank of the first relevant document; 0 where none is. */
export function reciprocalRank(gains: readonly number[]): number {
  const first = gains.findIndex(isRelevant);
  return first === -1 ? 0 : 1 / (first + 1);
}

/**
 * Normalised discounted cumulative gain of the first `k`: the sum of gain / log2(rank + 1) (Järvelin and Kekäläinen, 2002),
 * divided by that of the same documents in their best order. Documents that were never found are not known, so
 * that 1 says the order could not be better, not that nothing is missing. 0 where nothing has any gain.
 */
export function ndcgAt(gains: readonly number[], k: number): number {
  const ideal = discounted(
    gains.toSorted((a, b) => b - a),
    k,
  );
  return ideal === 0 ? 0 : discounted(gains, k) / ideal;
}

function discounted(gains: readonly number[], k: number): number {
  return gains.slice(0, k).reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}
