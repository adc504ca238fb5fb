import { expect, test } from "vitest";
import { barIndexAt, histogramBars } from "./histogram-scale.ts";
import { traceLayout } from "./trace-columns.ts";

test("the tallest bar fills the chart, one trace beside it is still seen", () => {
  const bars = histogramBars(
    [
      { startTimeNs: "1000000000", ok: 900, error: 100 },
      { startTimeNs: "2000000000", ok: 1, error: 0 },
      { startTimeNs: "3000000000", ok: 0, error: 0 },
      { startTimeNs: "4000000000", ok: 999, error: 1 },
    ],
    1000,
  );
  expect(bars.map(({ okHeight, errorHeight }) => [okHeight, errorHeight])).toEqual([
    [90, 10],
    [3, 0],
    [0, 0],
    [97, 3],
  ]);
  expect(bars[0]).toMatchObject({ fromMs: 1000, toMs: 2000 });
});

test("a place outside the chart is its first or last bar", () => {
  expect([-0.2, 0, 0.499, 0.5, 0.999, 1, 1.4].map((place) => barIndexAt(place, 10))).toEqual([
    0, 0, 4, 5, 9, 9, 9,
  ]);
});

test("a narrow table drops columns, a very narrow one takes two lines", () => {
  const ids = (width: number, priced = true) => traceLayout(width, priced).columns.map(({ id }) => id);
  expect(ids(1400)).toEqual([
    "time",
    "name",
    "input",
    "output",
    "latency",
    "tokens",
    "cost",
    "spans",
    "status",
  ]);
  expect(ids(1050)).not.toContain("status");
  expect(ids(700)).toEqual(["time", "name", "input", "latency", "tokens"]);
  expect(ids(1100, false)).not.toContain("cost");
  expect(ids(1020, false)).toContain("status");
  expect(ids(1020)).not.toContain("status");
  expect(traceLayout(390, true)).toMatchObject({ compact: true, rowHeight: 52 });
  expect(traceLayout(1400, true).template.match(/px|fr/g)?.length).toBeGreaterThanOrEqual(9);
});
