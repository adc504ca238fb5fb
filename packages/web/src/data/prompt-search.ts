import { validateListSearch, type ListSearch } from "./search-state.ts";

/** What the Prompts page keeps in its address: the range. */
export type PromptListSearch = Pick<ListSearch, "range" | "from" | "to">;

/** A side of a comparison that is all calls of a week: the seven days until now, and the seven before. */
export const WEEKS = ["last-week", "this-week"] as const;
export type Week = (typeof WEEKS)[number];

/** A prompt template's page: the range, the two sides (ids of versions, or weeks) and how the difference is shown. */
export interface PromptSearch extends PromptListSearch {
  a?: string;
  b?: string;
  view?: "side";
  marks?: "lines";
}

export function validatePromptListSearch(raw: Record<string, unknown>): PromptListSearch {
  const { range, from, to } = validateListSearch(raw);
  if (from !== undefined && to !== undefined) return { from, to };
  return range === undefined ? {} : { range };
}

export function validatePromptSearch(raw: Record<string, unknown>): PromptSearch {
  const search: PromptSearch = validatePromptListSearch(raw);
  for (const side of ["a", "b"] as const) {
    const value = raw[side];
    if (typeof value === "string" && /^[\w-]{1,40}$/.test(value)) search[side] = value;
  }
  if (raw["view"] === "side") search.view = "side";
  if (raw["marks"] === "lines") search.marks = "lines";
  return search;
}

export function isWeek(side: string | undefined): side is Week {
  return WEEKS.some((week) => week === side);
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** The instants of a week, on whole hours so that equal views ask equal questions. */
export function weekWindow(week: Week, nowMs: number): { from: string; to: string } {
  const endMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS - (week === "last-week" ? WEEK_MS : 0);
  return { from: new Date(endMs - WEEK_MS).toISOString(), to: new Date(endMs).toISOString() };
}
