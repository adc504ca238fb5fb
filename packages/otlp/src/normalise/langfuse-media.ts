import type { MessagePart } from "@nightowl/model/span/message";

/** How what Langfuse's SDK took out of a text begins, having stored it there. */
export const LANGFUSE_MEDIA = "@@@langfuseMedia:";

const REFERENCE = /@@@langfuseMedia:type=([^|@]{1,100})\|id=([^|@]{1,200})\|source=[^|@]{0,100}@@@/;

/**
 * A text in which Langfuse's SDK put references (`@@@langfuseMedia:type=image/jpeg|id=…|source=…@@@`) where media were, as
 * parts in that order. The reference is what is known of where it lies, and stands where an address would.
 */
export function partsAroundMedia(text: string): MessagePart[] {
  const parts: MessagePart[] = [];
  let rest = text;
  for (let found = REFERENCE.exec(rest); found !== null; found = REFERENCE.exec(rest)) {
    addText(parts, rest.slice(0, found.index));
    parts.push(partOf(found[0], found[1] ?? "", found[2] ?? ""));
    rest = rest.slice(found.index + found[0].length);
  }
  addText(parts, rest);
  return parts;
}

function partOf(url: string, mimeType: string, id: string): MessagePart {
  if (mimeType.startsWith("image/")) return { type: "image", url, mimeType };
  if (mimeType.startsWith("audio/")) return { type: "audio", url, mimeType };
  return { type: "file", url, id, mimeType };
}

function addText(parts: MessagePart[], text: string): void {
  if (text.trim() !== "") parts.push({ type: "text", text });
}

/** The media type that a reference names; anything else → `undefined`. */
export function mimeOfLangfuseMedia(value: unknown): string | undefined {
  return typeof value === "string" && value.startsWith(LANGFUSE_MEDIA)
    ? REFERENCE.exec(value)?.[1]
    : undefined;
}
