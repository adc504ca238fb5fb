/** The presets that the range picker offers, shortest first. Any `<n>m|h|d` is valid in the URL. */
export const RANGE_PRESETS = ["15m", "1h", "24h", "7d", "30d", "all"] as const;

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const RANGE_TEXT = /^([1-9]\d{0,3})([mhd])$/;
/** A relative range ends this much after now, so that a clock a little ahead of ours is still inside. */
const AHEAD_MS = 60_000;

/** What a page shows: a relative range, or two instants. `range: "all"` has no ends. */
export type TimeRange = { range: string } | { fromMs: number; toMs: number };

export interface TimeWindow {
  fromMs?: number;
  toMs?: number;
}

/** Length of a relative range in ms; undefined for `all` and for what is no range. */
export function rangeLengthMs(range: string): number | undefined {
  const match = RANGE_TEXT.exec(range);
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? 0) : undefined;
}

export function isRange(text: string): boolean {
  return text === "all" || rangeLengthMs(text) !== undefined;
}

/** The instants that a range means at `nowMs`. Relative starts lie on whole minutes, so that equal views ask equal questions. */
export function rangeWindow(range: TimeRange, nowMs: number): TimeWindow {
  if ("fromMs" in range) return { fromMs: range.fromMs, toMs: range.toMs };
  const length = rangeLengthMs(range.range);
  if (length === undefined) return {};
  const minute = 60_000;
  return {
    fromMs: Math.floor((nowMs - length) / minute) * minute,
    toMs: Math.ceil((nowMs + AHEAD_MS) / minute) * minute,
  };
}

/** A window as the API's `from` and `to`. */
export function windowQuery(window: TimeWindow): { from?: string; to?: string } {
  return {
    ...(window.fromMs === undefined ? {} : { from: new Date(window.fromMs).toISOString() }),
    ...(window.toMs === undefined ? {} : { to: new Date(window.toMs).toISOString() }),
  };
}

/**
 * The range of an address that names none: a day where the project's newest trace is that young,
 * otherwise the shortest preset that holds it, so that a first look is never an empty page.
 */
export function defaultRange(lastTraceNs: string | undefined, nowMs: number): string {
  if (lastTraceNs === undefined) return "24h";
  const ageMs = nowMs - Number(BigInt(lastTraceNs) / 1_000_000n);
  return ["24h", "7d", "30d"].find((preset) => ageMs < (rangeLengthMs(preset) ?? 0)) ?? "all";
}
