/** A value of one series in one step of time. */
export interface StackPoint {
  /** Unix milliseconds; the start of a step. */
  atMs: number;
  /** null is all others together. */
  series: string | null;
  value: number;
}

export interface StackBar {
  fromMs: number;
  toMs: number;
  total: number;
  /** From the bottom up, without those of nothing. Heights in percent of the chart. */
  parts: { series: string | null; value: number; height: number }[];
}

export interface Stack {
  bars: StackBar[];
  /** The series that are anything, the largest first and all others last, with what they amount to. */
  series: { name: string | null; total: number }[];
  /** Top of the chart: a round number at or above the tallest bar. */
  top: number;
}

/** Points → bars over a whole range, one for each step, also where nothing was. */
export function stackBars(
  points: readonly StackPoint[],
  range: { fromMs: number; toMs: number; stepMs: number },
): Stack {
  const totals = new Map<string | null, number>();
  for (const { series, value } of points) {
    if (value > 0) totals.set(series, (totals.get(series) ?? 0) + value);
  }
  const series = [...totals]
    .map(([name, total]) => ({ name, total }))
    .sort((a, b) => Number(a.name === null) - Number(b.name === null) || b.total - a.total);
  const byStep = new Map<number, Map<string | null, number>>();
  for (const { atMs, series: name, value } of points) {
    const step = byStep.get(atMs) ?? new Map<string | null, number>();
    step.set(name, (step.get(name) ?? 0) + value);
    byStep.set(atMs, step);
  }
  const sums = [...byStep.values()].map((step) => [...step.values()].reduce((sum, value) => sum + value, 0));
  const top = roundUp(Math.max(0, ...sums));
  const bars: StackBar[] = [];
  for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += range.stepMs) {
    const step = byStep.get(fromMs);
    const parts = series
      .map(({ name }) => ({ series: name, value: step?.get(name) ?? 0, height: 0 }))
      .filter(({ value }) => value > 0);
    for (const part of parts) part.height = top === 0 ? 0 : (part.value / top) * 100;
    const total = parts.reduce((sum, { value }) => sum + value, 0);
    bars.push({ fromMs, toMs: fromMs + range.stepMs, total, parts });
  }
  return { bars, series, top };
}

/** The next round number: one of these times a power of ten, each with a half that is round as well. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}
