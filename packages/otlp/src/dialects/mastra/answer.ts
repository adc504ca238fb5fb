import type { Message } from "@nightowl/model/span/message";
import { readMessages } from "../../normalise/read-messages.ts";
import { firstOf, isRecord } from "../../normalise/record.ts";

/** `{text, reasoning: […], toolCalls: […], files: […], object}`, messages, or text. */
export function readAnswer(value: unknown): Message[] {
  if (typeof value === "string") return readMessages([value], "assistant");
  if (!isRecord(value)) return Array.isArray(value) ? readMessages(value, "assistant") : [];
  const content: unknown[] = [
    ...listOf(value["reasoning"] ?? value["reasoningText"]).map((part) => asPart(part, "reasoning")),
    ...listOf(firstOf(value, "text")),
    ...listOf(value["files"]).map((part) => asPart(part, "file")),
    ...listOf(value["toolCalls"]).map((part) => asPart(part, "tool-call")),
  ];
  // A processor that stopped the run says why.
  const stopped = isRecord(value["tripwire"]) ? value["tripwire"]["reason"] : undefined;
  if (typeof stopped === "string") content.push(stopped);
  const isSilent = !content.some((part) => part !== "");
  if (isSilent && value["object"] === undefined) return [];
  if (isSilent) content.push(JSON.stringify(value["object"]));
  return readMessages([{ role: "assistant", content }], "assistant");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Streams wrap each part in `{type, payload}`. */
function asPart(part: unknown, type: string): unknown {
  if (typeof part === "string") return { type, text: part };
  if (!isRecord(part)) return part;
  return { ...(isRecord(part["payload"]) ? part["payload"] : part), type };
}
