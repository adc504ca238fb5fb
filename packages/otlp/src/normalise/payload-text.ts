import type { Document, Payload } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { calledText, isHollow, lastAnswered, lastSaid, messageText, resultText } from "./message-text.ts";
import { readDocuments } from "./read-documents.ts";
import { readMessages } from "./read-messages.ts";
import { readParts } from "./read-parts.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { firstOf, isRecord, jsonText } from "./record.ts";

/** What a payload is looked through for: a question or an answer. */
export interface Side {
  /** What is said in a conversation; `""` where there are messages that say nothing, `undefined` where there are none. */
  spokenIn: (value: unknown) => string | undefined;
  /** Members that hold what was said, the best first. */
  wrappers: readonly string[];
  /** Of several places the last one, which is where a run ended. */
  isLast: boolean;
}

const ASKED = [
  "question",
  "input",
  "query",
  "query_str",
  "query_bundle",
  "str_or_query_bundle",
  "prompt",
  "user_prompt",
  "task",
  // What a runner of Google's ADK is given.
  "new_message",
];
// AutoGen tells of an agent's turn in a `chat_message`.
const SAID = ["text", "message", "chat_message", "content"];
const ANSWERED = ["output", "answer", "response", "result", "raw"];

export const INPUT_SIDE: Side = {
  spokenIn: (value) => {
    const messages = readPromptPayload(value);
    return messages.length === 0 ? undefined : lastSaid(messages);
  },
  wrappers: [...ASKED, ...SAID, ...ANSWERED, "messages", "update"],
  isLast: false,
};

export const OUTPUT_SIDE: Side = {
  spokenIn: (value) => {
    const { messages, isSilent } = readCompletionPayload(value);
    return messages.length === 0 && isSilent !== true ? undefined : lastAnswered(messages);
  },
  // The state that a graph gives back still has what was asked.
  wrappers: [...ANSWERED, ...SAID, "error", ...ASKED, "messages", "update"],
  isLast: true,
};

/** The text inside a payload, else what was `said` in messages, else all of it. */
export function payloadText(payload: Payload | undefined, side: Side, said: string): string {
  if (payload === undefined || payload.value.trim() === "") return said;
  if (payload.mimeType !== "application/json") return payload.value;
  const opened = jsonOf(payload.value);
  if (typeof opened === "string") return opened;
  if (isHollow(opened)) return said;
  if (Array.isArray(opened) && opened.every((item) => typeof item === "string")) return opened.join(" · ");
  const spoken = isRecord(opened) || Array.isArray(opened) ? side.spokenIn(opened) : undefined;
  return (
    spoken ||
    unwrappedText(opened, side) ||
    said ||
    (spoken ?? (innerText(opened, side) || legibleJson(payload.value, opened)))
  );
}

/** JSON as it was sent, but without Python's escapes of what is no ASCII (`Z\\u00fcrich`). */
function legibleJson(text: string, opened: unknown): string {
  return text.includes("\\u") ? jsonText(opened) : text;
}

const MAX_DEPTH = 4;

/** A question or an answer with one letter for a name; of a number, the letter is what it means. */
function lettered(value: Record<string, unknown>, side: Side): unknown {
  const text = side.isLast ? firstOf(value, "a", "q") : firstOf(value, "q", "a");
  return typeof text === "number" || typeof text === "boolean" ? undefined : text;
}

/** The one text inside common wrappers: `{"question": "…"}`, `{"output": {"content": "…"}}`, `[{"type": "text", …}]`. */
function unwrappedText(value: unknown, side: Side, depth = 0): string {
  if (depth > MAX_DEPTH) return "";
  if (Array.isArray(value)) return listText(value, side, depth);
  if (!isRecord(value)) return textOf(value) ?? "";
  if (hasRole(value)) return saidBy([value]);
  const inner = isRecord(value["kwargs"]) ? value["kwargs"] : value;
  // Genkit's, of a conversation that is kept.
  const kept = isRecord(inner["state"]) ? inner["state"] : undefined;
  const called = sdkCallText(inner);
  if (called !== "") return called;
  const wrapped = firstOf(inner, ...side.wrappers) ?? lettered(inner, side) ?? kept;
  if (wrapped !== undefined) return unwrappedText(wrapped, side, depth + 1);
  return Array.isArray(inner["documents"]) ? foundText(readDocuments(inner["documents"])) : "";
}

function listText(items: readonly unknown[], side: Side, depth: number): string {
  if (items.length === 0) return "";
  if (items.every(hasRole)) return saidBy(items);
  if (items.length === 1) return unwrappedText(items[0], side, depth + 1);
  if (items.every((item) => isRecord(item) && typeof item["type"] === "string")) {
    const parts = items.flatMap((item) => readParts(item));
    return parts.some(({ type }) => type === "raw") ? "" : messageText({ role: "user", parts });
  }
  const calls = items.map(sdkCallText);
  return calls.includes("") ? "" : calls.join(" ");
}

/** A tool's call as the AI SDK hands it on, with its result once there is one. */
function sdkCallText(item: unknown): string {
  if (!isRecord(item) || typeof item["toolName"] !== "string" || item["toolCallId"] === undefined) return "";
  const result = firstOf(item, "result", "output");
  if (result !== undefined) return resultText(result);
  if (firstOf(item, "type", "args", "input", "toolInput") === undefined) return "";
  return calledText(item["toolName"], firstOf(item, "args", "input", "toolInput") ?? {});
}

/** How many documents, and the text of the first. */
export function foundText(documents: readonly Document[]): string {
  const text = documents.find((document) => document.text !== undefined)?.text;
  const count = `${documents.length} ${documents.length === 1 ? "document" : "documents"}`;
  return `${count}${text === undefined ? "" : `: ${text}`}`;
}

/** The text where no wrapper is known: the only thing that an object says, or what one of its parts says. */
function innerText(value: unknown, side: Side, depth = 0): string {
  if (depth > MAX_DEPTH || !isRecord(value)) return "";
  const members = Object.values(value).filter((member) => !isHollow(member));
  const [only] = members;
  if (members.length === 1 && typeof only === "string") return isSentence(only) ? only : "";
  // The messages of a state without an answer are what was asked.
  for (const key of side.wrappers) {
    if (side.isLast && key === "messages") continue;
    const text = innerText(value[key], side, depth + 1);
    if (text !== "") return text;
  }
  if (!members.every((member) => typeof member === "object")) return "";
  const texts = members.map((member) => unwrappedText(member, side) || innerText(member, side, depth + 1));
  return (side.isLast ? texts.findLast(Boolean) : texts.find(Boolean)) ?? "";
}

/** Three words: one or two are better seen with the name of what they are. */
function isSentence(text: string): boolean {
  return /\S\s+\S+\s+\S/.test(text);
}

function hasRole(value: unknown): boolean {
  return isRecord(value) && typeof value["role"] === "string";
}

function saidBy(items: readonly unknown[]): string {
  return lastAnswered(readMessages(items, "assistant"));
}
