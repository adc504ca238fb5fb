import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseBuckets } from "./bucket-widths.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import { parseTimeRange } from "./time-range.ts";

describe("chooseBuckets", () => {
  test("any range lies in the buckets, which are no more than asked for", () => {
    const time = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 500 }), (a, b, maxCount) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const { startNs, widthNs, count } = chooseBuckets(from, to, maxCount);
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(maxCount);
        expect(startNs <= from).toBe(true);
        expect(startNs + widthNs * BigInt(count) >= to).toBe(true);
        expect(startNs + widthNs > from).toBe(true);
      }),
    );
  });

  test("widths are read off without reckoning", () => {
    const hourNs = 3_600_000_000_000n;
    const startNs = 1_795_046_400_000_000_000n;
    const minutes = (hours: bigint, maxCount: number): number =>
      Number(chooseBuckets(startNs, startNs + hours * hourNs, maxCount).widthNs / 60_000_000_000n);
    expect(minutes(1n, 60)).toBe(1);
    expect(minutes(1n, 59)).toBe(2);
    expect(minutes(24n, 120)).toBe(15);
    expect(minutes(24n * 30n, 120)).toBe(360);
    expect(chooseBuckets(startNs, startNs, 120)).toMatchObject({ count: 1, startNs });
  });
});

describe("parseTimeRange", () => {
  test.each([
    ["2026-11-21T00:00:00Z", 1_795_219_200_000_000_000n],
    ["2026-11-21T02:00:00.5+02:00", 1_795_219_200_500_000_000n],
    ["2026-11-20T19:00:00.123456789-05:00", 1_795_219_200_123_456_789n],
    ["2026-11-21T00:00:00.1234567899Z", 1_795_219_200_123_456_789n],
    ["2026-11-21T00:00:00", 1_795_219_200_000_000_000n],
    ["1969-01-01T00:00:00Z", 0n],
    ["9999-01-01T00:00:00Z", 2n ** 64n - 1n],
  ])("%s", (from, fromNs) => {
    expect(parseTimeRange({ from })).toEqual({ fromNs, toNs: undefined });
  });

  test("what is no time is refused", () => {
    for (const to of ["", "tomorrow", "2026-13-01T00:00:00Z", "2026-11-21T25:00:00Z"]) {
      expect(() => parseTimeRange({ to })).toThrow(/not an ISO 8601 time/);
    }
  });
});

test("a cursor is read back, and anything else refused", () => {
  const patterns = [/^start$/, /^-?\d+$/];
  expect(parseCursor(formatCursor(["start", "-1"]), patterns)).toEqual(["start", "-1"]);
  const wrong = [
    "",
    "!",
    formatCursor(["start"]),
    formatCursor(["cost", "1"]),
    formatCursor(["start", "1", "x"]),
  ];
  for (const text of [...wrong, Buffer.from('{"0":"start"}').toString("base64url")]) {
    expect(() => parseCursor(text, patterns)).toThrow(/not one of this list/);
  }
});
