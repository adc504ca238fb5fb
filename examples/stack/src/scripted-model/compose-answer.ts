import { isCode, listSentences, listTerms } from "../terms.ts";
import type { Passage } from "./read-passages.ts";

export interface AnswerStyle {
  /** Puts the ids of passages behind what was taken from them. */
  cites: boolean;
  maxSentences: number;
}

/** Of the question's terms, by weight: what a passage, and what a sentence of it, has to have to answer it. */
const MIN_PASSAGE_COVER = 0.45;
const MIN_SENTENCE_COVER = 0.3;
/** A sentence that says much less than the best one is left out. */
const MIN_SHARE_OF_BEST = 0.7;
/** A longer block of code is no part of an answer. */
const MAX_CODE_CHARS = 900;

interface Candidate {
  passage: Passage;
  place: number;
  sentence: string;
  score: number;
}

/**
 * An answer in the passages' own sentences: those that share most with the question, in the order in which they
 * stand. `undefined` when no passage has enough of the question's terms to be an answer.
 */
export function composeAnswer(
  question: string,
  passages: readonly Passage[],
  { cites, maxSentences }: AnswerStyle,
): string | undefined {
  const terms = [...new Set(listTerms(question))];
  const weigh = weighTerms(terms, passages);
  const fitting = passages.filter(
    (passage) => cover(terms, printPassage(passage), weigh) >= MIN_PASSAGE_COVER,
  );
  const candidates = fitting.flatMap((passage, rank) =>
    listStatements(passage.text).map((sentence, place) => ({
      passage,
      place,
      sentence,
      // Between sentences that say the same, the better passage's.
      score: cover(terms, sentence, weigh) - 0.05 * rank,
    })),
  );
  const top = Math.max(0, ...candidates.map(({ score }) => score));
  const whole = candidates.filter(({ sentence }) => !sentence.endsWith("…"));
  const best = (whole.length > 0 ? whole : candidates)
    .filter(({ score }) => score >= Math.max(MIN_SENTENCE_COVER, top * MIN_SHARE_OF_BEST))
    .sort((a, b) => b.score - a.score)
    .slice(0, maxSentences);
  // A passage that fits as a whole, by its title: its beginning says what it is about.
  if (best.length === 0) best.push(...candidates.slice(0, Math.min(2, maxSentences)));
  return best.length === 0 ? undefined : joinSentences(best, fitting, cites);
}

/** Sentences that can stand alone: what ends in a colon stands with what follows it. */
function listStatements(text: string): string[] {
  const statements: string[] = [];
  for (const sentence of listSentences(text)) {
    if (isCode(sentence) && sentence.length > MAX_CODE_CHARS) continue;
    const last = statements.at(-1);
    if (last?.endsWith(":"))
      statements[statements.length - 1] = `${last}${isCode(sentence) ? "\n\n" : " "}${sentence}`;
    else statements.push(sentence);
  }
  return statements;
}

/** Whether any of the passages could answer. */
export function couldAnswer(question: string, passages: readonly Passage[]): boolean {
  return composeAnswer(question, passages, { cites: false, maxSentences: 1 }) !== undefined;
}

function joinSentences(chosen: readonly Candidate[], passages: readonly Passage[], cites: boolean): string {
  const groups = passages.map((passage) =>
    chosen.filter((candidate) => candidate.passage === passage).sort((a, b) => a.place - b.place),
  );
  const parts = groups
    .filter((group) => group.length > 0)
    .flatMap((group) => {
      const id = group[0]?.passage.id;
      const sentences = group.map(({ sentence }) => endSentence(sentence));
      return cites && id !== undefined ? [...sentences, `[${id}]`] : sentences;
    });
  // A block of code has lines of its own.
  return parts.reduce((text, part) => `${text}${isCode(part) || text.endsWith("```") ? "\n\n" : " "}${part}`);
}

function endSentence(sentence: string): string {
  return sentence.endsWith("```") || /[.!?…:]["”)`]*$/.test(sentence) ? sentence : `${sentence}.`;
}

/** A term that few of the passages' sentences have tells more. One that none has counts most. */
function weighTerms(terms: readonly string[], passages: readonly Passage[]): Map<string, number> {
  const sentences = passages
    .flatMap(({ text }) => listSentences(text))
    .map((text) => new Set(listTerms(text)));
  return new Map(
    terms.map((term) => {
      const count = sentences.filter((words) => words.has(term)).length;
      return [term, Math.log(2 + sentences.length / (1 + count))];
    }),
  );
}

function cover(terms: readonly string[], text: string, weights: ReadonlyMap<string, number>): number {
  const words = new Set(listTerms(text));
  let [found, all] = [0, 0];
  for (const term of terms) {
    const weight = weights.get(term) ?? 1;
    all += weight;
    if (words.has(term)) found += weight;
  }
  return all === 0 ? 0 : found / all;
}

function printPassage({ title, text }: Passage): string {
  return `${title}\n${text}`;
}
