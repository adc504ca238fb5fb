import { describe, expect, test } from "vitest";
import { proportionTest, rankTest, welchTest } from "./compare-samples.ts";

/** Expected values are those of scipy.stats: ttest_ind_from_stats(equal_var=False), mannwhitneyu(method="asymptotic"), fisher_exact; and statsmodels' proportions_ztest. */
describe("welchTest", () => {
  test.each([
    [{ count: 10, mean: 5, variance: 4 }, { count: 12, mean: 7, variance: 9 }, 0.07754643868205859],
    [
      { count: 1000, mean: 1910, variance: 250_000 },
      { count: 800, mean: 2310, variance: 640_000 },
      3.7444377429201714e-33,
    ],
    [{ count: 5, mean: 1, variance: 1 }, { count: 5, mean: 1, variance: 2 }, 1],
  ])("%o against %o", (a, b, expected) => expect(welchTest(a, b)).toBeCloseTo(expected, 9));

  test("of one measurement nothing is known", () => {
    expect(welchTest({ count: 1, mean: 1, variance: 0 }, { count: 9, mean: 2, variance: 1 })).toBeNaN();
  });

  test("samples that do not vary differ for certain, or not at all", () => {
    const still = (mean: number) => ({ count: 9, mean, variance: 0 });
    expect([welchTest(still(1), still(1)), welchTest(still(1), still(2))]).toEqual([1, 0]);
  });
});

describe("rankTest", () => {
  test.each([
    [[1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9, 10], 0.021722119820512295],
    [[1, 1, 2, 2, 2, 3], [2, 2, 3, 3, 3, 4], 0.06212455388335772],
    [[5, 5], [5, 5, 5], 1],
  ])("%o against %o", (a, b, expected) => expect(rankTest(a, b)).toBeCloseTo(expected, 9));

  test("an empty sample says nothing", () => expect(rankTest([], [1])).toBeNaN());
});

describe("proportionTest", () => {
  test.each([
    [{ hits: 158, count: 8310 }, { hits: 74, count: 4098 }, "z", 0.7116760736280294],
    [{ hits: 30, count: 100 }, { hits: 60, count: 110 }, "z", 0.00033098489481228453],
    [{ hits: 1, count: 20 }, { hits: 7, count: 18 }, "fisher", 0.01648569390504874],
    [{ hits: 0, count: 50 }, { hits: 0, count: 40 }, "fisher", 1],
  ])("%o against %o by %s", (a, b, name, expected) => {
    const { pValue, test: used } = proportionTest(a, b);
    expect(used).toBe(name);
    expect(pValue).toBeCloseTo(expected, 9);
  });

  test("an empty sample says nothing", () => {
    expect(proportionTest({ hits: 0, count: 0 }, { hits: 1, count: 9 }).pValue).toBeNaN();
  });
});
