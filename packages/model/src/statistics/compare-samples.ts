/** What is known of a sample of measurements: how many, their mean and their variance (of the sample, n − 1). */
export interface Moments {
  count: number;
  mean: number;
  variance: number;
}

/**
 * Welch's t-test, two-sided: the chance that two samples of one mean differ so much. Variances may differ. NaN where a
 * sample has fewer than two measurements; 1 where neither varies and the means agree, 0 where they do not.
 */
export function welchTest(a: Moments, b: Moments): number {
  if (a.count < 2 || b.count < 2) return Number.NaN;
  const sa = a.variance / a.count;
  const sb = b.variance / b.count;
  if (sa + sb === 0) return a.mean === b.mean ? 1 : 0;
  const t = (a.mean - b.mean) / Math.sqrt(sa + sb);
  const freedom = (sa + sb) ** 2 / (sa ** 2 / (a.count - 1) + sb ** 2 / (b.count - 1));
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/**
 * The U-test of Mann and Whitney, two-sided: the chance that two samples of one distribution lie so far apart, by ranks, with
 * the normal approximation, corrected for ties and continuity. NaN where a sample is empty.
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return Number.NaN;
  const all = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))];
  all.sort((x, y) => x.value - y.value);
  const n = all.length;
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < n;) {
    let to = from;
    while (to < n && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (all[i]?.isA) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt(((a.length * b.length) / 12) * (n + 1 - ties / (n * Math.max(1, n - 1))));
  if (deviation === 0) return 1;
  return Math.min(1, 2 * normalTail(Math.max(0, Math.abs(u - mean) - 0.5) / deviation));
}

/** So many of so many. */
export interface Proportion {
  hits: number;
  count: number;
}

/**
 * The chance, two-sided, that two samples of one rate differ so much: the z-test of two proportions, and Fisher's exact test
 * where a cell would be expected to hold fewer than five. NaN where a sample is empty.
 */
export function proportionTest(a: Proportion, b: Proportion): { pValue: number; test: "z" | "fisher" } {
  const total = a.count + b.count;
  if (a.count === 0 || b.count === 0) return { pValue: Number.NaN, test: "fisher" };
  const rate = (a.hits + b.hits) / total;
  const smallest = Math.min(a.count, b.count) * Math.min(rate, 1 - rate);
  if (smallest < 5) return { pValue: fisherTest(a, b), test: "fisher" };
  const z =
    (a.hits / a.count - b.hits / b.count) / Math.sqrt(rate * (1 - rate) * (1 / a.count + 1 / b.count));
  return { pValue: 2 * normalTail(Math.abs(z)), test: "z" };
}

/** Sums the chances of all tables with the same margins that are no likelier than this one. */
function fisherTest(a: Proportion, b: Proportion): number {
  const hits = a.hits + b.hits;
  const total = a.count + b.count;
  const chanceOf = (inA: number): number =>
    Math.exp(logChoose(a.count, inA) + logChoose(b.count, hits - inA) - logChoose(total, hits));
  const own = chanceOf(a.hits);
  let sum = 0;
  for (let inA = Math.max(0, hits - b.count); inA <= Math.min(hits, a.count); inA++) {
    const chance = chanceOf(inA);
    if (chance <= own * (1 + 1e-7)) sum += chance;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Chance that a standard normal value lies beyond `z` ≥ 0 (Abramowitz and Stegun 26.2.17 has too few digits; this is the incomplete gamma). */
function normalTail(z: number): number {
  // erfc by a continued fraction for large z, by its series for small.
  const x = z / Math.SQRT2;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
      if (n > 200) break;
    }
    return 0.5 * (1 - (2 / Math.sqrt(Math.PI)) * sum);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return (0.5 * Math.exp(-x * x)) / Math.sqrt(Math.PI) / (x + fraction);
}

/** Lanczos, g = 7; 15 digits for x > 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const at = x - 1;
  let sum = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (at + i);
  const t = at + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-14) break;
  }
  return result;
}
