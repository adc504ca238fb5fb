import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { readParts } from "./read-parts.ts";
import { isRecord } from "./record.ts";

/**
 * The content of a message that was written into one attribute: text, or JSON text of a list of parts. It counts as
 * parts only where every item is one that is understood: an answer may be a JSON list itself.
 */
function openContent(value: unknown): unknown {
  if (typeof value !== "string" || !value.trimStart().startsWith("[")) return value;
  const opened = jsonOf(value);
  if (!Array.isArray(opened) || opened.length === 0 || !opened.every(isRecord)) return value;
  return readParts(opened).every((part) => part.type !== "raw") ? opened : value;
}

const SILENT = new Set<unknown>(["null", "None", '""']);

/**
 * A message as events and flattened keys hold it, brought to the shape that providers use. Gemini's content is an
 * object with the role and the parts in it.
 */
export function openMessage(message: Record<string, unknown>): Record<string, unknown> {
  const { content } = message;
  if (isRecord(content) && Array.isArray(content["parts"])) {
    return { ...message, content: undefined, parts: content["parts"] };
  }
  // A tool's answer is its own, whatever it looks like.
  if (message["role"] === "tool") return message;
  const opened = openContent(content);
  // Some SDKs write the word, or an empty text as JSON, where the model said nothing but called a tool.
  if (message["role"] === "assistant" && SILENT.has(opened)) {
    return { ...message, content: undefined };
  }
  return opened === content ? message : { ...message, content: opened };
}
