/** The candidate that is most like the word, or undefined when none is like it. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length * 0.6)) + 1;
  for (const candidate of candidates) {
    const distance = hasWordsOf(candidate, word) ? 1 : editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `otlp-port` means `otlp-http-port` sooner than the `grpc-port` it is three letters from. */
function hasWordsOf(candidate: string, word: string): boolean {
  const words = candidate.split(/[-_]/);
  return word.split(/[-_]/).every((part) => words.includes(part));
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
