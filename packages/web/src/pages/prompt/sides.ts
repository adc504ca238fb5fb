import { isWeek, weekWindow, type PromptSearch } from "../../data/prompt-search.ts";
import type { ComparisonQuery, PromptDetail } from "../../data/use-prompts.ts";

/** The two sides of a comparison: ids of versions, or weeks. */
export interface Sides {
  a: string;
  b: string;
}

/**
 * What an address compares: its own sides as far as the template has them, else the latest version that has calls with the one
 * before it. A template of one version is compared with itself, so that its text is shown.
 */
export function sidesOf({ a, b }: PromptSearch, versions: PromptDetail["versions"]): Sides | undefined {
  const known = (side: string | undefined): string | undefined =>
    isWeek(side) || versions.some(({ versionId }) => versionId === side) ? side : undefined;
  const numbered = versions.filter(({ number }) => number > 0);
  const candidates = numbered.length > 0 ? numbered : versions;
  const latest = candidates.findLast(({ callCount }) => callCount > 0) ?? candidates.at(-1);
  if (!latest) return undefined;
  const right = known(b) ?? (isWeek(a) ? "this-week" : latest.versionId);
  const at = candidates.findIndex(({ versionId }) => versionId === right);
  const before = isWeek(right) ? "last-week" : (candidates[at - 1]?.versionId ?? right);
  return { a: known(a) ?? before, b: right };
}

/** The question that the sides ask. A version is looked at over all of its time. */
export function comparisonOf({ a, b }: Sides, nowMs: number): ComparisonQuery {
  const query: ComparisonQuery = {};
  if (isWeek(a))
    ({ from: query.aFrom, to: query.aTo } = weekWindow(a, nowMs) as { from: string; to: string });
  else query.a = a;
  if (isWeek(b))
    ({ from: query.bFrom, to: query.bTo } = weekWindow(b, nowMs) as { from: string; to: string });
  else query.b = b;
  return query;
}
