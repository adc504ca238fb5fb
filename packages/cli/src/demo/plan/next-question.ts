import { afterColon, inStyle, type Person } from "../content/people.ts";
import { FOREIGN, OUTSIDE, SCREENSHOTS } from "../content/topics/other.ts";
import { READING } from "../content/topics/reading.ts";
import { RUNNING } from "../content/topics/running.ts";
import { SENDING } from "../content/topics/sending.ts";
import type { Topic } from "../content/topics/topic.ts";
import type { Random } from "../random.ts";

export interface Question {
  /** `example` and `thanks` are about the topic of the turn before and need no search. */
  kind: "topic" | "example" | "thanks";
  topic: Topic;
  text: string;
  imageUrl?: string;
}

const DOCUMENTED = [...SENDING, ...READING, ...RUNNING];
const OF_ALL = [...DOCUMENTED, ...OUTSIDE];
const THANKS: Record<string, readonly string[]> = {
  en: ["Thanks, that worked.", "Perfect, thank you!", "ok, got it, thanks", "That did it. Thanks!"],
  de: ["Danke, das hat geklappt."],
  es: ["Gracias, funciona."],
  ja: ["ありがとうございます。できました。"],
};
const WELCOME: Record<string, string> = {
  en: "Glad to hear it. Ask again whenever something is unclear.",
  de: "Gern geschehen. Fragen Sie jederzeit wieder.",
  es: "Me alegro. Pregunta de nuevo cuando quieras.",
  ja: "よかったです。また何かあれば聞いてください。",
};
const EXAMPLES = [
  "Can you show me an example?",
  "What would that look like?",
  "Could you give me the exact line?",
];
const CHANGES_OF_SUBJECT = ["Another question: ", "Next thing: ", "One more: "];

/** What a person asks next in a session, given what was asked so far; never the same topic twice. */
export function nextQuestion(
  before: readonly Question[],
  { person, mayEnd, random }: { person: Person; mayEnd: boolean; random: Random },
): Question {
  const last = before.at(-1);
  if (last === undefined) return firstQuestion(person, random);
  if (mayEnd && random.chance(0.3)) return thanks(last.topic, random);
  if (last.kind === "topic" && last.topic.code !== undefined && random.chance(0.1)) {
    return { kind: "example", topic: last.topic, text: random.pick(EXAMPLES) };
  }
  const asked = new Set(before.map(({ topic }) => topic));
  // Where all that there is in a language was asked, people go on in English.
  const foreign = FOREIGN.filter((topic) => topic.language === last.topic.language && !asked.has(topic));
  const pool = foreign.length > 0 ? foreign : OF_ALL.filter((topic) => !asked.has(topic));
  const following = pool.filter(({ after }) => after?.[last.topic.id] !== undefined);
  if (following.length > 0 && random.chance(0.8)) {
    const topic = random.pick(following);
    return { kind: "topic", topic, text: inStyle(topic.after?.[last.topic.id] ?? "", person, random.next()) };
  }
  const fresh = pool.filter((topic) => !OUTSIDE.includes(topic) || random.chance(0.4));
  if (fresh.length === 0) return thanks(last.topic, random);
  const topic = random.pick(fresh);
  const question = inStyle(random.pick(topic.questions), person, random.next());
  const opening =
    topic.language === undefined && random.chance(0.4) ? random.pick(CHANGES_OF_SUBJECT) : undefined;
  return { kind: "topic", topic, text: opening ? `${opening}${afterColon(question)}` : question };
}

/** What the service says to thanks. */
export function youAreWelcome({ language = "en" }: Topic): string {
  return WELCOME[language] ?? "";
}

function thanks(topic: Topic, random: Random): Question {
  return { kind: "thanks", topic, text: random.pick(THANKS[topic.language ?? "en"] ?? []) };
}

function firstQuestion(person: Person, random: Random): Question {
  if (person.channel === "web" && random.chance(0.02)) {
    const topic = random.pick(SCREENSHOTS);
    const imageUrl = `https://uploads.stack.example/${random.hex(12)}/screenshot.png`;
    return { kind: "topic", topic, text: random.pick(topic.questions), imageUrl };
  }
  const own = FOREIGN.filter(({ language }) => language === person.language);
  if (person.language !== undefined && random.chance(0.25)) {
    const topic = random.pick(own);
    return { kind: "topic", topic, text: random.pick(topic.questions) };
  }
  const topic = random.pick(random.chance(0.12) ? OUTSIDE : DOCUMENTED);
  return { kind: "topic", topic, text: inStyle(random.pick(topic.questions), person, random.next()) };
}
