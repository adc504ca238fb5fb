import type { Message } from "@nightowl/model/span/message";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { readMessages } from "../../normalise/read-messages.ts";
import { readPromptPayload, textMessage } from "../../normalise/read-payloads.ts";
import type { AttributeTaker } from "../dialect.ts";

/** The whole conversation that a model was given or, on an outer span, what the application asked. */
export function readVercelPrompt(take: AttributeTaker): Message[] {
  const messages = take.list("ai.prompt.messages").items;
  if (messages.length > 0) return readMessages(messages, "user");
  const asked = take.json("ai.prompt");
  if (asked !== undefined) return readPromptPayload(asked);
  // What is to be said, or decided.
  const texts = [
    take.text("ai.request.text"),
    take.text("ai.decision.state"),
    take.text("ai.decision.questions"),
  ];
  return textMessage(texts.filter((text) => text !== undefined).join("\n"), "user");
}

/** The one answer, in the order in which models give it: reasoning, text or object, files, tool calls. */
export function readVercelAnswer(take: AttributeTaker): Message[] {
  const content: unknown[] = [];
  const reasoning = take.json("ai.response.reasoning", "ai.result.reasoning");
  if (typeof reasoning === "string") content.push({ type: "reasoning", text: reasoning });
  else if (Array.isArray(reasoning)) content.push(...reasoning);
  const text = take.text("ai.response.text", "ai.result.text");
  if (text !== undefined) content.push({ type: "text", text });
  const object = take.text("ai.response.object", "ai.result.object", "ai.decision.answers");
  if (object !== undefined && text === undefined) content.push({ type: "text", text: object });
  content.push(...listOf(take.json("ai.response.files")).map((file) => withType(file, "file")));
  const calls = listOf(take.json("ai.response.toolCalls", "ai.result.toolCalls"));
  content.push(...calls.map((call) => withType(call, "tool-call")));
  return content.length === 0 ? [] : readMessages([{ role: "assistant", content }], "assistant");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.map(jsonOf) : value === undefined ? [] : [value];
}

function withType(item: unknown, type: string): unknown {
  return typeof item === "object" && item !== null ? { ...item, type } : item;
}
