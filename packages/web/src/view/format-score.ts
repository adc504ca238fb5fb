/** A retriever's score, `0.91`, `0.0042`, `12.4`: three figures. */
export function formatDocumentScore(score: number): string {
  if (Number.isInteger(score)) return String(score);
  return Math.abs(score) >= 0.1 && Math.abs(score) < 100
    ? score.toFixed(2)
    : String(Number(score.toPrecision(3)));
}
