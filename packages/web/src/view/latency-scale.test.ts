import { describe, expect, test } from "vitest";
import { latencyScaleMs } from "./latency-scale.ts";

const rows = (...durations: number[]) => durations.map((durationMs) => ({ durationMs }));

describe("latencyScaleMs", () => {
  test("is not led by one outlier", () => {
    expect(latencyScaleMs(rows(...Array.from({ length: 30 }, () => 4200), 200_000))).toBe(5000);
  });
  test("rounds up, so that a small change moves nothing", () => {
    expect(latencyScaleMs(rows(1010))).toBe(1500);
    expect(latencyScaleMs(rows(1400))).toBe(1500);
    expect(latencyScaleMs(rows(0.3))).toBeCloseTo(0.3);
  });
  test("has no scale without durations", () => {
    expect(latencyScaleMs([])).toBe(0);
    expect(latencyScaleMs(rows(0, 0))).toBe(0);
  });
  test("stays when more rows are loaded", () => {
    const first = Array.from({ length: 100 }, () => 900);
    expect(latencyScaleMs(rows(...first, 1e6, 1e6))).toBe(latencyScaleMs(rows(...first)));
  });
});
