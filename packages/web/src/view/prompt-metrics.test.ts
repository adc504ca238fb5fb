import type { PromptMetric } from "@nightowl/model/api/prompts";
import { expect, test } from "vitest";
import { metricLine, metricLines } from "./prompt-metrics.ts";

const metric = (given: Partial<PromptMetric>): PromptMetric => ({
  key: "input_tokens",
  label: "Tokens in",
  unit: "tokens",
  a: 1910,
  b: 2310,
  aCount: 8310,
  bCount: 4098,
  better: "lower",
  test: "welch",
  pValue: 0.0001,
  ...given,
});

test("a difference that is more than chance has a tone, by what is better", () => {
  expect(metricLine(metric({}))).toEqual({
    key: "input_tokens",
    label: "Tokens in",
    a: "1,910",
    b: "2,310",
    change: "+21 %",
    isSignificant: true,
    tone: "worse",
    title: "Welch's t-test: p < 0.001, on 8,310 and 4,098 calls",
  });
  expect(metricLine(metric({ better: "higher" })).tone).toBe("better");
  expect(metricLine(metric({ better: null })).tone).toBe("plain");
});

test("within chance, and untested, it has none", () => {
  expect(metricLine(metric({ pValue: 0.2 }))).toMatchObject({ isSignificant: false, tone: "plain" });
  expect(metricLine(metric({ pValue: null, test: null }))).toMatchObject({
    isSignificant: undefined,
    tone: "plain",
    title: "Not tested: too little was measured",
  });
});

test.each([
  ["share", 0.019, 0.018, "1.9 %", "1.8 %", "−0.1 pt"],
  ["ms", 9200, 11_800, "9.20 s", "11.80 s", "+28 %"],
  ["usd", 0.0058, 0.0071, "$0.0058", "$0.0071", "+22 %"],
  ["score", 0.71, 0.84, "0.71", "0.84", "+0.13"],
  ["tokens", 100, 104, "100", "104", "+4.0 %"],
  ["tokens", 0, 5, "0", "5", "new"],
  ["share", 0, 0, "0 %", "0 %", "0.0 pt"],
] as const)("%s from %d to %d", (unit, a, b, aText, bText, change) => {
  expect(metricLine(metric({ unit, a, b }))).toMatchObject({ a: aText, b: bText, change });
});

test("what neither side has is no line, and calls have no change", () => {
  expect(metricLines([metric({ a: null, b: null }), metric({ a: null })])).toMatchObject([
    { a: "–", change: "" },
  ]);
  expect(metricLine(metric({ key: "calls", unit: "count" })).change).toBe("");
});
