import { alignMessages, hashRun } from "./align-tokens.ts";
import { literalLength, type PromptPattern, type Variable } from "./pattern.ts";
import { observeValue, type Observations } from "./observations.ts";
import { hashText, isWord, tokenise } from "./tokenise.ts";

/** A pattern in tokens, for comparing: a variable is one token that equals nothing. */
export interface TokenList {
  texts: string[];
  hashes: number[];
  /** The variable that a token stands for. */
  variables: (Variable | undefined)[];
}

/** Of a longer text the beginning and the end are compared; what is between is one token. */
const MAX_TOKENS = 2000;
const TAIL_TOKENS = 800;
/** A text is known again by so many of its runs of three tokens, and by those at its beginning. */
const SKETCH_RUNS = 48;
const FIRST_RUNS = 8;
export const SKETCH_RUN = 3;

/** One wording of a template: what of it is fixed, and what was seen of it. */
export interface Wording {
  id: string;
  /** Undefined as long as it is like no template that is known. */
  templateId: string | undefined;
  /** It is known what of it is fixed: it was made of several texts, or was seen often. */
  trusted: boolean;
  pattern: PromptPattern;
  literalLength: number;
  /** Calls that followed it, and the first and last time of them, Unix ms. */
  count: number;
  firstMs: number;
  lastMs: number;
  /** What was seen in each variable, in the order of the pattern. */
  observations: Observations[];
}

export function createWording(given: Omit<Wording, "literalLength">): Wording {
  return { ...given, literalLength: literalLength(given.pattern) };
}

/** Counts a call. `values` are those of {@link matchPattern}. */
export function observeCall(wording: Wording, values: readonly string[], timeMs: number): void {
  wording.count += 1;
  widenTime(wording, timeMs, timeMs);
  for (const [index, value] of values.entries()) {
    const observations = wording.observations[index];
    if (observations) observeValue(observations, value, timeMs);
  }
}

export function widenTime(wording: Wording, firstMs: number, lastMs: number): void {
  if (firstMs < wording.firstMs) wording.firstMs = firstMs;
  if (lastMs > wording.lastMs) wording.lastMs = lastMs;
}

export function tokensOf(pattern: PromptPattern): TokenList {
  const list: TokenList = { texts: [], hashes: [], variables: [] };
  for (const piece of pattern) {
    if (typeof piece !== "string") {
      list.texts.push("");
      list.hashes.push(-1);
      list.variables.push(piece);
      continue;
    }
    for (const token of tokenise(piece)) {
      list.texts.push(token);
      list.hashes.push(hashText(token));
      list.variables.push(undefined);
    }
  }
  return pattern.length === 1 ? cutMiddle(list) : list;
}

function cutMiddle({ texts, hashes, variables }: TokenList): TokenList {
  if (texts.length <= MAX_TOKENS) return { texts, hashes, variables };
  const from = MAX_TOKENS - TAIL_TOKENS;
  const count = texts.length - MAX_TOKENS;
  const middle = texts.splice(from, count).join("");
  texts.splice(from, 0, middle);
  hashes.splice(from, count, hashText(middle));
  variables.splice(from, count, undefined);
  return { texts, hashes, variables };
}

/** The tokens from…to as a pattern; neighbouring texts are one. */
export function patternOfTokens(list: TokenList, from: number, to: number): PromptPattern {
  const pattern: PromptPattern = [];
  for (let i = from; i < to; i++) appendPiece(pattern, list.variables[i] ?? (list.texts[i] as string));
  return pattern;
}

/** Adds a piece to a pattern; texts join, and of two variables in a row the first stays. */
export function appendPiece(pattern: PromptPattern, piece: string | Variable): void {
  const last = pattern.at(-1);
  if (typeof piece === "string") {
    if (piece === "") return;
    if (typeof last === "string") pattern[pattern.length - 1] = last + piece;
    else pattern.push(piece);
  } else if (last === undefined || typeof last === "string") pattern.push(piece);
  else if (piece.shape !== last.shape && piece.shape === "block")
    pattern[pattern.length - 1] = { ...last, shape: "block" };
}

/** For each token of `a` the token of `b` that it is, or -1. */
export function alignPrompts(a: TokenList, b: TokenList): Int32Array {
  return alignMessages(a.hashes, b.hashes, marksOf(a), marksOf(b));
}

function marksOf({ texts }: TokenList): number[] {
  const marks: number[] = [];
  for (const [index, text] of texts.entries()) if (text.startsWith("\u0001")) marks.push(index);
  return marks;
}

/** Some runs of the fixed tokens, the same ones wherever they stand: what two texts share is likely in both sketches. */
export function sketchOf({ hashes }: TokenList): Set<number> {
  const runs: number[] = [];
  const first: number[] = [];
  for (let i = 0; i + SKETCH_RUN <= hashes.length; i++) {
    const run = hashRun(hashes, i, SKETCH_RUN);
    if (run < 0) continue;
    if (first.length < FIRST_RUNS) first.push(run);
    runs.push(run);
  }
  runs.sort((a, b) => a - b);
  return new Set([...first, ...runs.slice(0, SKETCH_RUNS)]);
}

/** Words that are fixed. */
export function countWords(list: TokenList, from = 0, to = list.texts.length): number {
  let words = 0;
  for (let i = from; i < to; i++) {
    if (list.variables[i] === undefined && isWord(list.texts[i] as string)) words += 1;
  }
  return words;
}
