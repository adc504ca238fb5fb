import type { Random } from "../random.ts";
import { addSpan, SERVER, type TraceDraft } from "../trace-draft.ts";
import { createStackTrace, serverAttributes, type ServedRequest } from "./ask-trace.ts";

/** How a person found an answer. */
interface Opinion {
  isGood: boolean;
  comments: readonly string[];
}

const PRAISE = ["Exactly what I needed.", "Clear, thanks.", "Worked at once."];
const WRONG = [
  "There is no such setting.",
  "Wrong. It refused to start with that.",
  "I looked: this does not exist.",
];
const NO_ANSWER = ["That is no answer to my question.", "It did not find it, but it is in the docs."];
const SLOW = ["Took very long.", "I waited half a minute for this."];
const BROKEN = ["I got an error, twice.", "Only an error message."];
const SLOW_MS = 15_000;

/**
 * The trace of the `POST /feedback` by which somebody gives a request a thumb: its evaluator span links to the
 * request's root. Undefined where nobody does, or would only after `nowMs`.
 */
export function writeFeedbackTrace(
  request: ServedRequest,
  nowMs: number,
  random: Random,
): TraceDraft | undefined {
  const { turn, trace: target, rootSpanId, endMs, failure } = request;
  if (turn.environment === "staging" || !random.chance(failure ? 0.25 : 0.14)) return undefined;
  const startMs = endMs + 4000 + random.skewed(25_000);
  if (startMs > nowMs - 1000) return undefined;
  const { isGood, comments } = opinionOf(request, random);
  const comment = random.chance(isGood ? 0.12 : 0.45) ? random.pick(comments) : undefined;
  const trace = createStackTrace({ ...turn, startMs }, random);
  const durationMs = 1.2 + random.next() * 2;
  const parentSpanId = addSpan(trace, {
    name: "POST /feedback",
    otelKind: SERVER,
    startMs: 0,
    durationMs,
    attributes: serverAttributes("/feedback", turn.person, 202),
    status: "UNSET",
  });
  const key = "trace.annotations.0.annotation";
  addSpan(trace, {
    name: "feedback.user_feedback",
    parentSpanId,
    startMs: 0.4,
    durationMs: durationMs - 0.6,
    attributes: {
      "openinference.span.kind": "EVALUATOR",
      [`${key}.name`]: "user_feedback",
      [`${key}.score`]: isGood ? 1 : 0,
      [`${key}.label`]: isGood ? "thumbs-up" : "thumbs-down",
      [`${key}.explanation`]: comment,
      [`${key}.annotator_kind`]: "HUMAN",
      [`${key}.identifier`]: turn.person.userId,
    },
    links: [{ traceId: target.traceId, spanId: rootSpanId }],
  });
  return trace;
}

function opinionOf({ turn, answerSpanId, failure, endMs }: ServedRequest, random: Random): Opinion {
  const chance = (good: number, complaints: readonly string[]): Opinion => {
    const isGood = random.chance(good);
    return { isGood, comments: isGood ? PRAISE : complaints };
  };
  if (failure) return { isGood: false, comments: BROKEN };
  if (answerSpanId === undefined) return chance(0.1, NO_ANSWER);
  if (turn.answer.madeUp !== undefined) return chance(0.3, WRONG);
  if (turn.topic.passages.length === 0 || turn.search === "misses") return chance(0.4, NO_ANSWER);
  return endMs - turn.startMs > SLOW_MS ? chance(0.5, SLOW) : chance(0.93, NO_ANSWER);
}
