import { describe, expect, it } from "vitest";
import { ndcgAt, precisionAt, reciprocalRank } from "./ranking-metrics.ts";

/** By hand, for gains 0, 1, 0.5, 0, 1 at ranks 1 to 5. */
const GAINS = [0, 1, 0.5, 0, 1];

describe("how good a ranking is", () => {
  it("precision: the share of relevant ones among the first k", () => {
    expect(precisionAt(GAINS, 1)).toBe(0);
    expect(precisionAt(GAINS, 3)).toBeCloseTo(2 / 3, 12);
    expect(precisionAt(GAINS, 5)).toBe(0.6);
  });

  it("precision divides by k also where fewer were found", () => {
    expect(precisionAt([1, 1], 5)).toBe(0.4);
    expect(precisionAt([], 3)).toBe(0);
  });

  it("reciprocal rank: one by the rank of the first that helps", () => {
    expect(reciprocalRank(GAINS)).toBe(0.5);
    expect(reciprocalRank([0.2, 0.4, 0.1, 0.9])).toBe(0.25);
    expect(reciprocalRank([0, 0.49])).toBe(0);
    expect(reciprocalRank([])).toBe(0);
  });

  it("nDCG at 3: (1/log2 3 + 0.5/log2 4) / (1 + 1/log2 3 + 0.5/log2 4)", () => {
    // 0.630930 + 0.25 = 0.880930; the best order 1, 1, 0.5: 1 + 0.630930 + 0.25 = 1.880930
    expect(ndcgAt(GAINS, 3)).toBeCloseTo(0.88093 / 1.88093, 5);
  });

  it("nDCG at 5: 1/log2 3 + 0.5/log2 4 + 1/log2 6 of the same best", () => {
    // 0.630930 + 0.25 + 0.386853 = 1.267783
    expect(ndcgAt(GAINS, 5)).toBeCloseTo(1.267783 / 1.88093, 5);
  });

  it("nDCG is 1 in the best order, and 0 where nothing helps", () => {
    expect(ndcgAt([1, 1, 0.5, 0], 10)).toBe(1);
    expect(ndcgAt([0, 0], 10)).toBe(0);
    expect(ndcgAt([], 10)).toBe(0);
  });
});
