/** What was spent on a day, UTC. */
export interface DailyCost {
  dayMs: number;
  costUsd: number;
}

export interface CostProjection {
  /** Since the first of the month, UTC. */
  spentUsd: number;
  /** At the end of the month. */
  projectedUsd: number;
  /** What the projection goes on with: the mean of so many days. */
  basisDays: number;
  monthEndMs: number;
}

const DAY_MS = 86_400_000;
const BASIS_DAYS = 7;

/**
 * What a month will have cost: what was spent, and for the rest of it the mean of the last seven days (of fewer, where the data
 * begin later).
 */
export function projectMonth(days: readonly DailyCost[], nowMs: number): CostProjection {
  const now = new Date(nowMs);
  const monthStartMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const monthEndMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const sum = (from: number): number =>
    days.reduce((total, { dayMs, costUsd }) => total + (dayMs >= from ? costUsd : 0), 0);
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const firstMs = days.reduce((first, { dayMs }) => Math.min(first, dayMs), today);
  const basisFromMs = Math.max(firstMs, today - (BASIS_DAYS - 1) * DAY_MS);
  // Today is not over: it counts as much as has passed of it, and at least an hour of a first day.
  const basisMs = Math.max(nowMs - basisFromMs, DAY_MS / 24);
  const spentUsd = sum(monthStartMs);
  return {
    spentUsd,
    projectedUsd: spentUsd + (sum(basisFromMs) / basisMs) * (monthEndMs - nowMs),
    basisDays: Math.max(1, Math.round(basisMs / DAY_MS)),
    monthEndMs,
  };
}

/** The first instant that a projection needs: of this month, or of the last seven days. */
export function projectionStartMs(nowMs: number): number {
  const now = new Date(nowMs);
  const monthStartMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return Math.min(monthStartMs, today - (BASIS_DAYS - 1) * DAY_MS);
}
