import type { Message, MessagePart, ToolCallPart } from "@nightowl/model/span/message";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "./finish-reason.ts";
import { isServerResult, openResult, readParts, readToolCall, resultOfMedia } from "./read-parts.ts";
import { openPydanticMessage } from "./read-pydantic-message.ts";
import { firstOf, isRecord, jsonText } from "./record.ts";

type Item = Record<string, unknown>;

const ROLES: Record<string, string> = {
  developer: "system",
  model: "assistant",
  ai: "assistant",
  chatbot: "assistant",
  aimessagechunk: "assistant",
  human: "user",
  function: "tool",
};

const NAMED_SO = new Set(["system", "user", "assistant", "tool"]);

/** `developer` is `system`, `model` is `assistant` …; a role nobody knows is kept as it came. */
export function roleOf(role: string): string {
  if (NAMED_SO.has(role)) return role;
  const lower = role.trim().toLowerCase();
  if (Object.hasOwn(ROLES, lower)) return ROLES[lower] ?? lower;
  return NAMED_SO.has(lower) ? lower : role;
}

/**
 * Messages in any shape that providers and frameworks use: OpenAI's chat and Responses items, Anthropic,
 * Gemini, Bedrock, GenAI parts, LangChain's serialised objects, or bare text. `defaultRole` is who
 * speaks where a message does not say.
 *
 * A tool's answer always becomes a message of its own, role `tool`, with one `tool_result` part: also
 * where it was sent inside a user's message (Anthropic) or beside other answers.
 */
export function readMessages(items: readonly unknown[], defaultRole: string): Message[] {
  const messages: Message[] = [];
  for (const item of items) for (const message of readMessage(item, defaultRole)) messages.push(message);
  return messages;
}

function readMessage(given: unknown, defaultRole: string): Message[] {
  const item = typeof given === "string" && given.trimStart().startsWith("{") ? jsonOf(given) : given;
  if (typeof item === "string") return [{ role: roleOf(defaultRole), parts: readParts(item) }];
  if (!isRecord(item)) return [{ role: roleOf(defaultRole), parts: [{ type: "raw", value: item }] }];
  const opened = openPydanticMessage(item);
  if (opened !== undefined) return opened.flatMap((each) => readMessage(each, defaultRole));
  const unwrapped = unwrapMessage(item);
  if (!looksLikeMessage(unwrapped))
    return [{ role: roleOf(defaultRole), parts: [{ type: "raw", value: item }] }];
  // AG2's answers of several tools stand beside the text that they make together.
  const answers = unwrapped["tool_responses"];
  if (Array.isArray(answers) && answers.length > 0) return readMessages(answers, "tool");
  const messages = splitToolResults(assembleMessage(unwrapped, defaultRole));
  return unwrapped["status"] === "error" ? messages.map(asFailed) : messages;
}

function asFailed(message: Message): Message {
  const parts = message.parts.map((part) =>
    part.type === "tool_result" ? { ...part, isError: true } : part,
  );
  return { ...message, parts };
}

/** Who speaks in an item of Responses that has no role. */
function speakerOf(type: string): string | undefined {
  // What is referred to by its id was said by the model before.
  if (type === "reasoning" || type === "item_reference" || type.endsWith("_call")) return "assistant";
  if (type === "mcp_list_tools" || type === "mcp_approval_request" || type === "compaction")
    return "assistant";
  return type.endsWith("_call_output") ? "tool" : undefined;
}

/** Brings wrappers down to `{role, content, …}`: LangChain's serialised objects, Responses items without a role. */
function unwrapMessage(item: Item): Item {
  const type = textOf(item["type"]) ?? "";
  if (item["lc"] !== undefined && isRecord(item["kwargs"])) {
    const name = Array.isArray(item["id"]) ? (textOf(item["id"].at(-1)) ?? "") : "";
    return openLangChain({
      ...item["kwargs"],
      type: undefined,
      role: item["kwargs"]["role"] ?? roleOfClass(name),
    });
  }
  if (isRecord(item["data"]) && item["role"] === undefined) return { ...item["data"], role: type };
  if (item["role"] !== undefined) return item;
  const speaker = speakerOf(type);
  if (speaker !== undefined) return { role: speaker, content: [item] };
  if (["human", "ai", "system", "tool", "function"].includes(type))
    return openLangChain({ ...item, role: type });
  // A choice of OpenAI's: why it ended stands beside the message.
  return isRecord(item["message"]) ? { finish_reason: item["finish_reason"], ...item["message"] } : item;
}

/** Brings up what LangChain keeps in members of its own: what providers add, and why they stopped. */
function openLangChain(message: Item): Item {
  const added = isRecord(message["additional_kwargs"]) ? message["additional_kwargs"] : {};
  const ended = isRecord(message["response_metadata"]) ? message["response_metadata"] : {};
  const calls = [message["tool_calls"], message["invalid_tool_calls"]].flat().filter(isRecord);
  return {
    ...message,
    tool_calls: calls.length > 0 ? calls : added["tool_calls"],
    function_call: calls.length > 0 ? undefined : added["function_call"],
    reasoning_content: message["reasoning_content"] ?? added["reasoning_content"],
    finish_reason: firstOf(
      ended,
      "finish_reason",
      "stop_reason",
      "stopReason",
      "finishReason",
      "done_reason",
    ),
  };
}

function roleOfClass(name: string): string | undefined {
  const role = /^(Human|AI|System|Tool|Function|Chat)Message/.exec(name)?.[1]?.toLowerCase();
  return role === "chat" ? undefined : role;
}

const MESSAGE_KEYS = [
  "role",
  "content",
  "parts",
  "blocks",
  "tool_calls",
  "function_call",
  "tool_call_id",
  "refusal",
  "audio",
];

function looksLikeMessage(item: Item): boolean {
  return (
    MESSAGE_KEYS.some((key) => item[key] !== undefined) || readParts(item).some((part) => part.type !== "raw")
  );
}

function assembleMessage(item: Item, defaultRole: string): Message {
  const role = roleOf(spokenBy(item, defaultRole));
  const message: Message = { role, parts: [] };
  const reasoning = textOf(firstOf(item, "reasoning_content", "reasoning", "thinking", "tool_plan"));
  if (reasoning !== undefined) message.parts.push({ type: "reasoning", text: reasoning });
  const content = withoutTwins(readParts(contentOf(item)));
  const calls = readToolCalls(item);
  // Some SDKs write the word null where the model said nothing but called a tool.
  const silent = calls.length > 0 && content.length === 1 && isNullWord(content[0]);
  const spoken = withToolCalls(silent ? [] : content, calls);
  message.parts = message.parts.length === 0 ? spoken : [...message.parts, ...spoken];
  // Ollama's lie beside the text, as bare base64.
  const images = Array.isArray(item["images"]) ? item["images"] : [];
  if (images.length > 0)
    message.parts = [...message.parts, ...images.flatMap((data) => readParts({ type: "image", data }))];
  if (isRecord(item["audio"]))
    message.parts = [...message.parts, ...readParts({ type: "audio", audio: item["audio"] })];
  const name = textOf(item["name"]);
  if (name !== undefined) message.name = name;
  const callId = textOf(firstOf(item, "tool_call_id", "toolCallId"));
  if (callId !== undefined) message.toolCallId = callId;
  const finishReason = textOf(firstOf(item, "finish_reason", "finishReason", "stop_reason"));
  if (finishReason !== undefined) message.finishReason = finishReasonOf(finishReason);
  // Anthropic answers a tool call in the user's name.
  if (role === "user" && callId !== undefined) message.role = "tool";
  return message;
}

/** Who speaks. OpenLLMetry's LangChain says `unknown` of a piece of an answer, which only a model gives. */
function spokenBy(item: Item, defaultRole: string): string {
  const role = textOf(item["role"]) ?? defaultRole;
  return role === "unknown" && defaultRole === "assistant" ? defaultRole : role;
}

/** Without tool calls that the same content already has under the same id. */
function withoutTwins(parts: MessagePart[]): MessagePart[] {
  if (parts.length < 2) return parts;
  const seen = new Set<string>();
  return parts.filter((part) => {
    if (part.type !== "tool_call" || part.id === undefined) return true;
    const isNew = !seen.has(part.id);
    seen.add(part.id);
    return isNew;
  });
}

function contentOf(item: Item): unknown {
  const parts = item["parts"];
  if (Array.isArray(parts)) return parts;
  const content = withRefusal(firstOf(item, "content", "contents", "blocks"), item["refusal"]);
  // A candidate of Gemini's has the whole message there.
  if (isRecord(content) && Array.isArray(content["parts"])) return content["parts"];
  if (content !== undefined) return content;
  // A bare part where a message was expected.
  return item["role"] === undefined && item["tool_calls"] === undefined ? item : undefined;
}

/** What a model said with what it would not say: one of them mostly, and the other is nothing or an empty text. */
function withRefusal(content: unknown, refusal: unknown): unknown {
  if (typeof refusal !== "string" || refusal === "") return content;
  return content === undefined || content === "" ? refusal : [content, refusal].flat();
}

function isNullWord(part: MessagePart | undefined): boolean {
  return part?.type === "text" && (part.text === "null" || part.text === "None");
}

function readToolCalls(item: Item): MessagePart[] {
  const calls = jsonOf(item["tool_calls"]);
  // One by itself, where OpenLIT says it in an event.
  const list = Array.isArray(calls) ? calls.map((call) => jsonOf(call)) : isRecord(calls) ? [calls] : [];
  // Of several, OpenLLMetry repeats the first in the older form.
  const single = list.length === 0 ? item["function_call"] : undefined;
  if (isRecord(single) && Object.keys(single).length > 0) list.push(single);
  return list.flatMap(
    (call) => (isRecord(call) ? readToolCall(call) : undefined) ?? [{ type: "raw" as const, value: call }],
  );
}

/** The same call is often sent twice, as content and as tool call: the one in the content keeps its place. */
function withToolCalls(content: MessagePart[], calls: readonly MessagePart[]): MessagePart[] {
  if (calls.length === 0) return content;
  const twins = content.filter((part) => part.type === "tool_call");
  if (twins.length === 0) return [...content, ...calls];
  const ids = new Set(twins.map((call) => call.id));
  const hasAnonymous = calls.some((part) => part.type === "tool_call" && part.id === undefined);
  const texts = new Set(hasAnonymous ? twins.map(callText) : []);
  const anonymous = new Set(twins.filter((call) => call.id === undefined).map(callText));
  const isNew = (part: MessagePart) => {
    if (part.type !== "tool_call") return true;
    return part.id === undefined
      ? !texts.has(callText(part))
      : !ids.has(part.id) && (anonymous.size === 0 || !anonymous.has(callText(part)));
  };
  return [...content, ...calls.filter(isNew)];
}

function callText(call: ToolCallPart): string {
  return `${call.name} ${jsonText(call.arguments)}`;
}

function isAnswer(part: MessagePart): boolean {
  return part.type === "tool_result" && !isServerResult(part);
}

/** One message as sent → the messages it stands for, each tool answer on its own. */
function splitToolResults(message: Message): Message[] {
  if (message.role === "tool") return toolMessages(message);
  if (!message.parts.some(isAnswer)) return [message];
  const messages: Message[] = [];
  let own: MessagePart[] = [];
  const flush = () => {
    if (own.length > 0)
      messages.push({ role: message.role, ...(message.name && { name: message.name }), parts: own });
    own = [];
  };
  for (const part of message.parts) {
    const result = resultOfMedia(part);
    if (part.type === "tool_result" && !isServerResult(part)) {
      flush();
      messages.push(toolMessage(part));
    } else if (result !== undefined && !isServerResult(result)) messages.at(-1)?.parts.push(part);
    else own.push(part);
  }
  flush();
  const last = messages.findLast((each) => each.role === message.role);
  if (last !== undefined && message.finishReason !== undefined) last.finishReason = message.finishReason;
  return messages;
}

function toolMessage(part: MessagePart & { type: "tool_result" }): Message {
  const message: Message = { role: "tool", parts: [part] };
  if (part.callId !== undefined) message.toolCallId = part.callId;
  if (part.name !== undefined) message.name = part.name;
  return message;
}

function isResultPart(item: unknown): boolean {
  return isRecord(item) && item["type"] === "tool-result" && typeof item["toolCallId"] === "string";
}

function toolMessages(message: Message): Message[] {
  const results = message.parts.filter((part) => part.type === "tool_result");
  if (results.length > 0) {
    // Some SDKs send the answer as text too.
    const hasText = message.parts.some((part) => part.type === "text");
    const told = new Set(hasText ? results.map((part) => jsonText(part.result)) : []);
    const isNew = (part: MessagePart) => part.type !== "text" || !told.has(jsonText(openResult(part.text)));
    const rest = message.parts.filter((part) => part.type !== "tool_result" && isNew(part));
    const messages = results.map(toolMessage);
    for (const part of rest) {
      const own = messages.find(({ parts }) => parts[0] === resultOfMedia(part));
      (own ?? messages[0])?.parts.push(part);
    }
    if (messages.length === 1 && messages[0] && message.toolCallId)
      messages[0].toolCallId ??= message.toolCallId;
    return messages;
  }
  const texts = message.parts.filter((part) => part.type === "text").map((part) => part.text);
  const told = openResult(texts.join("\n"));
  // Several answers as the Vercel AI SDK has them, written out as one text.
  const beside = message.parts.filter((part) => part.type !== "text");
  if (Array.isArray(told) && told.length > 0 && told.every(isResultPart))
    return toolMessages({ ...message, parts: [...readParts(told), ...beside] });
  const result: MessagePart = { type: "tool_result", result: told };
  if (message.toolCallId !== undefined) result.callId = message.toolCallId;
  if (message.name !== undefined) result.name = message.name;
  if (texts.length === 0 && message.parts.length > 0) return [message];
  return [{ ...message, parts: [result, ...beside] }];
}

/**
 * Joins assistant messages that follow one another: some SDKs send the reasoning and the text of one answer
 * as two. Messages that carry finish reasons of their own are separate choices and stay apart, unless it is known that
 * there is one answer only.
 */
export function mergeAssistantMessages(messages: readonly Message[], isOneAnswer = false): Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const previous = merged.at(-1);
    const mergeable =
      previous?.role === "assistant" &&
      message.role === "assistant" &&
      (isOneAnswer || previous.finishReason === undefined);
    if (previous === undefined || !mergeable) {
      merged.push({ ...message, parts: [...message.parts] });
      continue;
    }
    for (const part of message.parts) previous.parts.push(part);
    if (message.finishReason !== undefined) previous.finishReason = message.finishReason;
  }
  return merged;
}

/** A value that should have been messages and is not: one message that shows it raw. Nothing → `[]`. */
export function rawMessages(value: unknown, role: string): Message[] {
  return value === undefined ? [] : [{ role, parts: [{ type: "raw", value }] }];
}
