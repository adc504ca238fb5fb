import { FILTER_FIELDS, type FilterField } from "@nightowl/model/filter/filter";
import { findFilterField } from "@nightowl/model/filter/parse-filter";
import { printEquals, printTerm } from "@nightowl/model/filter/print-filter";

/** One term of a filter text as it stands there; offsets are into the text. */
export interface FilterToken {
  start: number;
  end: number;
  negated: boolean;
  /** The field's name (with `@` for an attribute), and the offset behind its colon. */
  field?: { name: string; end: number };
}

/** Splits a filter text at spaces outside quotes. Only for showing and completing it; its meaning is parseFilter's. */
export function tokeniseFilter(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  let start = 0;
  while (start < text.length) {
    if (/\s/.test(text.charAt(start))) {
      start++;
      continue;
    }
    const end = tokenEnd(text, start);
    tokens.push(readToken(text, start, end));
    start = end;
  }
  return tokens;
}

function tokenEnd(text: string, start: number): number {
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i);
    if (quoted && char === "\\") i++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(char)) return i;
  }
  return text.length;
}

function readToken(text: string, start: number, end: number): FilterToken {
  const word = text.slice(start, end);
  const negated = word.startsWith("-");
  const match = /^-?(@"[^"]*"|@[^\s":]+|[a-z][a-z0-9_.-]*):(?!\/\/)/i.exec(word);
  if (match?.[1] === undefined) return { start, end, negated };
  return { start, end, negated, field: { name: match[1].replaceAll('"', ""), end: start + match[0].length } };
}

/** What stands at the caret and may be completed: `start` to `end` is what a suggestion replaces. */
export type FilterCompletion =
  | { type: "field"; prefix: string; start: number; end: number }
  | { type: "value"; field: FilterField; prefix: string; start: number; end: number };

/** Undefined where nothing can be suggested: in quoted text, or behind a field that does not exist. */
export function completionAt(text: string, caret: number): FilterCompletion | undefined {
  const token = tokeniseFilter(text).find(({ start, end }) => start <= caret && caret <= end);
  if (token === undefined) return { type: "field", prefix: "", start: caret, end: caret };
  const wordStart = token.start + (token.negated ? 1 : 0);
  if (token.field === undefined || caret < token.field.end) {
    const end = token.field?.end ?? token.end;
    const prefix = text.slice(wordStart, caret);
    return prefix.startsWith('"') ? undefined : { type: "field", prefix, start: wordStart, end };
  }
  const field = findFilterField(token.field.name.toLowerCase()) ?? findFilterField(token.field.name);
  if (field === undefined) return undefined;
  const start = valueStart(text, token.field.end, caret);
  const typed = text.slice(start, caret);
  return {
    type: "value",
    field,
    prefix: typed.replaceAll('"', ""),
    start,
    end: valueEnd(text, start, token.end),
  };
}

/** Behind the last comma outside quotes, before the caret. */
function valueStart(text: string, from: number, caret: number): number {
  let quoted = false;
  let start = from;
  for (let i = from; i < caret; i++) {
    if (text.charAt(i) === '"') quoted = !quoted;
    else if (!quoted && text.charAt(i) === ",") start = i + 1;
  }
  return start;
}

function valueEnd(text: string, start: number, tokenEndAt: number): number {
  let quoted = false;
  for (let i = start; i < tokenEndAt; i++) {
    if (text.charAt(i) === '"') quoted = !quoted;
    else if (!quoted && text.charAt(i) === ",") return i;
  }
  return tokenEndAt;
}

export interface Suggestion {
  /** What is put into the text. */
  insert: string;
  label: string;
  hint?: string;
  /** A value completes the term, so that the filter can be applied at once. */
  complete: boolean;
}

const DURATIONS = [">1s", ">5s", ">30s", "<=300ms"];
const NUMBERS: Record<string, string[]> = {
  tokens: [">1000", ">10k", ">100k"],
  cost: [">0.01", ">0.1", ">1"],
  spans: [">10", ">100", ">1000"],
};

/** Suggestions that need no server: fields, enum values, and examples of comparisons. */
export function suggestFromGrammar(completion: FilterCompletion): Suggestion[] {
  if (completion.type === "field") {
    const prefix = completion.prefix.toLowerCase();
    return FILTER_FIELDS.filter(({ name }) => name.startsWith(prefix)).map(({ name, hint }) => ({
      insert: `${name}:`,
      label: `${name}:`,
      hint,
      complete: false,
    }));
  }
  const { field, prefix } = completion;
  const examples =
    field.type === "enum"
      ? (field.values ?? [])
      : field.type === "duration"
        ? DURATIONS
        : (NUMBERS[field.name] ?? []);
  return examples
    .filter((value) => value.startsWith(prefix.toLowerCase()) && value !== prefix)
    .map((value) => ({ insert: value, label: value, complete: true }));
}

/** A value of the data as the filter text that matches exactly it, quoted where needed. */
export function valueText(field: string, value: string): string {
  return printEquals(field, value).slice(
    printTerm({ type: "field", field, op: "=", values: [""], negated: false }).length - 2,
  );
}

/** The text with a suggestion in place, and where the caret goes. A completed term gets a space behind it. */
export function applySuggestion(
  text: string,
  completion: FilterCompletion,
  suggestion: Suggestion,
): { text: string; caret: number } {
  const after = text.slice(completion.end);
  const space = suggestion.complete && !/^[\s,]/.test(after) ? " " : "";
  const before = text.slice(0, completion.start) + suggestion.insert + space;
  return { text: before + after, caret: before.length };
}
