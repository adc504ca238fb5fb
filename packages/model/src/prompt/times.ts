import type { Sample } from "./sample.ts";

/** How the times of two groups of calls lie to each other. */
export type TimeOrder = "apart" | "mixed" | "unknown";

/** One in so many that calls which come at random would lie apart as these do. */
const RARE = 2_000;
const RARE_LOG = Math.log(RARE);
/** One after the other, but for a while in which both are called. */
const APART = 0.97;
const MIXED = 0.9;

/**
 * A text that took the place of another is called after it, and what is filled in comes and goes. "unknown" as long as there are
 * too few calls to tell.
 */
export function orderInTime(a: readonly Sample[], b: readonly Sample[], rareLog = RARE_LOG): TimeOrder {
  const timesA = timesOf(a);
  const timesB = timesOf(b);
  if (timesA.length === 0 || timesB.length === 0) return "unknown";
  const later = shareLater(timesA, timesB);
  const share = Math.max(later, 1 - later);
  if (share >= APART)
    return logChoose(timesA.length + timesB.length, timesA.length) >= rareLog ? "apart" : "unknown";
  if (share > MIXED) return "unknown";
  const fewer = Math.min(timesA.length, timesB.length);
  return fewer >= 2 || liesWithin(timesA, timesB) ? "mixed" : "unknown";
}

/** True when nearly all calls of one are later than those of the other. */
export function takeTurns(a: readonly Sample[], b: readonly Sample[]): boolean {
  const [timesA, timesB] = [timesOf(a), timesOf(b)];
  if (timesA.length === 0 || timesB.length === 0) return false;
  const later = shareLater(timesA, timesB);
  return Math.max(later, 1 - later) >= MIXED;
}

function timesOf(samples: readonly Sample[]): number[] {
  const times: number[] = [];
  for (const { firstMs, lastMs, count } of samples) {
    times.push(firstMs);
    if (count > 1 && lastMs > firstMs) times.push(lastMs);
  }
  return times.sort((x, y) => x - y);
}

/** Of all pairs the share in which that of `b` is later. */
function shareLater(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  let below = 0;
  let upTo = 0;
  for (const time of b) {
    while (below < a.length && (a[below] as number) < time) below += 1;
    upTo = Math.max(upTo, below);
    while (upTo < a.length && (a[upTo] as number) <= time) upTo += 1;
    sum += (below + upTo) / 2;
  }
  return sum / (a.length * b.length);
}

function liesWithin(a: readonly number[], b: readonly number[]): boolean {
  const [one, many] = a.length === 1 ? [a, b] : [b, a];
  const [time] = one;
  const before = many.filter((other) => other < (time as number)).length;
  return before >= 3 && many.length - before >= 3;
}

/** The logarithm of the number of ways to choose k of n. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log((n - i + 1) / i);
  return sum;
}
