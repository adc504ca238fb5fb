import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { firstOf, isRecord } from "./record.ts";

type Item = Record<string, unknown>;

/**
 * Bytes as JSON wrote them, as base64: a list of numbers, `{"0": 137, "1": 80, …}` (a typed array) or
 * `{type: "Buffer", data: […]}`. Anything else → `undefined`.
 */
export function base64Of(value: unknown): string | undefined {
  const inner = isRecord(value) && value["type"] === "Buffer" ? value["data"] : value;
  const bytes = Array.isArray(inner) ? inner : isRecord(inner) ? bytesByIndex(inner) : undefined;
  if (bytes === undefined || bytes.length === 0 || !bytes.every(isByte)) return undefined;
  return base64OfBytes(bytes);
}

/** A text's bytes in UTF-8, as base64. */
export function base64OfText(text: string): string {
  return base64OfBytes(new TextEncoder().encode(text));
}

function base64OfBytes(bytes: Iterable<number>): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** How the parts begin that some instrumentations write into a text, as JSON, because GenAI has no type for them. */
const WRITTEN_OUT =
  /^\[?\{"(?:reasoningContent|guardContent|citationsContent|cachePoint|id|type|signature|thinking|data)": ?["{]/;
const WRITTEN_OUT_TYPES = new Set([
  "thinking",
  "redacted_thinking",
  "tool_use",
  "tool_result",
  "server_tool_use",
]);
const WRITTEN_OUT_KEYS = new Set(["reasoningContent", "guardContent", "citationsContent", "cachePoint"]);

/**
 * A part of Anthropic's or Bedrock's that stands as JSON in the text of another, or a whole content of typed parts.
 * Any other text → `undefined`.
 */
export function writtenOutParts(text: string): Item[] | undefined {
  if (!WRITTEN_OUT.test(text)) return undefined;
  const opened = jsonOf(text);
  if (isRecord(opened)) return isWrittenOutPart(opened) ? [opened] : undefined;
  if (!Array.isArray(opened) || !opened.every(isRecord)) return undefined;
  return opened.every((part) => typeof part["type"] === "string") ? opened : undefined;
}

function isWrittenOutPart(part: Item): boolean {
  const type = String(part["type"]);
  if (WRITTEN_OUT_TYPES.has(type) || type.endsWith("_tool_result")) return true;
  const [key, ...others] = Object.keys(part);
  return others.length === 0 && WRITTEN_OUT_KEYS.has(key ?? "");
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 256;
}

function bytesByIndex(item: Item): unknown[] | undefined {
  const keys = Object.keys(item);
  // Whole numbers come first and in order among an object's keys.
  return keys.every((key, index) => key === String(index)) ? Object.values(item) : undefined;
}

/** Plain text as a `data:` URI; what is no text → `undefined`. */
export function textDataUri(value: unknown, mimeType: string | undefined): string | undefined {
  const text = textOf(value);
  return text === undefined
    ? undefined
    : `data:${mimeType ?? "text/plain"};charset=utf-8,${encodeURIComponent(text.toWellFormed())}`;
}

/** Media types that Bedrock's formats stand for, where they are not `<kind>/<format>`. */
const BEDROCK_MEDIA: Record<string, string> = {
  "document/pdf": "application/pdf",
  "document/txt": "text/plain",
  "document/md": "text/markdown",
  "document/html": "text/html",
  "document/csv": "text/csv",
  "document/docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "document/xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/**
 * A part of Bedrock's Converse API whose one key says what it is (`{reasoningContent}`, `{image: {format, source}}`,
 * `{document}`, `{video}`, `{toolResult: {content: […]}}`), in the typed form that other providers use.
 * Any other part → `undefined`.
 */
export function readBedrockPart(item: Item): Item | undefined {
  if (item["type"] !== undefined) return undefined;
  const reasoning = item["reasoningContent"];
  if (isRecord(reasoning)) {
    const said = isRecord(reasoning["reasoningText"]) ? reasoning["reasoningText"] : reasoning;
    return { type: "reasoning", ...said, data: said["redactedContent"] };
  }
  const result = item["toolResult"];
  if (isRecord(result) && Array.isArray(result["content"]))
    return { ...result, type: "tool_result", content: resultOf(result["content"]) };
  const guarded = item["guardContent"];
  if (isRecord(guarded) && isRecord(guarded["text"])) return { type: "text", text: guarded["text"]["text"] };
  const cited = item["citationsContent"];
  if (isRecord(cited) && Array.isArray(cited["content"]))
    return {
      type: "text",
      text: cited["content"].map((each) => (isRecord(each) ? textOf(each["text"]) : "")).join(""),
    };
  for (const kind of ["image", "document", "video", "audio"]) {
    const media = item[kind];
    if (isRecord(media) && isRecord(media["source"])) return mediaOf(kind, media, media["source"]);
  }
  return undefined;
}

/** `[{json}]` and `[{text}, …]` are the answer itself in a list. */
function resultOf(content: unknown[]): unknown {
  const only: unknown = content[0];
  if (content.length === 1 && isRecord(only) && only["json"] !== undefined) return only["json"];
  const texts = content.map((part) =>
    isRecord(part) && Object.keys(part).length === 1 ? part["text"] : undefined,
  );
  return texts.length > 0 && texts.every((text) => typeof text === "string") ? texts.join("\n") : content;
}

function mediaOf(kind: string, media: Item, source: Item): Item {
  const form = `${kind}/${textOf(media["format"]) ?? ""}`;
  const mime_type = BEDROCK_MEDIA[form] ?? (media["format"] === undefined ? undefined : form);
  const s3 = isRecord(source["s3Location"]) ? source["s3Location"]["uri"] : undefined;
  const given = s3 ?? firstOf(source, "bytes", "data", "url");
  const type = kind === "image" || kind === "audio" ? kind : "file";
  if (source["text"] !== undefined)
    return { type, source: { type: "text", data: source["text"], mime_type }, title: media["name"] };
  return { type, data: given, mime_type, filename: media["name"] };
}
