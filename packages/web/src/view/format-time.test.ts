import { describe, expect, test } from "vitest";
import {
  formatClock,
  formatIsoNs,
  formatListTime,
  formatRelative,
  formatSpanOfTime,
  msOfNs,
  timeTicks,
} from "./format-time.ts";

/** Local times, so that the tests hold in every zone. */
const at = (hour: number, minute = 0, second = 0, day = 21) =>
  new Date(2025, 10, day, hour, minute, second).getTime();
const NOW = at(12);

describe("instants", () => {
  test("the full instant keeps every digit", () => {
    expect(formatIsoNs("1763690597123456789")).toBe("2025-11-21T02:03:17.123456789Z");
    expect(formatIsoNs("1763690597000000001")).toBe("2025-11-21T02:03:17.000000001Z");
    expect(formatIsoNs("0")).toBe("unknown");
    expect(formatIsoNs("9223372036854775807")).toBe("2262-04-11T23:47:16.854775807Z");
  });

  test("milliseconds of nanoseconds are cut, not rounded up", () => expect(msOfNs("1999999")).toBe(1));

  test("the clock", () => {
    expect(formatClock(at(2, 3, 17))).toBe("02:03:17");
  });

  test("other days show theirs, other years too", () => {
    expect(formatListTime(at(2, 3, 17), NOW)).toBe("02:03:17");
    expect(formatListTime(at(2, 3, 17, 20), NOW)).toBe("20 Nov 02:03:17");
    expect(formatListTime(new Date(2024, 0, 5, 6, 7, 8).getTime(), NOW)).toBe("5 Jan 2024 06:07:08");
  });

  test("a span of time names each day once", () => {
    expect(formatSpanOfTime(at(2), at(6, 30), NOW)).toBe("02:00 – 06:30");
    expect(formatSpanOfTime(at(2, 0, 0, 20), at(6, 30, 0, 20), NOW)).toBe("20 Nov 02:00 – 06:30");
    expect(formatSpanOfTime(at(22, 0, 0, 20), at(6), NOW)).toBe("20 Nov 22:00 – 21 Nov 06:00");
    expect(formatSpanOfTime(at(2), at(2, 0, 10), NOW)).toBe("02:00:00 – 02:00:10");
  });

  test.each([
    [3, "just now"],
    [-3, "just now"],
    [12, "12 s ago"],
    [240, "4 min ago"],
    [7200, "2 h ago"],
    [86_400, "1 day ago"],
    [86_400 * 9, "9 days ago"],
    [-300, "in 5 min"],
  ])("%d s before now is %s", (seconds, text) =>
    expect(formatRelative(NOW - seconds * 1000, NOW)).toBe(text),
  );
});

describe("timeTicks", () => {
  test("stands on round local times inside the range", () => {
    expect(timeTicks(at(2, 10), at(10, 10), 8).map(({ text }) => text)).toEqual([
      "03:00",
      "04:00",
      "05:00",
      "06:00",
      "07:00",
      "08:00",
      "09:00",
      "10:00",
    ]);
  });

  test("midnight is named by its day", () => {
    expect(timeTicks(at(12, 0, 0, 20), at(12), 4).map(({ text }) => text)).toEqual([
      "12:00",
      "18:00",
      "21 Nov",
      "06:00",
    ]);
  });

  test("never more than asked for by more than one, also over decades", () => {
    for (const days of [0.0001, 0.01, 1, 9, 400, 20_000]) {
      const ticks = timeTicks(NOW, NOW + days * 86_400_000, 6);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(7);
    }
  });

  test("an empty range has none", () => expect(timeTicks(NOW, NOW, 8)).toEqual([]));
});
