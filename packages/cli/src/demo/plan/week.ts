const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How busy the hours of a working day are. */
const HOURS = [
  0.05, 0.04, 0.03, 0.03, 0.04, 0.08, 0.18, 0.42, 0.9, 1.2, 1.3, 1.2, 0.8, 1.05, 1.3, 1.25, 1.1, 0.8, 0.5,
  0.38, 0.36, 0.3, 0.2, 0.1,
];
const WEEKEND = 0.3;

export interface Period {
  fromMs: number;
  toMs: number;
}

/** The time that the traffic covers, and what happened in it. */
export interface Week {
  startMs: number;
  nowMs: number;
  /** The provider refuses many calls: an hour. */
  incident: Period | undefined;
  /** Every model is slow: an afternoon. */
  slowAfternoon: Period | undefined;
  /** The second prompt is rolled out, from nobody to everybody. */
  rollout: Period;
  /** The release that is out at a time. */
  releaseAt(timeMs: number): string;
  /** How busy that moment is, 0–1.3. `hoursOff`: for people whose day lies that much later. */
  activityAt(timeMs: number, hoursOff?: number): number;
}

/** In this release a tool fails on some chunks. */
export const BROKEN_RELEASE = "0.4.2";

/**
 * The `days` before `nowMs` (Unix milliseconds). Days and nights are those of a zone `utcOffsetMs` ahead of UTC.
 * What happened lies at the same place in every week; the incident and the slow afternoon are absent where
 * the time is too short to hold them.
 */
export function createWeek({
  nowMs,
  days,
  utcOffsetMs,
}: {
  nowMs: number;
  days: number;
  utcOffsetMs: number;
}): Week {
  const lengthMs = days * DAY_MS;
  const startMs = nowMs - lengthMs;
  const at = (share: number): number => startMs + lengthMs * share;
  const weekdayOf = (timeMs: number): number => new Date(timeMs + utcOffsetMs).getUTCDay();
  const isWeekend = (timeMs: number): boolean => weekdayOf(timeMs) % 6 === 0;

  /** These hours of the day nearest to a time: of a working day on which nothing else happened, if there is one. */
  function hoursNear(
    wishedMs: number,
    [fromHour, toHour]: readonly [number, number],
    other?: Period,
  ): Period | undefined {
    const midnightMs = Math.floor((startMs + utcOffsetMs) / DAY_MS) * DAY_MS - utcOffsetMs;
    const periods: Period[] = [];
    for (let dayMs = midnightMs; dayMs < nowMs; dayMs += DAY_MS) {
      const period = { fromMs: dayMs + fromHour * HOUR_MS, toMs: dayMs + toHour * HOUR_MS };
      if (period.fromMs >= startMs && period.toMs <= nowMs) periods.push(period);
    }
    const distance = (period: Period): number =>
      Math.abs(period.fromMs - wishedMs) +
      (isWeekend(period.fromMs) ? lengthMs : 0) +
      (other !== undefined && period.fromMs < other.toMs && period.toMs > other.fromMs ? 2 * lengthMs : 0);
    return periods.sort((a, b) => distance(a) - distance(b))[0];
  }

  const broken = { fromMs: at(0.22), toMs: at(0.38) };
  const rollout = { fromMs: at(0.43), toMs: at(0.43) + Math.min(DAY_MS, lengthMs / 4) };
  const incident = hoursNear(at(0.72), [15, 16]);
  return {
    startMs,
    nowMs,
    incident,
    slowAfternoon: hoursNear(at(0.9), [13, 17], incident),
    rollout,
    releaseAt: (timeMs) => {
      if (timeMs < broken.fromMs) return "0.4.1";
      if (timeMs < broken.toMs) return BROKEN_RELEASE;
      return timeMs < rollout.fromMs ? "0.4.3" : "0.5.0";
    },
    activityAt: (timeMs, hoursOff = 0) => {
      const theirsMs = timeMs + utcOffsetMs - hoursOff * HOUR_MS;
      const hour = (theirsMs % DAY_MS) / HOUR_MS;
      const [before = 0, after = 0] = [HOURS[Math.floor(hour)], HOURS[(Math.floor(hour) + 1) % 24]];
      const busy = before + (after - before) * (hour % 1);
      return new Date(theirsMs).getUTCDay() % 6 === 0 ? busy * WEEKEND : busy;
    },
  };
}

export function isIn(timeMs: number, period: Period | undefined): boolean {
  return period !== undefined && timeMs >= period.fromMs && timeMs < period.toMs;
}

/** Share of new sessions that get the second prompt: in three steps over the roll-out. */
export function rolledOutShare(timeMs: number, { rollout }: Week): number {
  const done = (timeMs - rollout.fromMs) / (rollout.toMs - rollout.fromMs);
  if (done < 0) return 0;
  if (done < 1 / 3) return 0.2;
  return done < 1 ? 0.5 : 1;
}
