import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { Payload, Span } from "@nightowl/model/span/span";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "./read-messages.ts";
import { readCompletionPayload, readPromptPayload } from "./read-payloads.ts";
import { firstOf, isRecord, jsonText } from "./record.ts";

/** Code points of a preview, its ellipsis included. */
export const PREVIEW_LENGTH = 200;

/** What a person sees of a span in a list: one line each, at most {@link PREVIEW_LENGTH} code points; `""` for nothing. */
export interface Previews {
  inputPreview: string;
  outputPreview: string;
}

/**
 * A span's input and output as one line each, chosen for a human: the last thing the user said and what the
 * model answered or called, a tool's arguments and result, a retriever's query and what it found,
 * the text inside the wrappers that chains put around it.
 */
export function previewOf(span: Span): Previews {
  return { inputPreview: oneLine(inputOf(span)), outputPreview: oneLine(outputOf(span)) };
}

function inputOf(span: Span): string {
  if (span.kind === "TOOL" && span.tool?.arguments !== undefined) return plainText(span.tool.arguments);
  if (span.query !== undefined) return span.query;
  if (span.embeddings.length > 0) return embeddedTexts(span);
  const said = lastSaid(span.inputMessages);
  if (span.kind === "AGENT" && said !== "") return said;
  // Some prompts are instructions only.
  const isInstructed = span.inputMessages.every(({ role }) => role === "system");
  if (span.kind === "LLM" && span.inputMessages.length > 0)
    return isInstructed ? lastText(span.inputMessages) : said;
  return payloadText(span.input, INPUT_SIDE, said);
}

function outputOf(span: Span): string {
  if (span.kind === "TOOL" && span.tool?.result !== undefined) return plainText(span.tool.result);
  if (span.kind === "RETRIEVER" || span.kind === "RERANKER") {
    const isEmpty = span.output?.mimeType === "application/json" && isHollow(jsonOf(span.output.value));
    if (span.documents.length > 0 || isEmpty) return foundDocuments(span);
  }
  const size = embeddedSize(span);
  if (size !== "") return size;
  if (span.kind === "LLM" && span.outputMessages.length > 0)
    return span.outputMessages.map(messageText).filter(Boolean).join(" ");
  // A prompt is what will be said, by whomever.
  if (span.kind === "PROMPT") return payloadText(span.output, INPUT_SIDE, lastSaid(span.outputMessages));
  const said = lastAnswered(span.outputMessages);
  // What an agent called on its way is not what it gave back in the end.
  const told = span.kind === "AGENT" ? lastSpoken(span.outputMessages) : said;
  return payloadText(span.output, OUTPUT_SIDE, told) || said;
}

/** What was asked in a payload, `""` where there are messages that say nothing, `undefined` where there are none. */
function askedIn(value: unknown): string | undefined {
  const messages = readPromptPayload(value);
  return messages.length === 0 ? undefined : lastSaid(messages);
}

function answeredIn(value: unknown): string | undefined {
  const { messages, isSilent } = readCompletionPayload(value);
  return messages.length === 0 && isSilent !== true ? undefined : lastAnswered(messages);
}

function foundDocuments(span: Span): string {
  const count = span.documents.length;
  const text = span.documents.find((document) => document.text !== undefined)?.text;
  return `${count} ${count === 1 ? "document" : "documents"}${text === undefined ? "" : `: ${text}`}`;
}

function embeddedTexts(span: Span): string {
  const texts = span.embeddings.map((embedding) => embedding.text).filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join(" · ") : payloadText(span.input, INPUT_SIDE, "");
}

function embeddedSize(span: Span): string {
  const vectors = span.embeddings.filter((embedding) => embedding.dimensions !== undefined);
  const dimensions = vectors[0]?.dimensions;
  if (dimensions === undefined) return "";
  const count = `${vectors.length} ${vectors.length === 1 ? "vector" : "vectors"}`;
  const isEven = vectors.every((embedding) => embedding.dimensions === dimensions);
  return isEven ? `${count} of ${dimensions} dimensions` : count;
}

/**
 * The last message of the user; where the model goes on after a tool, the tool's answer is not what was asked. Where the
 * user's words were not captured, what the model said before them is no question either.
 */
function lastSaid(messages: readonly Message[]): string {
  const isUser = ({ role }: Message) => role === "user";
  const byUser = lastText(messages.filter(isUser));
  if (byUser !== "") return byUser;
  const others = messages.some(isUser)
    ? messages.filter(({ role }) => role === "tool")
    : messages.filter(({ role }) => role !== "system");
  return lastText(others);
}

function lastText(messages: readonly Message[]): string {
  return messages.map(messageText).findLast((text) => text !== "") ?? "";
}

/** What an agent or chain said in the end: the last text, else the last thing the model did; instructions are neither. */
function lastAnswered(messages: readonly Message[]): string {
  const spoken = lastSpoken(messages);
  if (spoken !== "") return spoken;
  const last =
    messages.findLast(({ role }) => role === "assistant") ??
    messages.findLast(({ role }) => role !== "system");
  return last === undefined ? "" : messageText(last);
}

function lastSpoken(messages: readonly Message[]): string {
  const texts = messages.map((message) => (message.role === "assistant" ? textOfParts(message) : ""));
  return texts.findLast((text) => text !== "") ?? "";
}

function textOfParts(message: Message): string {
  const texts = message.parts.map((part) => (part.type === "text" ? part.text : ""));
  return texts
    .filter((text) => text !== "")
    .join(" ")
    .trim();
}

function messageText(message: Message): string {
  const calls = message.parts.map(callText).filter((text) => text !== "");
  const spoken = [textOfParts(message), ...calls].join(" ").trim();
  return spoken === "" ? message.parts.map(partText).filter(Boolean).join(" ") : spoken;
}

function callText(part: MessagePart): string {
  return part.type === "tool_call" ? `${part.name}(${argumentsText(part.arguments)})` : "";
}

function argumentsText(value: unknown): string {
  return isRecord(value) && Object.keys(value).length === 0 ? "" : plainText(value);
}

/** A word for what is not text. */
function partText(part: MessagePart): string {
  switch (part.type) {
    case "reasoning":
      return part.text;
    case "tool_result":
      return part.result === null ? "" : plainText(part.result);
    case "image":
    case "audio":
    case "file":
      return `[${part.type}]`;
    case "raw":
      return plainText(part.value);
    default:
      return "";
  }
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}

interface Side {
  spokenIn: (value: unknown) => string | undefined;
  wrappers: readonly string[];
}

/** The text inside a payload, else what was `said` in messages, else all of it. */
function payloadText(payload: Payload | undefined, { spokenIn, wrappers }: Side, said: string): string {
  if (payload === undefined || payload.value.trim() === "") return said;
  if (payload.mimeType !== "application/json") return payload.value;
  const opened = jsonOf(payload.value);
  if (typeof opened === "string") return opened;
  if (isHollow(opened)) return said;
  if (Array.isArray(opened) && opened.every((item) => typeof item === "string")) return opened.join(" · ");
  const spoken = isRecord(opened) || Array.isArray(opened) ? spokenIn(opened) : undefined;
  return spoken || unwrappedText(opened, wrappers) || said || (spoken ?? legibleJson(payload.value, opened));
}

/** Nothing but braces: `{}`, `{"text": "", "toolCalls": []}`. */
function isHollow(value: unknown, depth = 0): boolean {
  if (value === null || value === "") return true;
  if (typeof value !== "object" || depth > 4) return false;
  return Object.values(value).every((member) => isHollow(member, depth + 1));
}

/** JSON as it was sent, but without Python's escapes of what is no ASCII (`Z\\u00fcrich`). */
function legibleJson(text: string, opened: unknown): string {
  return text.includes("\\u") ? jsonText(opened) : text;
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
];
// AutoGen tells of an agent's turn in a `chat_message`.
const SAID = ["text", "message", "chat_message", "content"];
const ANSWERED = ["output", "answer", "response", "result", "raw"];
const INPUT_SIDE: Side = { spokenIn: askedIn, wrappers: [...ASKED, ...SAID, ...ANSWERED, "messages"] };
/** The state that a graph gives back still has what was asked. */
const OUTPUT_SIDE: Side = { spokenIn: answeredIn, wrappers: [...ANSWERED, ...SAID, ...ASKED, "messages"] };

/** The one text inside common wrappers: `{"question": "…"}`, `{"output": {"content": "…"}}`. */
function unwrappedText(value: unknown, wrappers: readonly string[], depth = 0): string {
  if (depth > 4) return "";
  if (Array.isArray(value) && value.length > 0 && value.every(hasRole)) return saidBy(value);
  if (!isRecord(value)) return textOf(value) ?? "";
  if (hasRole(value)) return saidBy([value]);
  const inner = isRecord(value["kwargs"]) ? value["kwargs"] : value;
  // Genkit's, of a conversation that is kept.
  const kept = isRecord(inner["state"]) ? inner["state"] : undefined;
  const wrapped = firstOf(inner, ...wrappers) ?? kept;
  return wrapped === undefined ? "" : unwrappedText(wrapped, wrappers, depth + 1);
}

function hasRole(value: unknown): boolean {
  return isRecord(value) && typeof value["role"] === "string";
}

function saidBy(items: readonly unknown[]): string {
  return lastAnswered(readMessages(items, "assistant"));
}

/** White space as single spaces, control characters out, cut between code points, never through one. */
/** Enough of a long text for a preview, whatever is in it. */
const READ_LENGTH = PREVIEW_LENGTH * 5;
/** Anything but single spaces between words. */
const UNEVEN = /[^\S ]| {2}|\p{Cc}/u;

/** A text on one line: at most {@link PREVIEW_LENGTH} code points, well-formed, an ellipsis where it was cut. */
export function oneLine(text: string): string {
  let line = text.trimStart();
  const isLong = line.length > READ_LENGTH;
  if (isLong) line = line.slice(0, READ_LENGTH);
  if (UNEVEN.test(line)) line = line.replaceAll(/[\s\p{Cc}]+/gu, " ");
  line = line.trim();
  if (line.length < PREVIEW_LENGTH && !isLong) return line.toWellFormed();
  const points = /[\ud800-\udfff]/.test(line) ? Array.from(line.toWellFormed()) : undefined;
  const length = points?.length ?? line.length;
  if (length <= PREVIEW_LENGTH && !isLong) return points?.join("") ?? line;
  const kept = PREVIEW_LENGTH - 1;
  return `${points?.slice(0, kept).join("") ?? line.slice(0, kept)}…`;
}
