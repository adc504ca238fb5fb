import { describe, expect, it } from "vitest";
import { barOf, labelWidthPx, placeLabel } from "./waterfall-bar.ts";

const window = { startMs: 100, endMs: 200 };

describe("barOf", () => {
  it("is a fraction of the window", () => {
    const bar = barOf({ startMs: 120, endMs: 140, firstTokenMs: 5 }, window, 1000, "20 ms");
    expect(bar).toMatchObject({ left: 0.2, cutLeft: false, cutRight: false, firstToken: 0.25 });
    expect(bar?.width).toBeCloseTo(0.2);
  });
  it("is cut at the window's edges", () => {
    expect(barOf({ startMs: 0, endMs: 500 }, window, 1000, "x")).toMatchObject({
      left: 0,
      width: 1,
      cutLeft: true,
      cutRight: true,
    });
  });
  it("is absent outside the window, on either side", () => {
    expect(barOf({ startMs: 0, endMs: 99 }, window, 1000, "x")).toBeUndefined();
    expect(barOf({ startMs: 201, endMs: 300 }, window, 1000, "x")).toBeUndefined();
  });
  it("draws a span that ends before it starts at its start", () => {
    expect(barOf({ startMs: 150, endMs: 20 }, window, 1000, "x")).toMatchObject({ left: 0.5, width: 0 });
  });
  it("hides a first token that lies outside the window", () => {
    expect(
      barOf({ startMs: 150, endMs: 400, firstTokenMs: 100 }, window, 1000, "x")?.firstToken,
    ).toBeUndefined();
  });
});

describe("placeLabel", () => {
  const label = labelWidthPx("5.41 s");
  it("stands after the bar where there is room", () => {
    expect(placeLabel(0.1, 0.3, 400, label)).toEqual({ side: "after", at: 0.4 });
  });
  it("stands before a bar at the right end", () => {
    expect(placeLabel(0.6, 0.39, 400, label)).toEqual({ side: "before", at: 0.6 });
  });
  it("stands on a bar that fills the line", () => {
    expect(placeLabel(0, 1, 400, label)).toEqual({ side: "inside", at: 0 });
  });
  it("is left out where nothing fits", () => {
    expect(placeLabel(0, 1, 30, label).side).toBe("none");
    expect(placeLabel(0.2, 0.3, 0, label).side).toBe("none");
  });
});
