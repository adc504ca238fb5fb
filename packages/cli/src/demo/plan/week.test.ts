import { expect, it } from "vitest";
import { createWeek, isIn, rolledOutShare } from "./week.ts";

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const week = createWeek({ nowMs: at("2026-11-26T10:00:00Z"), days: 7, utcOffsetMs: 0 });

it("puts the incident and the slow afternoon on working days, in office hours", () => {
  for (const period of [week.incident, week.slowAfternoon]) {
    const from = new Date(period?.fromMs ?? 0);
    expect(from.getUTCDay() % 6).not.toBe(0);
    expect(from.getUTCHours()).toBeGreaterThanOrEqual(13);
    expect(period?.toMs).toBeLessThanOrEqual(week.nowMs);
  }
});

it("keeps them apart, whatever day it is", () => {
  for (let day = 0; day < 7; day++) {
    const { incident, slowAfternoon } = createWeek({
      nowMs: week.nowMs + day * 24 * HOUR_MS,
      days: 7,
      utcOffsetMs: 0,
    });
    expect(Math.abs((incident?.fromMs ?? 0) - (slowAfternoon?.fromMs ?? 0))).toBeGreaterThan(12 * HOUR_MS);
  }
});

it("takes hours as a clock in the zone shows them", () => {
  const tokyo = createWeek({ nowMs: week.nowMs, days: 7, utcOffsetMs: 9 * HOUR_MS });
  expect(new Date(tokyo.incident?.fromMs ?? 0).getUTCHours()).toBe(15 - 9);
  expect(tokyo.activityAt(at("2026-11-24T01:00:00Z"))).toBeGreaterThan(1);
  expect(week.activityAt(at("2026-11-24T01:00:00Z"))).toBeLessThan(0.1);
});

it("is quieter at night, on weekends, and for people elsewhere at other times", () => {
  const noon = at("2026-11-24T11:00:00Z");
  expect(week.activityAt(noon)).toBeGreaterThan(10 * week.activityAt(at("2026-11-24T03:00:00Z")));
  expect(week.activityAt(noon)).toBeGreaterThan(2 * week.activityAt(at("2026-11-22T11:00:00Z")));
  expect(week.activityAt(noon, 8)).toBeLessThan(0.1);
});

it("rolls the second prompt out in steps within a day", () => {
  const { fromMs, toMs } = week.rollout;
  expect(toMs - fromMs).toBe(24 * HOUR_MS);
  const shares = [fromMs - 1, fromMs, (fromMs + toMs) / 2, toMs].map((timeMs) =>
    rolledOutShare(timeMs, week),
  );
  expect(shares).toEqual([0, 0.2, 0.5, 1]);
});

it("has no incident where the time is too short for one", () => {
  const morning = createWeek({ nowMs: at("2026-11-26T10:00:00Z"), days: 0.25, utcOffsetMs: 0 });
  expect(morning.incident).toBeUndefined();
  expect(isIn(morning.nowMs - 1, morning.incident)).toBe(false);
});
