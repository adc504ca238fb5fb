import { formatCount } from "../../view/format-number.ts";

/** `4f8d2c91…a07e`: an id that is recognised, not read. Short ones stay whole. */
export function formatShortId(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}

const RULES = new Intl.PluralRules("en-US", { type: "ordinal" });
const SUFFIXES: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };

/** 1 → `1st`, 12 → `12th`, 23 → `23rd`, 1002 → `1,002nd`. */
export function formatOrdinal(n: number): string {
  return `${formatCount(n)}${SUFFIXES[RULES.select(n)] ?? "th"}`;
}
