import type { PromptListSearch } from "./prompt-search.ts";
import { rangeOf } from "./search-state.ts";
import { rangeLengthMs, type TimeRange } from "./time-range.ts";
import { useListRange } from "./use-list-range.ts";

/** Versions of a prompt come and go over weeks. */
const DEFAULT_RANGE = "30d";

/** The range that the address of a prompt page means: its own, else thirty days, or all where that holds no trace. */
export function usePromptRange(
  project: string,
  search: PromptListSearch,
): { range: TimeRange | undefined; anchorMs: number } {
  const { range, anchorMs } = useListRange(project, search);
  if (range === undefined || !("range" in range) || rangeOf(search) !== undefined) return { range, anchorMs };
  const isShort = (rangeLengthMs(range.range) ?? Infinity) < (rangeLengthMs(DEFAULT_RANGE) ?? 0);
  return { range: isShort ? { range: DEFAULT_RANGE } : range, anchorMs };
}
