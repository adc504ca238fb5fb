import type { QueryCell } from "@nightowl/model/api/query";

/** 95 % of a normal distribution lies within so many standard deviations. */
const Z = 1.959963984540054;

type Sums = Record<string, number | null>;

/**
 * A share with its Wilson interval, which stays between 0 and 1 and holds for small numbers. Under sampling the number of
 * observations is the effective one, (Σw)² / Σw².
 */
export function shareCell({ part, weight, squares, n }: Sums): QueryCell {
  if (!n || !weight || !squares) return { value: null, n: 0 };
  const value = (part ?? 0) / weight;
  const size = (weight * weight) / squares;
  const middle = value + (Z * Z) / (2 * size);
  const spread = Z * Math.sqrt((value * (1 - value)) / size + (Z * Z) / (4 * size * size));
  const scale = 1 + (Z * Z) / size;
  return {
    value,
    low: Math.max(0, Math.min(value, (middle - spread) / scale)),
    high: Math.min(1, Math.max(value, (middle + spread) / scale)),
    n,
  };
}

/** A mean with the interval of its standard error; of a single observation there is none. */
export function meanCell({ sum, sumOfSquares, weight, squares, n }: Sums): QueryCell {
  if (!n || !weight || !squares) return { value: null, n: 0 };
  const value = (sum ?? 0) / weight;
  const size = (weight * weight) / squares;
  if (n < 2 || size <= 1) return { value, n };
  const variance = Math.max(0, (sumOfSquares ?? 0) / weight - value * value) * (size / (size - 1));
  const spread = quantileOfT(size - 1) * Math.sqrt(variance / size);
  return { value, low: value - spread, high: value + spread, n };
}

/** The two-sided 95 % quantile of Student's t with so many degrees of freedom: Cornish–Fisher, exact for 1 and 2. */
function quantileOfT(freedom: number): number {
  if (freedom <= 1.5) return 12.706;
  if (freedom <= 2.5) return 4.303;
  const g1 = (Z ** 3 + Z) / 4;
  const g2 = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  const g3 = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384;
  return Z + g1 / freedom + g2 / freedom ** 2 + g3 / freedom ** 3;
}
