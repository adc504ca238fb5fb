import { formatCompact } from "./format-number.ts";
import { formatDocumentScore } from "./format-score.ts";

/** One bar of a distribution. */
export interface Bin {
  label: string;
  /** Below the bar: where it begins. */
  mark: string;
  count: number;
  /** Lies behind `count`, where both are of one thing. */
  behind?: number;
  tone?: "warn";
}

/** `3`, `5–9`, `50+`: whole numbers from `from` to before `to`. */
export function countLabel({ from, to }: { from: number; to: number }): string {
  if (to === from + 1) return formatCompact(from);
  if (to >= Number.MAX_SAFE_INTEGER) return `${formatCompact(from)}+`;
  return `${formatCompact(from)}–${formatCompact(to - 1)}`;
}

/** `0.85–0.90`. */
export function scoreLabel({ from, to }: { from: number; to: number }): string {
  return `${formatDocumentScore(from)}–${formatDocumentScore(to)}`;
}

/** What a distribution says, for those who do not see it. */
export function binsText(bins: readonly Bin[]): string {
  const told = bins.filter(({ count }) => count > 0);
  return told.length === 0 ? "nothing" : told.map(({ label, count }) => `${label}: ${count}`).join(", ");
}
