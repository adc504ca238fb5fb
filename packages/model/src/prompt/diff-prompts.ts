import { diffArrays } from "diff";
import type { ToolDefinition } from "../span/message.ts";
import type { PatternMessage } from "./pattern.ts";
import { tokenise } from "./tokenise.ts";

/** A part of a line: text, or a variable by its name. `changed` where the other side has something else. */
export interface DiffPiece {
  text: string;
  isVariable: boolean;
  changed: boolean;
}

export interface DiffLine {
  kind: "same" | "removed" | "added";
  /** Number of the line on either side, from 1; undefined on the side that has it not. */
  before: number | undefined;
  after: number | undefined;
  pieces: DiffPiece[];
}

export interface DiffSection {
  /** The role of a message, or `tools`, `parameters`, `model`. */
  title: string;
  lines: DiffLine[];
}

/** What two prompts are compared by. */
export interface PromptSide {
  messages: readonly PatternMessage[];
  tools: readonly ToolDefinition[];
  parameters: Readonly<Record<string, unknown>>;
  models: readonly string[];
}

/** A line before it is compared: tokens, of which some are variables. */
type Line = { text: string; isVariable: boolean }[];

/** Two lines of which less than this share is the same are not versions of one another. */
const ALIKE = 0.35;

/**
 * How one prompt became another: messages in order, each by lines and within a line by words, where a variable is one word;
 * then tools, parameters and models. Sections without anything on either side are left out.
 */
export function diffPrompts(before: PromptSide, after: PromptSide): DiffSection[] {
  const sections = diffMessages(before.messages, after.messages);
  const add = (title: string, a: readonly string[], b: readonly string[]): void => {
    if (a.length + b.length > 0) sections.push({ title, lines: diffLines(a.map(textLine), b.map(textLine)) });
  };
  add("tools", before.tools.flatMap(printTool), after.tools.flatMap(printTool));
  add("parameters", printParameters(before.parameters), printParameters(after.parameters));
  add("model", before.models, after.models);
  return sections;
}

/** True when some line of some section differs. */
export function hasChanges(sections: readonly DiffSection[]): boolean {
  return sections.some(({ lines }) => lines.some(({ kind }) => kind !== "same"));
}

function diffMessages(before: readonly PatternMessage[], after: readonly PatternMessage[]): DiffSection[] {
  const sections: DiffSection[] = [];
  let [a, b] = [0, 0];
  for (const { count, added, removed } of diffArrays(
    before.map(({ role }) => role),
    after.map(({ role }) => role),
  )) {
    for (let i = 0; i < count; i++) {
      const left = added ? undefined : before[a++];
      const right = removed ? undefined : after[b++];
      sections.push({
        title: (left ?? right)?.role ?? "",
        lines: diffLines(left ? linesOf(left) : [], right ? linesOf(right) : []),
      });
    }
  }
  return sections;
}

function linesOf({ pieces }: PatternMessage): Line[] {
  const lines: Line[] = [[]];
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      lines.at(-1)?.push({ text: piece.name, isVariable: true });
      continue;
    }
    for (const [index, text] of piece.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (text !== "") lines.at(-1)?.push(...wordsOf(text));
    }
  }
  return lines;
}

function textLine(text: string): Line {
  return wordsOf(text);
}

/** Words and the blanks between them apart, so that a change of a word is not one of the blank behind it. */
function wordsOf(text: string): Line {
  return tokenise(text).flatMap((token) => {
    const word = token.trimEnd();
    const blank = token.slice(word.length);
    return [word, blank].filter((part) => part !== "").map((part) => ({ text: part, isVariable: false }));
  });
}

function keyOf(line: Line): string {
  return line.map(wordKey).join("");
}

function wordKey({ text, isVariable }: Line[number]): string {
  return isVariable ? `\u0000${text}\u0000` : text;
}

/** Lines in the order in which a person reads a change: what was removed before what took its place. */
function diffLines(before: readonly Line[], after: readonly Line[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  let removed: Line[] = [];
  const flush = (added: readonly Line[]): void => {
    for (const [left, right] of pairUp(removed, added)) {
      const pieces = left && right ? diffWords(left, right) : undefined;
      if (left)
        lines.push({
          kind: "removed",
          before: ++a,
          after: undefined,
          pieces: pieces?.[0] ?? whole(left, true),
        });
      if (right)
        lines.push({
          kind: "added",
          before: undefined,
          after: ++b,
          pieces: pieces?.[1] ?? whole(right, true),
        });
    }
    removed = [];
  };
  const changes = diffArrays([...before], [...after], { comparator: (x, y) => keyOf(x) === keyOf(y) });
  for (const change of changes) {
    if (change.removed) removed = change.value;
    else if (change.added) flush(change.value);
    else {
      flush([]);
      for (const line of change.value)
        lines.push({ kind: "same", before: ++a, after: ++b, pieces: whole(line, false) });
    }
  }
  flush([]);
  return lines;
}

/** Each removed line beside the added one that it became, in order; the others alone. */
function pairUp(removed: readonly Line[], added: readonly Line[]): [Line | undefined, Line | undefined][] {
  const pairs: [Line | undefined, Line | undefined][] = [];
  let next = 0;
  for (const left of removed) {
    const at = added.findIndex((right, i) => i >= next && likeness(left, right) >= ALIKE);
    if (at < 0) {
      pairs.push([left, undefined]);
      continue;
    }
    for (; next < at; next++) pairs.push([undefined, added[next]]);
    pairs.push([left, added[next++]]);
  }
  for (; next < added.length; next++) pairs.push([undefined, added[next]]);
  return pairs;
}

function likeness(a: Line, b: Line): number {
  const words = (line: Line): string[] => line.map(wordKey).filter((word) => word.trim() !== "");
  const left = words(a);
  const right = words(b);
  const rest = new Map<string, number>();
  for (const word of right) rest.set(word, (rest.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of left) {
    const count = rest.get(word) ?? 0;
    if (count === 0) continue;
    shared += 1;
    rest.set(word, count - 1);
  }
  return (2 * shared) / Math.max(1, left.length + right.length);
}

function diffWords(left: Line, right: Line): [DiffPiece[], DiffPiece[]] {
  const before: boolean[] = [];
  const after: boolean[] = [];
  const changes = diffArrays(left, right, { comparator: (x, y) => wordKey(x) === wordKey(y) });
  for (const { count, added, removed } of changes) {
    for (let i = 0; i < count; i++) {
      if (!added) before.push(removed);
      if (!removed) after.push(added);
    }
  }
  return [mark(left, before), mark(right, after)];
}

/** A single space is changed where the words at both sides of it are. */
function mark(line: Line, changed: readonly boolean[]): DiffPiece[] {
  const pieces: DiffPiece[] = [];
  for (const [i, word] of line.entries()) {
    const isSpace = word.text === " " && i > 0 && i < line.length - 1;
    append(
      pieces,
      [word],
      isSpace ? changed[i - 1] === true && changed[i + 1] === true : changed[i] === true,
    );
  }
  return pieces;
}

function whole(line: Line, changed: boolean): DiffPiece[] {
  const pieces: DiffPiece[] = [];
  append(pieces, line, changed);
  return pieces;
}

function append(pieces: DiffPiece[], words: Line, changed: boolean): void {
  for (const { text, isVariable } of words) {
    const last = pieces.at(-1);
    if (last && !isVariable && !last.isVariable && last.changed === changed) last.text += text;
    else pieces.push({ text, isVariable, changed });
  }
}

/** `search_docs(query: string, top_k?: integer)`, and the lines of its description. */
export function printTool({ name, description, parameters }: ToolDefinition): string[] {
  const { properties, required } = (parameters ?? {}) as { properties?: unknown; required?: unknown };
  const needed = new Set(Array.isArray(required) ? required : []);
  const list = Object.entries((properties ?? {}) as Record<string, unknown>).map(([key, schema]) => {
    const { type, default: standard } = (schema ?? {}) as { type?: unknown; default?: unknown };
    const kind = Array.isArray(type) ? type.join(" | ") : typeof type === "string" ? type : "any";
    return `${key}${needed.has(key) ? "" : "?"}: ${kind}${standard === undefined ? "" : ` = ${JSON.stringify(standard)}`}`;
  });
  const lines = (description ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return [`${name}(${list.join(", ")})`, ...lines.map((line) => `    ${line}`)];
}

function printParameters(parameters: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`);
}

/** Lines beside each other: what was removed at the left of what was added in its place. */
export function sideBySide(
  lines: readonly DiffLine[],
): { left: DiffLine | undefined; right: DiffLine | undefined }[] {
  const rows: { left: DiffLine | undefined; right: DiffLine | undefined }[] = [];
  let waiting: DiffLine[] = [];
  const flush = (): void => {
    for (const left of waiting) rows.push({ left, right: undefined });
    waiting = [];
  };
  for (const line of lines) {
    if (line.kind === "removed") waiting.push(line);
    else if (line.kind === "added") {
      const left = waiting.shift();
      rows.push({ left, right: line });
    } else {
      flush();
      rows.push({ left: line, right: line });
    }
  }
  flush();
  return rows;
}
