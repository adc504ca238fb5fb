import type { WireSpan } from "@nightowl/model/span/span";
import { jsonOf } from "@nightowl/model/span/attribute-reader";
import { pythonRepr } from "../../normalise/python-literal.ts";
import { firstOf, isRecord } from "../../normalise/record.ts";

/** Instrumentations that print the objects of their framework into JSON. */
const PRINTERS = /^openinference\.instrumentation\.(haystack|autogen_agentchat)$/;

/** A request or answer, opened; of frameworks whose objects are printed into it, with these read back. */
export function openReprs(value: unknown, span: WireSpan): unknown {
  const opened = jsonOf(value);
  if (!PRINTERS.test(span.scope.name) || !isRecord(opened)) return opened;
  return Object.fromEntries(
    Object.entries(opened).map(([key, item]) => [key, Array.isArray(item) ? item.map(openRepr) : item]),
  );
}

const MAX_DEPTH = 4;

/** The messages of Haystack's that are printed somewhere in what a pipeline was given or gave back; without any: `[]`. */
export function printedMessages(value: unknown, depth = 0): unknown[] {
  if (Array.isArray(value)) return value.every(isPrintedMessage) ? value.map(openRepr) : [];
  if (!isRecord(value) || depth > MAX_DEPTH) return [];
  return Object.values(value).flatMap((member) => printedMessages(member, depth + 1));
}

const isPrintedMessage = (item: unknown) => typeof item === "string" && item.startsWith("ChatMessage(");

function openRepr(item: unknown): unknown {
  if (typeof item !== "string" || !/^([A-Z]\w*\(|[a-z]\w*=)/.test(item)) return item;
  const printed = pythonRepr(item);
  if (!isRecord(printed)) return item;
  if (printed["source"] !== undefined && printed["content"] !== undefined) return agentMessage(printed);
  return firstOf(printed, "_role", "role") === undefined ? printed : chatMessage(printed);
}

/** Haystack's message. */
function chatMessage(printed: Record<string, unknown>): unknown {
  const content = firstOf(printed, "_content", "content");
  const meta = firstOf(printed, "_meta", "meta");
  return {
    role: firstOf(printed, "_role", "role"),
    name: firstOf(printed, "_name", "name"),
    content: Array.isArray(content) ? content.map(contentPart) : content,
    finish_reason: isRecord(meta) ? meta["finish_reason"] : undefined,
  };
}

function contentPart(part: unknown): unknown {
  if (!isRecord(part)) return part;
  if (part["origin"] !== undefined) return { tool_call_result: part };
  if (part["tool_name"] !== undefined) return { tool_call: part };
  if (part["reasoning_text"] !== undefined) return { type: "reasoning", text: part["reasoning_text"] };
  if (part["base64_image"] !== undefined) return { ...part, type: "image", data: part["base64_image"] };
  return part["text"] === undefined ? part : { ...part, type: "text" };
}

/** What one of AutoGen's agents was told, by the user or by another agent. */
function agentMessage({ source, content }: Record<string, unknown>): unknown {
  return { role: "user", content, name: source === "user" ? undefined : source };
}
