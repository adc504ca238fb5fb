import { GAVE_UP, writeAnswer, writeExample, type Answer } from "../content/answers.ts";
import { PEOPLE, SMOKE_TEST, type Person } from "../content/people.ts";
import type { PromptVersion } from "../content/prompts.ts";
import { RUNNING } from "../content/topics/running.ts";
import { SENDING } from "../content/topics/sending.ts";
import type { Topic } from "../content/topics/topic.ts";
import type { ChatMessage } from "../openinference.ts";
import type { Random } from "../random.ts";
import { chooseMishaps, isFailure, needsTool, type Mishap } from "./mishaps.ts";
import { nextQuestion, youAreWelcome, type Question } from "./next-question.ts";
import { rolledOutShare, type Week } from "./week.ts";

/** One request to the example service, before anything is measured: who asks what, and what becomes of it. */
export interface Turn extends Question {
  startMs: number;
  person: Person;
  sessionId: string;
  environment: "production" | "staging";
  release: string;
  version: PromptVersion["version"];
  /** What was said before in this session. */
  history: readonly ChatMessage[];
  /** Whether the first search finds what answers the question, a second one does, or none. */
  search: "finds" | "finds_later" | "misses";
  answer: Answer;
  mishap?: Mishap;
}

/** A turn whose words are not chosen yet. */
export type Slot = Pick<Turn, "startMs" | "person" | "sessionId" | "environment" | "release" | "version">;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of sessions of 1, 2, … turns. */
const TURN_WEIGHTS = [36, 22, 16, 10, 7, 4, 3, 2];
const LONG_SESSION_TURNS = 24;
const SMOKE_TOPICS = ["python", "environment", "start", "port", "retention"].map(findTopic);
/** Asked with a log that is too long for a small model, and then without it. */
const ABOUT_A_LOG = [
  "Our collector keeps failing to export to Nightowl. What is going on?",
  "Can you tell me why our collector drops spans?",
  "what is wrong with my exporter, it says ResourceExhausted",
  "Do I have to worry about these retries?",
];
const WITHOUT_THE_LOG = "Without the log, then: am I losing spans when it says ResourceExhausted?";
/** The newest request is this old, so that it and what follows it have ended. */
const NEWEST_AGE_MS = 90_000;

/** All requests of the week, oldest first: as many as `requests` says. */
export function planWeek(week: Week, requests: number, random: Random): Turn[] {
  const sessions = planSessions(week, requests, random);
  const mishaps = chooseMishaps(sessions.flat(), week, random);
  return sessions
    .flatMap((slots) => fillSession(slots, mishaps, random))
    .sort((a, b) => a.startMs - b.startMs);
}

function planSessions(week: Week, requests: number, random: Random): Slot[][] {
  const sessions = planSmokeTests(week, random).slice(0, Math.floor(requests / 50));
  let left = requests - sessions.flat().length;
  // One conversation is going on right now, and a few went on for very long.
  const wanted = [3, ...(requests < 100 ? [] : Array.from({ length: 3 }, () => LONG_SESSION_TURNS))];
  while (left > 0) {
    const isNewest = sessions.every(([first]) => first?.environment !== "production");
    const turns = Math.min(left, wanted.shift() ?? 1 + pickWeighted(TURN_WEIGHTS, random));
    sessions.push(planSession(week, { turns, isNewest, random }));
    left -= turns;
  }
  return sessions;
}

function planSession(
  week: Week,
  { turns, isNewest, random }: { turns: number; isNewest: boolean; random: Random },
): Slot[] {
  // Whoever has very long conversations is somebody with a lot to do.
  const person = turns === LONG_SESSION_TURNS ? random.pick(PEOPLE.slice(0, 3)) : pickPerson(random);
  const gapsMs = Array.from({ length: turns }, (_, turn) =>
    turn === 0 ? 0 : 50_000 + random.skewed(70_000),
  );
  const lengthMs = gapsMs.reduce((sum, gapMs) => sum + gapMs, 0);
  const latestMs = week.nowMs - NEWEST_AGE_MS - lengthMs;
  const startMs = isNewest
    ? latestMs
    : pickTime(week, { untilMs: latestMs, hoursOff: person.hoursOff ?? 0, random });
  const version = random.chance(rolledOutShare(startMs, week)) ? "v2" : "v1";
  const sessionId = `ses_${random.hex(10)}`;
  let clockMs = startMs;
  return gapsMs.map((gapMs) => {
    clockMs += gapMs;
    const release = week.releaseAt(clockMs);
    return { startMs: clockMs, person, sessionId, environment: "production", release, version };
  });
}

/** A check of the staging server at the same hour of every day. */
function planSmokeTests(week: Week, random: Random): Slot[][] {
  const sessions: Slot[][] = [];
  for (let dayMs = week.startMs + 5 * HOUR_MS; dayMs < week.nowMs - HOUR_MS; dayMs += DAY_MS) {
    const sessionId = `smoke_${new Date(dayMs).toISOString().slice(0, 10)}`;
    const version = rolledOutShare(dayMs, week) === 0 ? "v1" : "v2";
    sessions.push(
      SMOKE_TOPICS.map((_, turn) => {
        const startMs = dayMs + turn * 60_000 + random.int(0, 4000);
        const release = week.releaseAt(startMs);
        return { startMs, person: SMOKE_TEST, sessionId, environment: "staging", release, version };
      }),
    );
  }
  return sessions;
}

/** Gives a session its words, each turn leaning on the ones before. */
function fillSession(slots: readonly Slot[], mishaps: ReadonlyMap<Slot, Mishap>, random: Random): Turn[] {
  const turns: Turn[] = [];
  const history: ChatMessage[] = [];
  for (const [index, slot] of slots.entries()) {
    const chosen = mishaps.get(slot);
    const question =
      chosen === "context_length"
        ? aboutALog(random.pick(ABOUT_A_LOG))
        : questionFor(slot, turns, { isLast: index === slots.length - 1, random });
    const mishap = needsTool(chosen) && question.kind !== "topic" ? undefined : chosen;
    const search = random.chance(0.9) ? "finds" : random.chance(0.6) ? "finds_later" : "misses";
    const { person, version, startMs: nowMs } = slot;
    const how = { version, model: person.model, found: search !== "misses", nowMs, random };
    const answer = mishap === "max_iterations" ? GAVE_UP : answerTo(question, how);
    turns.push({
      ...slot,
      ...question,
      search,
      answer,
      history: [...history],
      ...(mishap ? { mishap } : {}),
    });
    // What failed left no answer to remember.
    if (isFailure(mishap)) continue;
    history.push({ role: "user", content: question.text }, { role: "assistant", content: answer.text });
  }
  return turns;
}

function questionFor(
  { person }: Slot,
  before: readonly Turn[],
  { isLast, random }: { isLast: boolean; random: Random },
): Question {
  if (person === SMOKE_TEST) {
    const topic = SMOKE_TOPICS[before.length % SMOKE_TOPICS.length] ?? random.pick(SMOKE_TOPICS);
    return { kind: "topic", topic, text: topic.questions[0] ?? "" };
  }
  const last = before.at(-1);
  if (last?.mishap === "context_length") return aboutALog(WITHOUT_THE_LOG);
  // Who got an error asks again.
  if (last && isFailure(last.mishap)) return { kind: last.kind, topic: last.topic, text: last.text };
  const wasHelped =
    last !== undefined &&
    last.mishap !== "max_iterations" &&
    last.search !== "misses" &&
    last.topic.passages.length > 0;
  return nextQuestion(before, { person, mayEnd: isLast && wasHelped, random });
}

function aboutALog(text: string): Question {
  return { kind: "topic", topic: findTopic("overload"), text };
}

function answerTo({ kind, topic }: Question, how: Parameters<typeof writeAnswer>[1]): Answer {
  if (kind === "thanks") return { text: youAreWelcome(topic), citesSource: false };
  return kind === "example" ? writeExample(topic, how.nowMs) : writeAnswer(topic, how);
}

/** A time of the week at which people are awake; busy hours come up more often. */
function pickTime(
  week: Week,
  { untilMs, hoursOff, random }: { untilMs: number; hoursOff: number; random: Random },
): number {
  for (;;) {
    const timeMs = week.startMs + random.next() * Math.max(0, untilMs - week.startMs);
    if (random.next() * 1.3 < week.activityAt(timeMs, hoursOff)) return timeMs;
  }
}

function pickPerson(random: Random): Person {
  const person =
    PEOPLE[
      pickWeighted(
        PEOPLE.map(({ weight }) => weight),
        random,
      )
    ];
  return person ?? random.pick(PEOPLE);
}

/** An index, each as often as its weight says. */
function pickWeighted(weights: readonly number[], random: Random): number {
  let dice = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    dice -= weight;
    if (dice < 0) return index;
  }
  return weights.length - 1;
}

function findTopic(id: string): Topic {
  const topic = [...SENDING, ...RUNNING].find((each) => each.id === id);
  if (!topic) throw new Error(`there is no topic ${id}`);
  return topic;
}
