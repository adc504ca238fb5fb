export interface HistogramBucket {
  /** Unix nanoseconds, decimal. */
  startTimeNs: string;
  ok: number;
  error: number;
}

/** A bucket as two heights in percent of the chart, the failed part on top. */
export interface HistogramBar {
  fromMs: number;
  toMs: number;
  ok: number;
  error: number;
  okHeight: number;
  errorHeight: number;
}

/** Anything that is there stays visible beside the tallest bar: this many percent at least. */
const MIN_HEIGHT = 3;

export function histogramBars(buckets: readonly HistogramBucket[], bucketMs: number): HistogramBar[] {
  const max = buckets.reduce((most, { ok, error }) => Math.max(most, ok + error), 1);
  return buckets.map(({ startTimeNs, ok, error }) => {
    const fromMs = Number(BigInt(startTimeNs) / 1_000_000n);
    const height = (n: number) => (n === 0 ? 0 : Math.max(MIN_HEIGHT, (n / max) * 100));
    const errorHeight = height(error);
    return {
      fromMs,
      toMs: fromMs + bucketMs,
      ok,
      error,
      errorHeight,
      okHeight: Math.min(height(ok), 100 - errorHeight),
    };
  });
}

/** The bar at a horizontal place, 0 (left) to 1; outside: the nearest. */
export function barIndexAt(place: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(place * count)));
}

/** How many bars a chart of this width gets: few enough steps that resizing seldom asks again. */
export function bucketCountFor(width: number): number {
  if (width < 480) return 48;
  return width < 900 ? 90 : 144;
}
