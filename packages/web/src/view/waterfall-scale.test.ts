import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clampWindow,
  dragEdge,
  formatTick,
  fractionAt,
  isWhole,
  MIN_WINDOW_MS,
  niceStep,
  panWindow,
  ticksOf,
  timeAt,
  wholeWindow,
  zoomWindow,
} from "./waterfall-scale.ts";

describe("niceStep", () => {
  it.each([
    [0.3, 0.5],
    [1, 1],
    [1.1, 2],
    [10, 10],
    [99, 100],
    [999, 1000],
    [1001, 2000],
    [7000, 10_000],
    [16_000, 30_000],
    [61_000, 120_000],
    [90_000_000, 172_800_000],
  ])("%d ms → %d ms", (min, step) => {
    expect(niceStep(min)).toBeCloseTo(step, 9);
  });
  it("has an answer for nonsense", () => {
    expect(niceStep(0)).toBe(1);
    expect(niceStep(Number.NaN)).toBe(1);
  });
});

describe("ticksOf", () => {
  it("puts round times on the axis of an 18.42 s trace", () => {
    const ticks = ticksOf(wholeWindow(18_420), 400);
    expect(ticks.map((tick) => tick.label)).toEqual(["0", "5 s", "10 s", "15 s"]);
  });
  it("follows the zoom with finer steps and the digits they need", () => {
    const labels = ticksOf({ startMs: 4300, endMs: 4920 }, 400).map((tick) => tick.label);
    expect(labels).toEqual(["4.4 s", "4.6 s", "4.8 s"]);
  });
  it("counts microseconds in a very short trace", () => {
    expect(ticksOf(wholeWindow(0.4), 400).map((tick) => tick.label)).toEqual([
      "0",
      "100 µs",
      "200 µs",
      "300 µs",
      "400 µs",
    ]);
  });
  it("shows minutes and hours as a clock, and days as days", () => {
    expect(formatTick(150_000, 30_000)).toBe("2:30");
    expect(formatTick(3_720_000, 60_000)).toBe("1:02:00");
    expect(formatTick(129_600_000, 43_200_000)).toBe("36:00:00");
    expect(formatTick(8_640_000_000, 8_640_000_000)).toBe("100 d");
  });
  it("has none without a width", () => {
    expect(ticksOf(wholeWindow(10), 0)).toEqual([]);
  });
  it("never sets two ticks closer than the gap, never one outside the window, never two with one label", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.double({ min: 0.01, max: 1e7, noNaN: true }),
        fc.integer({ min: 90, max: 3000 }),
        (startMs, length, widthPx) => {
          const window = { startMs, endMs: startMs + length };
          const ticks = ticksOf(window, widthPx);
          const slack = length * 1e-6 + 1e-6;
          for (const [i, tick] of ticks.entries()) {
            expect(tick.atMs).toBeGreaterThanOrEqual(startMs - slack);
            expect(tick.atMs).toBeLessThanOrEqual(window.endMs + slack);
            const before = ticks[i - 1];
            if (before) {
              expect(((tick.atMs - before.atMs) / length) * widthPx).toBeGreaterThan(83.9);
              expect(tick.label).not.toBe(before.label);
            }
          }
        },
      ),
    );
  });
});

describe("windows", () => {
  it("clamps, turns and widens", () => {
    expect(clampWindow({ startMs: -50, endMs: 50 }, 200)).toEqual({ startMs: 0, endMs: 100 });
    expect(clampWindow({ startMs: 180, endMs: 260 }, 200)).toEqual({ startMs: 120, endMs: 200 });
    expect(clampWindow({ startMs: 90, endMs: 30 }, 200)).toEqual({ startMs: 30, endMs: 90 });
    expect(clampWindow({ startMs: Number.NaN, endMs: 5 }, 200)).toEqual({ startMs: 0, endMs: 200 });
    const narrow = clampWindow({ startMs: 7, endMs: 7 }, 200);
    expect(narrow.endMs - narrow.startMs).toBeCloseTo(MIN_WINDOW_MS, 9);
  });
  it("gives a trace of no length a window", () => {
    expect(wholeWindow(0)).toEqual({ startMs: 0, endMs: MIN_WINDOW_MS });
    expect(isWhole(wholeWindow(0), 0)).toBe(true);
  });
  it("keeps the time under the pointer where it is, unless an end is met", () => {
    const zoomed = zoomWindow({ startMs: 0, endMs: 100 }, 100, 30, 0.5);
    expect(zoomed).toEqual({ startMs: 15, endMs: 65 });
    expect(fractionAt(zoomed, 30)).toBeCloseTo(0.3);
    expect(zoomWindow(zoomed, 100, 30, 100)).toEqual({ startMs: 0, endMs: 100 });
  });
  it("pans to the ends and no further, at the same length", () => {
    expect(panWindow({ startMs: 10, endMs: 40 }, 100, 500)).toEqual({ startMs: 70, endMs: 100 });
    expect(panWindow({ startMs: 10, endMs: 40 }, 100, -500)).toEqual({ startMs: 0, endMs: 30 });
  });
  it("drags an edge without crossing the other", () => {
    expect(dragEdge({ startMs: 10, endMs: 40 }, 100, "end", 70)).toEqual({ startMs: 10, endMs: 70 });
    expect(dragEdge({ startMs: 10, endMs: 40 }, 100, "end", 300).endMs).toBe(100);
    expect(dragEdge({ startMs: 10, endMs: 40 }, 100, "start", 90).startMs).toBeLessThan(40);
    expect(dragEdge({ startMs: 10, endMs: 40 }, 100, "start", -9).startMs).toBe(0);
  });
  it("stays within the trace whatever is done to it", () => {
    const step = fc.oneof(
      fc.record({
        zoom: fc.double({ min: 0.01, max: 100, noNaN: true }),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ pan: fc.double({ min: -5000, max: 5000, noNaN: true }) }),
      fc.record({
        edge: fc.constantFrom("start" as const, "end" as const),
        to: fc.double({ min: -100, max: 1200, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const totalMs = 1000;
        let window = wholeWindow(totalMs);
        for (const s of steps) {
          if ("zoom" in s) window = zoomWindow(window, totalMs, timeAt(window, s.at), s.zoom);
          else if ("pan" in s) window = panWindow(window, totalMs, s.pan);
          else window = dragEdge(window, totalMs, s.edge, s.to);
          expect(window.startMs).toBeGreaterThanOrEqual(-MIN_WINDOW_MS);
          expect(window.endMs).toBeLessThanOrEqual(totalMs + MIN_WINDOW_MS);
          expect(window.endMs - window.startMs).toBeGreaterThan(MIN_WINDOW_MS * 0.99);
        }
      }),
    );
  });
});
