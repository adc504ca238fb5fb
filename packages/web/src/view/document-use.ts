import { usedRanges, type AnswerRuns } from "@nightowl/model/retrieval/document-use";
import type { Document } from "@nightowl/model/span/span";
import { markWords } from "./transcript-documents.ts";

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
