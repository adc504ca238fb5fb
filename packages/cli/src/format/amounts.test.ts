import { describe, expect, it } from "vitest";
import { formatCost, formatDuration, formatTime, formatTokens } from "./amounts.ts";

describe("amounts", () => {
  it.each([
    [0, "0 ms"],
    [0.0004, "1 µs"],
    [0.42, "420 µs"],
    [1, "1 ms"],
    [12.34, "12.3 ms"],
    [99.96, "100 ms"],
    [820.4, "820 ms"],
    [999.6, "1.00 s"],
    [3420, "3.42 s"],
    [59_996, "1m 00s"],
    [125_000, "2m 05s"],
    [3_720_000, "1h 02m"],
    [273_600_000, "3d 04h"],
    [-1500, "-1.50 s"],
  ])("%d ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("tells not reported from none", () => {
    expect(formatTokens(1217, 38)).toBe("1,217 → 38");
    expect(formatTokens(0, undefined)).toBe("0 → –");
    expect(formatTokens(null, undefined)).toBe("");
  });

  it.each([
    [0, "$0"],
    [12.4, "$12.40"],
    [0.5, "$0.50"],
    [0.0123, "$0.0123"],
    [0.000004, "$0.000004"],
  ])("%d is %s", (cost, text) => {
    expect(formatCost(cost)).toBe(text);
  });

  it("writes times as ISO 8601 does, in the zone asked for", () => {
    expect(formatTime("1763690584000000001", "UTC")).toBe("2025-11-21 02:03:04");
    expect(formatTime("1763690584000000001", "Asia/Tokyo")).toBe("2025-11-21 11:03:04");
    expect(formatTime("0")).toBe("unknown");
  });
});
