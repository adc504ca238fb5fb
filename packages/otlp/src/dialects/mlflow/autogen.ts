import type { LlmFields } from "@nightowl/model/span/span";
import { textOf } from "@nightowl/model/span/attribute-reader";
import { readCompletionPayload, readPromptPayload } from "../../normalise/read-payloads.ts";
import { compact, isRecord } from "../../normalise/record.ts";

type Item = Record<string, unknown>;

const ROLES: Record<string, string> = {
  SystemMessage: "system",
  UserMessage: "user",
  AssistantMessage: "assistant",
};

/** A call is named after the class of AutoGen's client, and tells no model. */
const CLIENT = /^(OpenAI|Anthropic|Ollama)\w*Client\./;

/**
 * A call of AutoGen's models, whose messages (`type: "FunctionExecutionResultMessage"`) have calls and results of tools as
 * lists in the content, and whose answer is `{finish_reason, content, thought}`.
 */
export function readAutogenCall(
  name: string,
  messages: unknown,
  outputs: unknown,
  fields: Partial<LlmFields>,
): void {
  fields.provider ??= CLIENT.exec(name)?.[1]?.toLowerCase();
  const items = Array.isArray(messages) ? messages : [];
  const opened = items.flatMap((item) => (isRecord(item) ? openMessage(item) : [item]));
  fields.inputMessages = readPromptPayload({ messages: opened });
  if (!isRecord(outputs) || outputs["content"] === undefined) return;
  const reason = outputs["finish_reason"] === "function_calls" ? "tool_calls" : outputs["finish_reason"];
  const answer = { ...spoken("assistant", outputs), finish_reason: reason };
  fields.outputMessages = readCompletionPayload([answer]).messages;
  fields.finishReasons = fields.outputMessages.flatMap(({ finishReason }) => finishReason ?? []);
}

/** An agent's name is in front of its method (`Poet.run`), where the last message is of that name. */
export function autogenSpeaker(name: string, outputs: unknown): string | undefined {
  if (!isRecord(outputs)) return undefined;
  const messages = Array.isArray(outputs["messages"]) ? outputs["messages"] : [];
  const last: unknown = outputs["chat_message"] ?? messages.at(-1);
  const source = isRecord(last) ? textOf(last["source"]) : undefined;
  return source !== undefined && name.startsWith(`${source}.`) ? source : undefined;
}

function openMessage(item: Item): unknown[] {
  const { type, content } = item;
  if (type === "FunctionExecutionResultMessage" && Array.isArray(content))
    return content.map((result) => (isRecord(result) ? toolMessage(result) : result));
  const role = typeof type === "string" && Object.hasOwn(ROLES, type) ? ROLES[type] : undefined;
  return role === undefined ? [item] : [spoken(role, item)];
}

/** Beside calls, the thought is what was said with them; beside a text, what came before it. */
function spoken(role: string, { content, thought, source }: Item): Item {
  const name = role === "assistant" ? textOf(source) : undefined;
  if (!Array.isArray(content) || !content.every(isCall)) {
    const parts = Array.isArray(content) ? content.map(openPart) : content;
    const reasoning = textOf(thought);
    return { role, content: parts, ...compact({ name, reasoning_content: reasoning }) };
  }
  const calls = content.map(({ id, name: called, arguments: args }) => ({
    id,
    type: "function",
    function: { name: called, arguments: args },
  }));
  return { role, content: textOf(thought) ?? null, tool_calls: calls, ...compact({ name }) };
}

function isCall(item: unknown): item is Item {
  return isRecord(item) && typeof item["name"] === "string" && item["arguments"] !== undefined;
}

function toolMessage({ content, name, call_id: id }: Item): Item {
  return { role: "tool", tool_call_id: id, name, content };
}

/** A picture is the data of a PNG. */
function openPart(part: unknown): unknown {
  if (typeof part === "string") return { type: "text", text: part };
  const data = isRecord(part) ? textOf(part["data"]) : undefined;
  return data === undefined
    ? part
    : { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } };
}
