import { approvalOf, approvalText } from "@nightowl/model/span/approval";
import type { Message, MessagePart } from "@nightowl/model/span/message";
import { isRecord, jsonText } from "./record.ts";

/**
 * The last message of the user; where the model goes on after a tool, the tool's answer is not what was asked. Where the
 * user's words were not captured, what the model said before them is no question either.
 */
export function lastSaid(messages: readonly Message[]): string {
  const isUser = ({ role }: Message) => role === "user";
  const texts = messages.filter(isUser).map(messageText);
  const byUser = texts.findLast((text) => text !== "" && !QUOTED.test(text)) ?? lastOf(texts);
  if (byUser !== "") return byUser;
  const others = messages.some(isUser)
    ? messages.filter(({ role }) => role === "tool")
    : messages.filter(({ role }) => role !== "system");
  return lastText(others);
}

/** What Google's ADK tells an agent of the others before it, in the user's name. */
const QUOTED = /^For context: *(?:\[|below is a transcript)/;

/** The last message that says anything. */
export function lastText(messages: readonly Message[]): string {
  return lastOf(messages.map(messageText));
}

function lastOf(texts: readonly string[]): string {
  return texts.findLast((text) => text !== "") ?? "";
}

/** What an agent or chain said in the end: the last text, else the last thing the model did; instructions are neither. */
export function lastAnswered(messages: readonly Message[]): string {
  const spoken = lastSpoken(messages);
  if (spoken !== "") return spoken;
  const last =
    messages.findLast(({ role }) => role === "assistant") ??
    messages.findLast(({ role }) => role !== "system");
  return last === undefined ? "" : messageText(last);
}

/** The last thing that the assistant put into words. */
export function lastSpoken(messages: readonly Message[]): string {
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

/** What a message says and calls; where it does neither, what it thinks, shows or answers. */
export function messageText(message: Message): string {
  // What waits for a person's word says which call it is about.
  const asked = message.parts.map(askedText).filter((text) => text !== "");
  const calls = asked.length > 0 ? asked : message.parts.map(callText).filter((text) => text !== "");
  const spoken = [textOfParts(message), ...calls].join(" ").trim();
  return spoken === "" ? message.parts.map(partText).filter(Boolean).join(" ") : spoken;
}

function askedText(part: MessagePart): string {
  const approval = part.type === "raw" ? approvalOf(part.value) : undefined;
  return approval === undefined ? "" : approvalText(approval);
}

function callText(part: MessagePart): string {
  return part.type === "tool_call" ? calledText(part.name, part.arguments) : "";
}

/** `get_weather({"city":"Paris"})`. */
export function calledText(name: string, args: unknown): string {
  return `${name}(${argumentsText(args)})`;
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
      return part.result === null ? "" : resultText(part.result);
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

/** Members in which tools and the frameworks around them answer, or say why they failed. */
const RESULTS = new Set([
  "result",
  "output",
  "response",
  "answer",
  "text",
  "content",
  "message",
  "stdout",
  "error",
]);

/** What a tool answered; where that is one text in an object with nothing else to say, the text. */
export function resultText(value: unknown): string {
  if (!isRecord(value)) return plainText(value);
  const members = Object.entries(value).filter(([, member]) => !isHollow(member) && member !== false);
  const [key, only] = members[0] ?? [];
  const isOne = members.length === 1 && key !== undefined && RESULTS.has(key) && typeof only === "string";
  return isOne ? only : plainText(value);
}

/** Nothing but braces: `{}`, `{"text": "", "toolCalls": []}`. */
export function isHollow(value: unknown, depth = 0): boolean {
  if (value === null || value === "") return true;
  if (typeof value !== "object" || depth > 4) return false;
  return Object.values(value).every((member) => isHollow(member, depth + 1));
}

/** A text as it is, anything else as JSON. */
export function plainText(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}
