import { expect, test } from "vitest";
import { defaultRange, isRange, rangeLengthMs, rangeWindow, windowQuery } from "./time-range.ts";

const NOW = Date.parse("2025-11-21T12:00:30.500Z");

test("a relative range lies on whole minutes and ends a little after now", () => {
  expect(windowQuery(rangeWindow({ range: "1h" }, NOW))).toEqual({
    from: "2025-11-21T11:00:00.000Z",
    to: "2025-11-21T12:02:00.000Z",
  });
});

test("all has no ends, two instants are as they are", () => {
  expect(windowQuery(rangeWindow({ range: "all" }, NOW))).toEqual({});
  expect(rangeWindow({ fromMs: 1, toMs: 2 }, NOW)).toEqual({ fromMs: 1, toMs: 2 });
});

test("any number of minutes, hours or days is a range", () => {
  expect(rangeLengthMs("90m")).toBe(90 * 60_000);
  expect(["15m", "3h", "30d", "all"].every(isRange)).toBe(true);
  expect(["", "0h", "1w", "h", "-1h", "99999d"].some(isRange)).toBe(false);
});

test("the default is the shortest that shows the newest trace", () => {
  const ago = (hours: number) => String(BigInt(NOW - hours * 3_600_000) * 1_000_000n);
  expect(defaultRange(undefined, NOW)).toBe("24h");
  expect(defaultRange(ago(0.1), NOW)).toBe("24h");
  expect(defaultRange(ago(-5), NOW)).toBe("24h");
  expect(defaultRange(ago(30), NOW)).toBe("7d");
  expect(defaultRange(ago(24 * 10), NOW)).toBe("30d");
  expect(defaultRange(ago(24 * 400), NOW)).toBe("all");
  expect(defaultRange("0", NOW)).toBe("all");
});
