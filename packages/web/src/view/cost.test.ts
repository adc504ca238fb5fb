import { describe, expect, it } from "vitest";
import { projectionStartMs, projectMonth } from "./project-cost.ts";
import { roundUp, stackBars } from "./stacked-bars.ts";

const DAY = 86_400_000;

describe("stacked bars", () => {
  it("cover the whole range, the largest series at the bottom and the others on top", () => {
    const stack = stackBars(
      [
        { atMs: 0, series: "a", value: 1 },
        { atMs: 0, series: null, value: 5 },
        { atMs: 20, series: "b", value: 4.5 },
        { atMs: 20, series: "a", value: 1.5 },
      ],
      { fromMs: 0, toMs: 30, stepMs: 10 },
    );
    expect(stack.series).toEqual([
      { name: "b", total: 4.5 },
      { name: "a", total: 2.5 },
      { name: null, total: 5 },
    ]);
    expect(stack.bars.map(({ total }) => total)).toEqual([6, 0, 6]);
    expect(stack.top).toBe(6);
    expect(stack.bars[2]?.parts).toEqual([
      { series: "b", value: 4.5, height: 75 },
      { series: "a", value: 1.5, height: 25 },
    ]);
  });

  it("have round tops, and none where nothing is", () => {
    expect([0, 0.0011, 0.002, 3.1, 10, 11].map(roundUp)).toEqual([0, 0.0015, 0.002, 4, 10, 15]);
    expect(stackBars([], { fromMs: 0, toMs: 20, stepMs: 10 })).toMatchObject({ series: [], top: 0 });
  });
});

describe("the projection of a month", () => {
  const now = Date.UTC(2026, 10, 21);

  it("goes on as the last seven days were", () => {
    const days = Array.from({ length: 20 }, (_, i) => ({
      dayMs: Date.UTC(2026, 10, i + 1),
      costUsd: i < 14 ? 1 : 3,
    }));
    const { spentUsd, projectedUsd, basisDays } = projectMonth(days, now);
    expect(spentUsd).toBe(14 + 18);
    // Six whole days of 3 and none of today; ten days are left.
    expect(projectedUsd).toBeCloseTo(32 + 10 * 3, 9);
    expect(basisDays).toBe(6);
  });

  it("does not spread a first day over days without data", () => {
    const { projectedUsd } = projectMonth([{ dayMs: now, costUsd: 2 }], now + DAY / 2);
    expect(projectedUsd).toBeCloseTo(2 + 4 * 9.5, 9);
    expect(projectMonth([], now)).toMatchObject({ spentUsd: 0, projectedUsd: 0 });
  });

  it("needs the month or the last week, whichever is longer", () => {
    expect(projectionStartMs(Date.UTC(2026, 10, 3, 5))).toBe(Date.UTC(2026, 9, 28));
    expect(projectionStartMs(now)).toBe(Date.UTC(2026, 10, 1));
  });
});
