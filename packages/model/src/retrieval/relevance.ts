/** Names of annotations on documents that say whether they help: `relevance`, `document_relevance`, `Context Relevancy`. */
export const RELEVANCE_NAME = /relevan/i;

const LABELS: Record<string, number> = {
  relevant: 1,
  "highly relevant": 1,
  yes: 1,
  true: 1,
  correct: 1,
  good: 1,
  "partially relevant": 0.5,
  "partly relevant": 0.5,
  "somewhat relevant": 0.5,
  partial: 0.5,
  partly: 0.5,
  irrelevant: 0,
  "not relevant": 0,
  unrelated: 0,
  no: 0,
  false: 0,
  incorrect: 0,
  bad: 0,
};

/**
 * How far a document helps, 0–1, by an annotation: its score, else what its label says. Scores beyond 0–1 are taken as its
 * nearer end. Undefined where neither says anything.
 */
export function relevanceGain({
  score,
  label,
}: {
  score: number | null;
  label: string | null;
}): number | undefined {
  if (score !== null) return Math.min(1, Math.max(0, score));
  return label === null ? undefined : LABELS[label.toLowerCase().replace(/[_-]+/g, " ").trim()];
}
