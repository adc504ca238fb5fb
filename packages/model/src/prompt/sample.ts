import { joinPattern, ROLE_START, variablesOf, type PromptPattern, type Variable } from "./pattern.ts";
import { hashText, isWord, tokenise } from "./tokenise.ts";

/** A prompt that was seen, kept to learn from, or a pattern that takes the place of the prompts that were. */
export interface Sample {
  text: string;
  /** Of the text alone: which of many prompts are kept does not depend on the order in which they come. */
  rank: number;
  /** Calls that had just this text, and the first and last time of them, Unix ms. */
  count: number;
  firstMs: number;
  lastMs: number;
  /** Set when first needed; see {@link tokensOf}. */
  tokens: Tokens | undefined;
  /** Set when it is a pattern: its variables, in the order of the text. */
  variables?: readonly Variable[];
}

/** A text in tokens: their hashes, and where each begins; `starts` has one more, the end of the text. */
export interface Tokens {
  hashes: Int32Array;
  starts: Uint32Array;
  /** Tokens that begin a message. */
  marks: number[];
}

/** Stands for a variable in a text: equal to nothing, not even itself. */
export const VARIABLE = "\u0000";
export const VARIABLE_HASH = -1;

/** Of a longer message the beginning and the end are compared by words; what is between, by lines. */
const HEAD_CHARS = 2400;
const TAIL_CHARS = 1600;
const BETWEEN_CHARS = 600;
const MESSAGE_START = new RegExp(`(?=${ROLE_START})`);
const LINE = /[^\n]*\n+|[^\n]+$/g;

export function createSample(text: string, timeMs: number): Sample {
  return { text, rank: rankOf(text), count: 1, firstMs: timeMs, lastMs: timeMs, tokens: undefined };
}

/** A pattern as a sample: its fixed text is known, the values that were seen are not. */
export function sampleOfPattern(
  pattern: PromptPattern,
  times: { count: number; firstMs: number; lastMs: number },
): Sample {
  const { count, firstMs, lastMs } = times;
  return {
    text: joinPattern(pattern),
    rank: -1,
    count,
    firstMs,
    lastMs,
    tokens: undefined,
    variables: variablesOf(pattern),
  };
}

export function isPattern({ rank }: Sample): boolean {
  return rank < 0;
}

/** The pattern that {@link sampleOfPattern} was given. */
export function patternOfSample({ text, variables = [] }: Sample): PromptPattern {
  const pattern: PromptPattern = [];
  for (const [i, part] of text.split(VARIABLE).entries()) {
    if (i > 0) pattern.push(variables[i - 1] as Variable);
    if (part !== "") pattern.push(part);
  }
  return pattern;
}

/** A number of a text, from some of its characters: reading all of a long one would cost more than finding its wording. */
export function rankOf(text: string): number {
  const step = Math.max(1, Math.floor(text.length / 128));
  let hash = Math.imul(text.length ^ 0x811c9dc5, 0x01000193);
  for (let i = text.length - 1; i >= 0; i -= step) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function tokensOf(sample: Sample): Tokens {
  return (sample.tokens ??= readTokens(sample.text));
}

function readTokens(text: string): Tokens {
  const hashes: number[] = [];
  const starts: number[] = [];
  const marks: number[] = [];
  let at = 0;
  const add = (token: string): void => {
    hashes.push(toHash(token));
    starts.push(at);
    at += token.length;
  };
  for (const message of text.split(MESSAGE_START)) {
    if (message.startsWith(ROLE_START)) marks.push(hashes.length);
    const [head, middle, tail] = splitLong(message);
    for (const token of tokenise(head)) add(token);
    for (const line of middle.match(LINE) ?? []) add(line);
    for (const token of tokenise(tail)) add(token);
  }
  starts.push(text.length);
  return { hashes: Int32Array.from(hashes), starts: Uint32Array.from(starts), marks };
}

/** The beginning and the end of a long message, cut between paragraphs where there are any, and what is between. */
function splitLong(message: string): [head: string, middle: string, tail: string] {
  if (message.length <= HEAD_CHARS + TAIL_CHARS + BETWEEN_CHARS) return [message, "", ""];
  const headEnd = endOfLine(message, HEAD_CHARS);
  const tailStart = endOfLine(message, message.length - TAIL_CHARS - BETWEEN_CHARS);
  if (tailStart <= headEnd) return [message, "", ""];
  return [message.slice(0, headEnd), message.slice(headEnd, tailStart), message.slice(tailStart)];
}

function endOfLine(text: string, from: number): number {
  const part = text.slice(from, from + BETWEEN_CHARS);
  for (const end of ["\n\n", "\n", ""]) {
    const found = part.indexOf(end);
    if (found >= 0) return from + found + end.length;
  }
  return from;
}

/** Never negative, but for a variable. */
function toHash(token: string): number {
  return token.includes(VARIABLE) ? VARIABLE_HASH : hashText(token) >>> 1;
}

export function tokenText(sample: Sample, at: number): string {
  return textBetween(sample, at, at + 1);
}

/** The text of the tokens from…to. */
export function textBetween(sample: Sample, from: number, to: number): string {
  const { starts } = tokensOf(sample);
  return sample.text.slice(starts[from], starts[to]);
}

/** The roles of its messages: prompts of other messages are of another pattern. */
export function rolesOf(sample: Sample): string {
  return tokensOf(sample)
    .marks.map((mark) => tokenText(sample, mark))
    .join("");
}

/** Number of words in a text, variables apart. */
export function literalWords(sample: Sample): number {
  let words = 0;
  for (let i = 0; i < tokensOf(sample).hashes.length; i++) if (isWord(tokenText(sample, i))) words += 1;
  return words;
}
