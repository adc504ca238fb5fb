import { rangeLengthMs, type TimeRange } from "../data/time-range.ts";
import { formatSpanOfTime } from "./format-time.ts";

/** The same inside a sentence: `in the last 24 hours`, `at any time`, `between 21 Nov 02:00 – 06:30`. */
export function rangePhrase(range: TimeRange, nowMs: number): string {
  const label = rangeLabel(range, nowMs);
  if ("fromMs" in range) return `between ${label}`;
  return label === "All time" ? "at any time" : `in the ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

const UNITS: Record<string, string> = { m: "minute", h: "hour", d: "day" };

/** `Last 24 hours`, `All time`, `21 Nov 02:00 – 06:30`. */
export function rangeLabel(range: TimeRange, nowMs: number): string {
  if ("fromMs" in range) return formatSpanOfTime(range.fromMs, range.toMs, nowMs);
  if (rangeLengthMs(range.range) === undefined) return "All time";
  const amount = Number.parseInt(range.range, 10);
  const unit = UNITS[range.range.slice(-1)] ?? "";
  return amount === 1 ? `Last ${unit}` : `Last ${amount} ${unit}s`;
}
