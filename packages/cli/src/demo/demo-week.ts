import { planWeek } from "./plan/plan-week.ts";
import { createWeek } from "./plan/week.ts";
import { createRandom } from "./random.ts";
import type { TraceDraft } from "./trace-draft.ts";
import { writeAskTrace, type ServedRequest } from "./traces/ask-trace.ts";
import { writeFeedbackTrace } from "./traces/feedback-trace.ts";
import { isJudged, writeJudgeTrace } from "./traces/judge-trace.ts";

export interface DemoOptions {
  /** Other data for another number, the same data for the same one. */
  seed: number;
  /** The end of the week, Unix milliseconds. */
  nowMs: number;
  /** Days and nights are those of a zone this far ahead of UTC. */
  utcOffsetMs: number;
  days: number;
  /** Requests to the service; feedback on them and judging them make further traces. */
  requests: number;
}

const HOUR_MS = 3_600_000;
/** The judge starts this long after the hour that it judges. */
const JUDGE_DELAY_MS = 5 * 60_000;
/** Nothing of the week ends later than this before its end. */
const MARGIN_MS = 60_000;

/** The week's traces, made one after the other, about in the order in which they happened. */
export function* createDemoWeek({
  seed,
  nowMs,
  utcOffsetMs,
  days,
  requests,
}: DemoOptions): Generator<TraceDraft> {
  // Ids differ for another end, or a second week would be a second export of the same spans.
  const random = createRandom(seed * 1_000_003 + Math.floor(nowMs / 1000));
  const week = createWeek({ nowMs, days, utcOffsetMs });
  let judged: ServedRequest[] = [];
  let hour = 0;
  const judge = (): TraceDraft[] => {
    const startMs = (hour + 1) * HOUR_MS + JUDGE_DELAY_MS + random.int(0, 20_000);
    const batch = judged;
    judged = [];
    return batch.length > 0 && startMs < nowMs - MARGIN_MS - batch.length * 5000
      ? [writeJudgeTrace(batch, startMs, random)]
      : [];
  };
  for (const turn of planWeek(week, requests, random)) {
    const turnHour = Math.floor(turn.startMs / HOUR_MS);
    if (turnHour !== hour) yield* judge();
    hour = turnHour;
    const request = writeAskTrace(turn, week, random);
    yield request.trace;
    if (isJudged(request, random)) judged.push(request);
    const feedback = writeFeedbackTrace(request, nowMs, random);
    if (feedback) yield feedback;
  }
  yield* judge();
}
