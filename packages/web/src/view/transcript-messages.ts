import { findResultDocuments } from "@nightowl/model/retrieval/find-result-documents";
import { REDACTED, type Message, type MessagePart, type ToolCallPart } from "@nightowl/model/span/message";
import { approvalOf, approvalText } from "@nightowl/model/span/approval";

/** How much of a message is shown at first: one line, its beginning, or all of it. */
export type Fold = "line" | "clip" | "open";

/** A text above either of these is clipped behind "show all". */
export const CLIP_LENGTH = 1600;
export const CLIP_LINES = 24;

/**
 * How a message is shown at first.
 * System prompts and what the model had already seen are one line each; what is new is open, and
 * clipped where it is long.
 */
export function foldOf(message: Message, seen: boolean): Fold {
  if (seen) return "line";
  if (message.role === "system") return isShort(message) ? "open" : "line";
  return isLong(message) ? "clip" : "open";
}

/** A message that is one short line anyway is not worth a fold. */
function isShort(message: Message): boolean {
  if (message.parts.length !== 1) return message.parts.length === 0;
  const part = message.parts[0];
  return part?.type === "text" && part.text.length <= 90 && !part.text.includes("\n");
}

function isLong(message: Message): boolean {
  return message.parts.some((part) => part.type === "text" && isLongText(part.text));
}

/** True where a text is clipped at first. Counts lines only as far as it has to. */
export function isLongText(text: string): boolean {
  if (text.length > CLIP_LENGTH) return true;
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (++lines > CLIP_LINES) return true;
  }
  return false;
}

/** The beginning of a long text: whole lines where possible, at most {@link CLIP_LENGTH} characters. */
export function clipText(text: string): string {
  const lines = text.slice(0, CLIP_LENGTH).split("\n").slice(0, CLIP_LINES);
  const clipped = lines.join("\n");
  // Half a surrogate pair at the cut would be shown as a broken character.
  return /[\uD800-\uDBFF]$/.test(clipped) ? clipped.slice(0, -1) : clipped;
}

/** A message in one line, for its folded form. At most about 300 characters; `""` for an empty message. */
export function previewOf(message: Message): string {
  const parts = message.parts.map(partPreview).filter((text) => text !== "");
  return oneLine(parts.join(" · "), 300);
}

/** A picture of which nothing came but that it was one. */
export function isLostImage({ mimeType, url, id, name }: Extract<MessagePart, { type: "file" }>): boolean {
  return mimeType === "image/*" && (url ?? id ?? name) === undefined;
}

function partPreview(part: MessagePart): string {
  switch (part.type) {
    case "text":
      return oneLine(part.text, 300);
    case "tool_call":
      return `${part.name}(${oneLine(jsonLine(part.arguments), 160)})`;
    case "tool_result":
      return resultPreview(part.result);
    case "reasoning":
      return part.text === "" ? "hidden reasoning" : `reasoning: ${oneLine(part.text, 120)}`;
    case "image":
    case "audio":
      return `[${part.type}]`;
    case "file":
      if (isLostImage(part)) return "[image]";
      return part.name === undefined ? "[file]" : `[file ${part.name}]`;
    case "raw": {
      if (part.value === REDACTED) return "taken out by the sender";
      const approval = approvalOf(part.value);
      return oneLine(approval === undefined ? jsonLine(part.value) : approvalText(approval), 160);
    }
  }
}

function resultPreview(result: unknown): string {
  if (result === null) return "no result";
  const documents = findResultDocuments(typeof result === "string" ? parseJsonText(result) : result);
  if (documents === undefined) return oneLine(jsonLine(result), 300);
  const count = documents.length === 1 ? "1 document" : `${documents.length} documents`;
  return `${count}: ${oneLine(documents[0]?.text ?? "", 200)}`;
}

/** A value as JSON in one line; what JSON cannot say (a cycle, a bigint) as text. Never throws. */
export function jsonLine(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function oneLine(text: string, limit: number): string {
  // Cut before the whitespace is folded: a text may be megabytes long.
  const line = text
    .slice(0, limit * 2)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > limit || text.length > limit * 2 ? `${line.slice(0, limit - 1)}…` : line;
}

/** Everything a message says as text, for the clipboard. */
export function plainTextOf(message: Message): string {
  return message.parts
    .map((part) => {
      switch (part.type) {
        case "text":
        case "reasoning":
          return part.text;
        case "tool_call":
          return `${part.name}(${jsonText(part.arguments)})`;
        case "tool_result":
          return jsonText(part.result);
        case "image":
        case "file":
          return part.url ?? "";
        case "audio":
          return part.transcript ?? part.url ?? "";
        case "raw":
          return jsonText(part.value);
      }
    })
    .filter((text) => text !== "")
    .join("\n\n");
}

/** A value as indented JSON; text stays as it is, unless it is itself a JSON object or list. */
export function jsonText(value: unknown): string {
  if (typeof value === "string") {
    const parsed = parseJsonText(value);
    return parsed === undefined ? value : jsonText(parsed);
  }
  try {
    return JSON.stringify(value, null, 2) ?? "";
  } catch {
    return jsonLine(value);
  }
}

/** The object or list that a text is, when it is JSON of one; else `undefined`. */
export function parseJsonText(text: string): object | undefined {
  const first = /^\s*([[{])/.exec(text.slice(0, 200));
  if (!first) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text is what a program printed when it failed: its indents and underscores mean something else in Markdown. */
export function isStackTrace(text: string): boolean {
  return /^(?: *Traceback \(most recent call last\):| *File ".+", line \d+|[ \t]+at \S.*:\d+\)?$)/m.test(
    text.slice(0, 4000),
  );
}

/** The text that a JSON string says; anything else as it is. */
export function unquote(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith('"') || !value.endsWith('"')) return value;
  try {
    const said: unknown = JSON.parse(value);
    return typeof said === "string" ? said : value;
  } catch {
    return value;
  }
}

/** Number of tool calls in a message. */
export function countToolCalls(message: Message): number {
  return message.parts.reduce((count, part) => count + (part.type === "tool_call" ? 1 : 0), 0);
}

/** The tool calls of a conversation, in the order made. */
export function toolCallsOf(messages: readonly Message[]): ToolCallPart[] {
  return messages.flatMap((message) => message.parts.filter((part) => part.type === "tool_call"));
}
