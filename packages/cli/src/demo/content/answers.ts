import type { Random } from "../random.ts";
import type { Model } from "./models.ts";
import { findPassage } from "./passages.ts";
import type { PromptVersion } from "./prompts.ts";
import type { Topic } from "./topics/topic.ts";

export interface Answer {
  text: string;
  /** The claim in it that no passage supports. */
  madeUp?: string;
  /** It names a file. */
  citesSource: boolean;
}

/** How often the agent asks the model before it gives up. */
export const MAX_ITERATIONS = 6;

/** What the agent says when it gives up. */
export const GAVE_UP: Answer = {
  text: `I stopped after ${MAX_ITERATIONS} steps without an answer.`,
  citesSource: false,
};

const DAY_MS = 86_400_000;
const CITED = /^Source: /m;

/**
 * What the model makes of a topic. The first prompt answers briefly, often leaves the source out, and
 * guesses; the second says more, cites, and admits what it does not know. `found`: the search had what is needed.
 */
export function writeAnswer(
  topic: Topic,
  {
    version,
    model,
    found,
    nowMs,
    random,
  }: { version: PromptVersion["version"]; model: Model; found: boolean; nowMs: number; random: Random },
): Answer {
  const known = topic.passages.length > 0 && found;
  const madeUp = random.chance(guessing(version, known) * model.carelessness)
    ? random.pick(topic.wrong)
    : undefined;
  const text = known
    ? grounded(topic, { version, random, ...(madeUp === undefined ? {} : { madeUp }) })
    : (madeUp ?? unknown(topic, version));
  return {
    text: withDates(text, nowMs),
    ...(madeUp === undefined ? {} : { madeUp: withDates(madeUp, nowMs) }),
    citesSource: CITED.test(text),
  };
}

/** The code of a topic alone, for whoever asks for an example. */
export function writeExample({ code = "" }: Topic, nowMs: number): Answer {
  return { text: withDates(`Like this:\n\n${block(code)}`, nowMs), citesSource: false };
}

/** How often a claim is made up, before the model's own carelessness. */
function guessing(version: PromptVersion["version"], known: boolean): number {
  if (version === "v1") return known ? 0.24 : 0.62;
  return known ? 0.06 : 0.14;
}

function grounded(
  topic: Topic,
  { version, madeUp, random }: { version: PromptVersion["version"]; madeUp?: string; random: Random },
): string {
  if (version === "v1") {
    const facts = topic.facts.slice(0, random.int(1, 2));
    // What was made up stands in the place of what the passages say, or beside it.
    const sentences = madeUp === undefined ? facts : [...facts.slice(0, random.int(0, 1)), madeUp];
    const code = topic.code !== undefined && madeUp === undefined && random.chance(0.45);
    const source = random.chance(0.12) ? `\n\nSource: ${sourceOf(topic)}` : "";
    return `${sentences.join(" ")}${code ? `\n\n${block(topic.code ?? "")}` : ""}${source}`;
  }
  const sentences = [...topic.facts, ...(madeUp === undefined ? [] : [madeUp])];
  const code = topic.code === undefined ? "" : `\n\n${block(topic.code)}`;
  const source = random.chance(0.95) ? `\n\nSource: ${sourceOf(topic)}` : "";
  return `${sentences.join(" ")}${code}${source}`;
}

function unknown(topic: Topic, version: PromptVersion["version"]): string {
  const silent =
    topic.passages.length === 0 ? (topic.facts[0] ?? "") : "The passages that I found do not say.";
  if (version === "v1") return `I'm not sure. ${silent}`;
  return `${silent} The page that comes closest is README.md.`;
}

function sourceOf({ passages: [first = ""] }: Topic): string {
  const { source, heading } = findPassage(first);
  return `${source} (${heading})`;
}

function block(code: string): string {
  return `\`\`\`\n${code}\n\`\`\``;
}

function withDates(text: string, nowMs: number): string {
  const day = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);
  return text.replaceAll("{today}", day(nowMs)).replaceAll("{yesterday}", day(nowMs - DAY_MS));
}
