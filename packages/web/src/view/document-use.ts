import type { Document } from "@nightowl/model/span/span";
import { markWords } from "./transcript-documents.ts";

/** So many words in a row that an answer shares with a document are no accident. */
const RUN_WORDS = 4;
const WORD = /[\p{L}\p{N}]+/gu;
/** An answer is looked through up to here. */
const MAX_CHARACTERS = 100_000;

/** Runs of words of an answer, to be found in documents. */
export type AnswerRuns = ReadonlySet<string>;

/** Every run of four words of an answer; empty for an answer that has fewer. */
export function answerRuns(answer: string): AnswerRuns {
  const words = wordsOf(answer.slice(0, MAX_CHARACTERS)).map(({ word }) => word);
  const runs = new Set<string>();
  for (let at = 0; at + RUN_WORDS <= words.length; at++) runs.add(words.slice(at, at + RUN_WORDS).join(" "));
  return runs;
}

/** A piece of a document's text: `hit` where it is a word of the query, `used` where the answer says the same. */
export interface DocumentPiece {
  text: string;
  hit: boolean;
  used: boolean;
}

/** Cuts a document's text where it is the query's, and where the answer shares four words in a row with it. */
export function markDocument(text: string, words: readonly string[], runs: AnswerRuns): DocumentPiece[] {
  const pieces: DocumentPiece[] = [];
  let at = 0;
  const add = (end: number, used: boolean): void => {
    if (end <= at) return;
    for (const piece of markWords(text.slice(at, end), words)) pieces.push({ ...piece, used });
    at = end;
  };
  for (const { start, end } of usedRanges(text, runs)) {
    add(start, false);
    add(end, true);
  }
  add(text.length, false);
  return pieces;
}

/** How many words of a document the answer took over, in runs of four or more. */
export function usedWords(text: string, runs: AnswerRuns): number {
  return usedRanges(text, runs).reduce((sum, { words }) => sum + words, 0);
}

function usedRanges(text: string, runs: AnswerRuns): { start: number; end: number; words: number }[] {
  if (runs.size === 0) return [];
  const words = wordsOf(text);
  const isUsed = words.map(() => false);
  for (let at = 0; at + RUN_WORDS <= words.length; at++) {
    const run = words.slice(at, at + RUN_WORDS);
    if (runs.has(run.map(({ word }) => word).join(" "))) isUsed.fill(true, at, at + RUN_WORDS);
  }
  const ranges: { start: number; end: number; words: number }[] = [];
  for (const [index, { start, end }] of words.entries()) {
    if (isUsed[index] !== true) continue;
    const last = ranges.at(-1);
    if (last !== undefined && isUsed[index - 1] === true) {
      last.end = end;
      last.words++;
    } else ranges.push({ start, end, words: 1 });
  }
  return ranges;
}

function wordsOf(text: string): { word: string; start: number; end: number }[] {
  return [...text.matchAll(WORD)].map((match) => ({
    word: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** For each document the rank of an earlier one with the same text, white space aside. */
export function duplicateRanks(documents: readonly Document[]): (number | undefined)[] {
  const first = new Map<string, number>();
  return documents.map(({ text, rank }) => {
    if (text === undefined) return undefined;
    const key = text.replace(/\s+/g, " ").trim();
    const known = first.get(key);
    if (known === undefined) first.set(key, rank);
    return known;
  });
}
