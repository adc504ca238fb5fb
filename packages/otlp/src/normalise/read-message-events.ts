import type { Message } from "@nightowl/model/span/message";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { openMessage } from "./open-message.ts";
import { readMessages } from "./read-messages.ts";
import { compact, firstOf, isRecord, jsonText } from "./record.ts";

/** One event of a conversation: what it is called, and what it carries. */
export interface MessageEvent {
  name: string;
  body: Record<string, unknown>;
}

/** What was asked and what was answered. */
export interface Exchange {
  input: Message[];
  output: Message[];
}

const ROLE = /^gen_ai\.(system|developer|user|assistant|tool)s?\.message$/;

/**
 * A conversation told in events, in the order given: `gen_ai.user.message`, …, and `gen_ai.choice` for each answer.
 * Without a choice, what the assistant said after everybody else is the answer. An event of another name
 * is kept when it has a role.
 */
export function readMessageEvents(events: readonly MessageEvent[]): Exchange {
  const input: Message[] = [];
  const output: Message[] = [];
  for (const { name, body } of events) {
    if (name === "gen_ai.choice") output.push(...readChoice(body));
    else input.push(...readOne(body, ROLE.exec(name)?.[1] ?? textOf(body["role"])));
  }
  const asked = withoutRepeatedAnswers(input);
  return output.length > 0 ? { input: asked, output } : splitAnswer(asked);
}

/** Bedrock's instrumentation tells a tool's answer in an event of its own, and again in that of the turn, right behind. */
function withoutRepeatedAnswers(messages: Message[]): Message[] {
  const told = new Map<string, string>();
  return messages.filter(({ role, toolCallId, parts }) => {
    if (role !== "tool") told.clear();
    if (role !== "tool" || toolCallId === undefined) return true;
    const text = jsonText(parts);
    if (told.get(toolCallId) === text) return false;
    told.set(toolCallId, text);
    return true;
  });
}

/**
 * Splits a finished conversation at its last word: what the assistant said after everybody else is the answer.
 */
export function splitAnswer(messages: readonly Message[]): Exchange {
  const end = messages.findLastIndex((message) => message.role !== "assistant") + 1;
  return { input: messages.slice(0, end), output: messages.slice(end) };
}

/**
 * Splits the conversation of an agent's run at what its user said last: what followed (the model's calls, the
 * tools' answers, the last word) is what the run made of it. What is said in the user's name right behind a tool's
 * answer is more of that answer: its pictures.
 */
export function splitRun(messages: readonly Message[]): Exchange {
  const isAsked = ({ role }: Message, index: number) =>
    role === "user" && messages[index - 1]?.role !== "tool";
  const end = messages.findLastIndex(isAsked) + 1;
  const start = end === 0 ? messages.findLastIndex((message) => message.role === "system") + 1 : end;
  return { input: messages.slice(0, start), output: messages.slice(start) };
}

function readOne(body: Record<string, unknown>, role: string | undefined): Message[] {
  if (role === undefined) return [];
  if (role === "tool") return readToolEvent(body, jsonOf(body["content"]));
  // Who said such an item is told by what it is.
  if (role === "unknown" && isRecord(body["data"])) return readMessages([body["data"]], role);
  // An item that has no event of its own comes whole beside a word about it.
  const content = isRecord(body["data"]) ? [body["data"]] : body["content"];
  // Instructions are no user's words, though Gemini's own form says so.
  const told = role === "system" && body["role"] === "user" ? undefined : textOf(body["role"]);
  const message = openMessage({ ...body, id: undefined, role: told ?? role, content });
  return readMessages([message], role);
}

/** The answer of a tool, under the id of its call; a list of parts that name their call themselves stays as it is. */
function readToolEvent(body: Record<string, unknown>, content: unknown): Message[] {
  const parts = Array.isArray(content) ? content : [];
  const isNamed =
    parts.length > 0 &&
    parts.every(
      (part) => isRecord(part) && (isRecord(part["toolResult"]) || part["type"] === "tool_call_output"),
    );
  const id = textOf(firstOf(body, "id", "tool_call_id"));
  const answer = { type: "tool_call_response", id, name: body["name"], response: content };
  return readMessages([{ role: "tool", content: isNamed ? parts : [answer] }], "tool");
}

function readChoice(body: Record<string, unknown>): Message[] {
  const said = jsonOf(body["message"]);
  // A completion of a bare text is a part, and no message.
  const isPart = isRecord(said) && said["content"] === undefined && typeof said["text"] === "string";
  const message = isRecord(said) && !isPart ? said : { content: isPart ? [said] : (said ?? body["content"]) };
  const beside = compact({ tool_calls: jsonOf(body["tool_calls"]), finish_reason: body["finish_reason"] });
  return readMessages([openMessage({ role: "assistant", ...message, ...beside })], "assistant");
}

/** Events that came as one list, each with its name inside (`event.name`). What is no event is left out. */
export function listedEvents(items: readonly unknown[]): MessageEvent[] {
  return items.filter(isRecord).map((body) => ({ name: textOf(body["event.name"]) ?? "", body }));
}
