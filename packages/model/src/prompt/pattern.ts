import type { Message } from "../span/message.ts";

/** How much a variable holds, from what was seen of it: one word, text without a line break, or lines. */
export type VariableShape = "word" | "line" | "block";

/** A place in a prompt that is filled in anew for each call. */
export interface Variable {
  /** Unique within its pattern; guessed from what stands around it where nobody declared it. */
  name: string;
  shape: VariableShape;
}

/**
 * A prompt with the places left open that are filled in: texts and variables, never two of a kind in a row. Messages
 * follow each other in it, each begun by its role; see {@link promptTextOf}.
 */
export type PromptPattern = (string | Variable)[];

/** One message of a pattern, for people. */
export interface PatternMessage {
  role: string;
  pieces: PromptPattern;
}

/** Begins each message of a prompt's text, before its role. */
export const ROLE_START = "\u0001";
const ROLE_END = "\u0002";
const MARKS = new RegExp(`[${ROLE_START}${ROLE_END}]`, "g");
const MAX_PROMPT_CHARS = 256 * 1024;

/**
 * The part of a model call's input that a template makes: its system messages and the users' before the first answer, as
 * one text in which a mark and the role begin each message. `""` when there is none. What is no text (images, files)
 * stands as a word. Texts are cut at 256 Ki characters together.
 */
export function promptTextOf(inputMessages: readonly Message[]): string {
  let text = "";
  for (const { role, parts } of inputMessages) {
    if (role !== "system" && role !== "user") break;
    text += `${ROLE_START}${role}${ROLE_END}`;
    for (const [index, part] of parts.entries()) {
      if (index > 0) text += "\n";
      const own = part.type === "text" ? part.text : `[${part.type}]`;
      text += own.includes(ROLE_START) || own.includes(ROLE_END) ? own.replace(MARKS, " ") : own;
    }
    if (text.length > MAX_PROMPT_CHARS) return text.slice(0, MAX_PROMPT_CHARS);
  }
  return text;
}

/** A message's text as it stands in {@link promptTextOf}. */
export function markRole(role: string, text: string): string {
  return `${ROLE_START}${role}${ROLE_END}${text.replace(MARKS, " ")}`;
}

/** The messages of a pattern, in order. What stands before the first role belongs to `prompt`. */
export function patternMessages(pattern: PromptPattern): PatternMessage[] {
  const messages: PatternMessage[] = [];
  const current = (): PatternMessage => {
    let last = messages.at(-1);
    if (!last) messages.push((last = { role: "prompt", pieces: [] }));
    return last;
  };
  for (const piece of pattern) {
    if (typeof piece !== "string") {
      current().pieces.push(piece);
      continue;
    }
    const [before, ...rest] = piece.split(ROLE_START);
    if (before !== "") current().pieces.push(before as string);
    for (const message of rest) {
      const end = message.indexOf(ROLE_END);
      const text = message.slice(end + 1);
      messages.push({ role: message.slice(0, end), pieces: text === "" ? [] : [text] });
    }
  }
  return messages;
}

export function variablesOf(pattern: PromptPattern): Variable[] {
  return pattern.filter((piece) => typeof piece !== "string");
}

/** The pattern as a text that other patterns can be matched with: no prompt has what stands for a variable. */
export function joinPattern(pattern: PromptPattern): string {
  return pattern.map((piece) => (typeof piece === "string" ? piece : "\u0000")).join("");
}

/** Adds a piece to a pattern; texts join, and of two variables in a row the first stays. */
export function appendPiece(pattern: PromptPattern, piece: string | Variable): void {
  const last = pattern.at(-1);
  if (typeof piece === "string") {
    if (piece === "") return;
    if (typeof last === "string") pattern[pattern.length - 1] = last + piece;
    else pattern.push(piece);
  } else if (last === undefined || typeof last === "string") pattern.push(piece);
  else if (piece.shape !== last.shape)
    pattern[pattern.length - 1] = { ...last, shape: widestShape(last.shape, piece.shape) };
}

/** How much of the pattern is fixed, in characters: of two patterns that match, the one with more says more. */
export function literalLength(pattern: PromptPattern): number {
  return pattern.reduce((sum, piece) => sum + (typeof piece === "string" ? piece.length : 0), 0);
}

/**
 * The values of the pattern's variables in a text of {@link promptTextOf}, in order; undefined where the text does not
 * follow the pattern. A value that is larger than its variable's shape is no value of it.
 */
export function matchPattern(pattern: PromptPattern, text: string): string[] | undefined {
  return match(pattern, text, true);
}

/** {@link matchPattern} without regard to shapes: a value only must not reach into another message. */
export function matchLoosely(pattern: PromptPattern, text: string): string[] | undefined {
  return match(pattern, text, false);
}

function match(pattern: PromptPattern, text: string, strict: boolean): string[] | undefined {
  const values: string[] = [];
  const lastIndex = pattern.length - 1;
  let at = 0;
  let open: Variable | undefined;
  for (let i = 0; i <= lastIndex; i++) {
    const piece = pattern[i] as string | Variable;
    if (typeof piece !== "string") {
      open = piece;
      continue;
    }
    let found: number;
    if (!open) found = text.startsWith(piece, at) ? at : -1;
    else if (i === lastIndex) found = text.endsWith(piece) ? text.length - piece.length : -1;
    else found = text.indexOf(piece, at);
    if (found < at) return undefined;
    if (open) {
      const value = text.slice(at, found);
      if (!fits(value, strict ? open.shape : "block")) return undefined;
      values.push(value);
      open = undefined;
    }
    at = found + piece.length;
  }
  if (!open) return at === text.length ? values : undefined;
  const value = text.slice(at);
  if (!fits(value, strict ? open.shape : "block")) return undefined;
  values.push(value);
  return values;
}

/** The narrowest shape that holds a value. */
export function shapeOf(value: string): VariableShape {
  if (value.includes("\n")) return "block";
  return /\s/.test(value.trim()) ? "line" : "word";
}

export function widestShape(a: VariableShape, b: VariableShape): VariableShape {
  if (a === "block" || b === "block") return "block";
  return a === "line" || b === "line" ? "line" : "word";
}

function fits(value: string, shape: VariableShape): boolean {
  if (value.includes(ROLE_START)) return false;
  if (shape === "block") return true;
  if (value.includes("\n")) return false;
  return shape === "line" || !/\s/.test(value.trim());
}

/** The pattern as text, with `{name}` for each variable, and each message on lines of its own. */
export function printPattern(pattern: PromptPattern): string {
  return patternMessages(pattern)
    .map(
      ({ role, pieces }) =>
        `${role}:\n${pieces.map((piece) => (typeof piece === "string" ? piece : `{${piece.name}}`)).join("")}`,
    )
    .join("\n\n");
}

/** The first words that are fixed, for a template that has no name: at most 60 characters. */
export function titleOf(pattern: PromptPattern): string {
  for (const { pieces } of patternMessages(pattern)) {
    const text = pieces.map((piece) => (typeof piece === "string" ? piece : "…")).join("");
    const line = text
      .split("\n")
      .map((each) => each.replace(/^[\s#*>-]+/, "").trim())
      .find((each) => /[\p{L}\p{N}]{2}/u.test(each));
    if (line === undefined) continue;
    const sentence = /^.{12,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
    return sentence.length > 60 ? `${sentence.slice(0, 59).trimEnd()}…` : sentence;
  }
  return "";
}
