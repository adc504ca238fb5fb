const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Widths that people read off an axis without reckoning. */
const WIDTHS_MS = [
  [1, 2, 5, 10, 20, 50, 100, 200, 500],
  [1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  [1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  [1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  [1, 2, 7, 14, 28, 91, 182, 364, 728, 1820, 3640, 7280, 18_200, 36_400, 72_800, 182_000].map(
    (n) => n * DAY_MS,
  ),
].flat();

/** Multiples of the width, in Unix nanoseconds: `startNs` at or before the range, `count` of them to its end. */
export interface Buckets {
  widthNs: bigint;
  startNs: bigint;
  count: number;
}

/**
 * The narrowest width with which `fromNs` ≤ t < `toNs` takes no more than `maxCount` buckets. An empty range takes one.
 */
export function chooseBuckets(fromNs: bigint, toNs: bigint, maxCount: number): Buckets {
  const lastNs = toNs > fromNs ? toNs - 1n : fromNs;
  for (const widthMs of WIDTHS_MS) {
    const buckets = layOut(fromNs, lastNs, BigInt(widthMs) * 1_000_000n);
    if (buckets.count <= maxCount) return buckets;
  }
  // One bucket may be asked for a range that lies across a boundary of every width.
  return { widthNs: lastNs - fromNs + 1n, startNs: fromNs, count: 1 };
}

function layOut(fromNs: bigint, lastNs: bigint, widthNs: bigint): Buckets {
  const first = fromNs / widthNs;
  return { widthNs, startNs: first * widthNs, count: Number(lastNs / widthNs - first) + 1 };
}
