import { describe, expect, test } from "vitest";
import { formatCost, formatCostTotal, formatShortUsd, formatUsd } from "./format-cost.ts";
import { formatDuration } from "./format-duration.ts";
import { formatCompact, formatPlural, withoutNoise } from "./format-number.ts";

describe("formatDuration", () => {
  test.each([
    [0, "0 ms"],
    [0.0004, "1 µs"],
    [0.64, "640 µs"],
    [1.84, "1.8 ms"],
    [9, "9 ms"],
    [12.4, "12 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [18_420, "18.42 s"],
    [59_994, "59.99 s"],
    [59_996, "1 m 00 s"],
    [125_400, "2 m 05 s"],
    [3_599_600, "1 h 00 m"],
    [3_725_000, "1 h 02 m"],
    [86_400_000 * 2.5, "2 d 12 h"],
    [-1500, "−1.50 s"],
  ])("%d ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  test("what is not known is a dash", () => {
    expect(formatDuration(undefined)).toBe("–");
    expect(formatDuration(null)).toBe("–");
    expect(formatDuration(Number.NaN)).toBe("–");
  });
});

describe("costs", () => {
  test.each([
    [0, "$0"],
    [0.000_000_4, "<$0.000001"],
    [0.000_042, "$0.000042"],
    [0.0001, "$0.0001"],
    [0.0231, "$0.0231"],
    [31.069, "$31.07"],
    [12_345.6, "$12,346"],
    [-0.5, "−$0.5000"],
  ])("%d reads %s", (usd, text) => expect(formatUsd(usd)).toBe(text));

  test.each([
    [0, "$0"],
    [0.000_042, "<$.0001"],
    [-0.000_042, "−<$.0001"],
    [0.0231, "$.0231"],
    [31.069, "$31.07"],
  ])("%d reads %s where there is little room", (usd, text) => expect(formatShortUsd(usd)).toBe(text));

  test("no price is never a price of zero", () => {
    expect(formatCost({ source: "unpriced" })).toBe("unpriced");
    expect(formatCost({ source: "reported", costUsd: 0 })).toBe("$0");
    expect(formatCost(undefined)).toBe("");
  });

  test("a total says when calls are missing from it", () => {
    expect(formatCostTotal(null, 3)).toEqual({ text: "unpriced", partial: false });
    expect(formatCostTotal(0.5, 3)).toEqual({ text: "$0.5000", partial: true });
    expect(formatCostTotal(0.5, 0)).toEqual({ text: "$0.5000", partial: false });
    expect(formatCostTotal(null, 0)).toEqual({ text: "", partial: false });
  });
});

describe("numbers", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1000, "1 k"],
    [7940, "7.9 k"],
    [12_400, "12 k"],
    [7_900_000, "7.9 M"],
    [2e9, "2 G"],
  ])("%d is %s", (n, text) => expect(formatCompact(n)).toBe(text));

  test("999,600 does not read 1000 k", () => expect(formatCompact(999_600)).toBe("1 M"));

  test("one and many", () => {
    expect(formatPlural(1, "trace")).toBe("1 trace");
    expect(formatPlural(1200, "trace")).toBe("1,200 traces");
    expect(formatPlural(2, "call has", "calls have")).toBe("2 calls have");
  });
});

test("a parameter loses the digits that only a 32-bit float has", () => {
  expect(withoutNoise(0.20000000298023224)).toBe(0.2);
  expect(withoutNoise(0.123456789)).toBe(0.1234568);
  expect(withoutNoise(1234567890)).toBe(1234567890);
});
