import type { MessagePart, ToolCallPart } from "@nightowl/model/span/message";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { compact, firstOf, isRecord } from "./record.ts";

type Item = Record<string, unknown>;

/** Content inside content inside content: below this it is shown raw. */
const MAX_DEPTH = 8;

/**
 * The content of a message, in any shape that providers and frameworks use, as parts. Nothing is lost:
 * what is not understood becomes a `raw` part. Empty text becomes no part.
 */
export function readParts(content: unknown, depth = 0): MessagePart[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (depth > MAX_DEPTH) return [{ type: "raw", value: content }];
  if (Array.isArray(content)) return content.flatMap((item) => readParts(item, depth + 1));
  if (!isRecord(content)) return [{ type: "text", text: String(content) }];
  return readPart(content);
}

function readPart(item: Item): MessagePart[] {
  const type = typeof item["type"] === "string" ? item["type"] : "";
  const reader = Object.hasOwn(PART_READERS, type) ? PART_READERS[type] : undefined;
  const parts = reader === undefined ? readUntypedPart(item) : reader(item);
  return parts ?? [{ type: "raw", value: item }];
}

const PART_READERS: Record<string, (item: Item) => MessagePart[] | undefined> = {
  text: readText,
  input_text: readText,
  output_text: readText,
  summary_text: readText,
  refusal: readText,
  reasoning: readReasoning,
  thinking: readReasoning,
  redacted_thinking: readReasoning,
  image: readImage,
  image_url: readImage,
  input_image: readImage,
  audio: readAudio,
  input_audio: readAudio,
  file: readFile,
  input_file: readFile,
  document: readFile,
  blob: readMedia,
  uri: readMedia,
  media: readMedia,
  tool_call: readToolCall,
  "tool-call": readToolCall,
  tool_use: readToolCall,
  function_call: readToolCall,
  server_tool_call: readToolCall,
  server_tool_use: readToolCall,
  tool_call_response: readToolResult,
  tool_result: readToolResult,
  "tool-result": readToolResult,
  function_call_output: readToolResult,
  server_tool_call_response: readServerResult,
  web_search_tool_result: readServerResult,
};

const serverResults = new WeakSet<MessagePart>();

/** True for the answer of a tool that the provider itself ran: it belongs to the assistant's own turn. */
export function isServerResult(part: MessagePart): boolean {
  return serverResults.has(part);
}

function readServerResult(item: Item): MessagePart[] | undefined {
  const parts = readToolResult(item);
  for (const part of parts ?? []) serverResults.add(part);
  return parts;
}

function readText(item: Item): MessagePart[] | undefined {
  let text = firstOf(item, "text", "content", "refusal");
  if (isRecord(text)) text = text["value"];
  if (typeof text !== "string") return text === undefined ? [] : undefined;
  return text === "" ? [] : [{ type: "text", text }];
}

function readReasoning(item: Item): MessagePart[] | undefined {
  const value = firstOf(item, "content", "text", "thinking", "reasoning", "summary");
  const text = Array.isArray(value) ? joinTexts(value) : value === undefined ? "" : textOf(value);
  if (text === undefined && value !== "") return undefined;
  const signature = textOf(item["signature"]);
  const encrypted = textOf(firstOf(item, "encrypted", "encrypted_content", "data"));
  if (!text && signature === undefined && encrypted === undefined) return [];
  return [{ type: "reasoning", text: text ?? "", ...compact({ signature, encrypted }) }];
}

function joinTexts(items: readonly unknown[]): string {
  const texts = items.map((each) =>
    isRecord(each) ? textOf(firstOf(each, "text", "content")) : textOf(each),
  );
  return texts.filter((text) => text !== undefined).join("\n\n");
}

/** A URL, or base64 data made into a `data:` URI. */
function mediaUrl(data: string | undefined, mimeType: string | undefined): string | undefined {
  if (data === undefined) return undefined;
  return /^[a-z][a-z0-9+.-]*:/i.test(data)
    ? data
    : `data:${mimeType ?? "application/octet-stream"};base64,${data}`;
}

const mimeOf = (item: Item) =>
  textOf(firstOf(item, "mime_type", "mimeType", "media_type", "mediaType", "contentType"));

function readImage(item: Item): MessagePart[] | undefined {
  const source = firstOf(item, "image_url", "image", "source", "url", "uri", "data", "content");
  const inner = isRecord(source) ? source : {};
  const mimeType = mimeOf(item) ?? mimeOf(inner);
  const given = isRecord(source) ? firstOf(inner, "url", "uri", "data") : source;
  const url = mediaUrl(textOf(given), mimeType ?? "image/png");
  if (url === undefined) return readFile(item);
  return [
    { type: "image", url, ...compact({ mimeType, detail: textOf(inner["detail"] ?? item["detail"]) }) },
  ];
}

function readAudio(item: Item): MessagePart[] | undefined {
  const nested = firstOf(item, "input_audio", "audio", "source");
  const inner = isRecord(nested) ? nested : item;
  const format = textOf(inner["format"]);
  const mimeType = mimeOf(inner) ?? mimeOf(item) ?? (format === undefined ? undefined : `audio/${format}`);
  const given =
    isRecord(nested) || nested === undefined ? firstOf(inner, "url", "uri", "data", "content") : nested;
  const part = compact({
    url: mediaUrl(textOf(given), mimeType),
    mimeType,
    transcript: textOf(inner["transcript"]),
  });
  return part === undefined ? undefined : [{ type: "audio", ...part }];
}

function readFile(item: Item): MessagePart[] | undefined {
  const nested = firstOf(item, "file", "source");
  const inner = isRecord(nested) ? nested : item;
  const mimeType = mimeOf(inner) ?? mimeOf(item);
  const given = textOf(firstOf(inner, "url", "uri", "file_url", "fileUri", "file_data", "data", "content"));
  const part = compact({
    url: mediaUrl(given, mimeType),
    id: textOf(firstOf(inner, "file_id", "id")),
    name: textOf(firstOf(inner, "filename", "file_name", "name") ?? item["title"]),
  });
  return part === undefined ? undefined : [{ type: "file", ...part, ...compact({ mimeType }) }];
}

/** Parts that name their modality beside their bytes or address. */
function readMedia(item: Item): MessagePart[] | undefined {
  const media = isRecord(item["media"]) ? item["media"] : item;
  const mimeType = mimeOf(media);
  const modality = textOf(media["modality"]) ?? mimeType?.split("/")[0];
  if (modality === "image") return readImage(media);
  return modality === "audio" ? readAudio(media) : readFile(media);
}

/** A tool call of any provider; `arguments` is opened where it is JSON. */
export function readToolCall(item: Item): MessagePart[] | undefined {
  const inner = isRecord(item["function"]) ? item["function"] : item;
  const server = isRecord(item["server_tool_call"]) ? item["server_tool_call"] : undefined;
  const name =
    textOf(firstOf(inner, "name", "tool_name", "toolName")) ?? textOf(item["name"] ?? server?.["type"]);
  const given = firstOf(inner, "arguments", "args", "input", "parameters") ?? item["server_tool_call"];
  // A provider's own item id (`fc_1`) comes beside the id that the answer will name.
  const id = textOf(firstOf(item, "call_id", "id", "toolCallId", "toolUseId", "tool_call_id"));
  if (name === undefined && id === undefined) return undefined;
  const call: ToolCallPart = { type: "tool_call", name: name ?? "", arguments: openArguments(given) };
  if (id !== undefined) call.id = id;
  const signature = textOf(firstOf(item, "signature", "reasoning_signature", "thoughtSignature"));
  if (signature !== undefined) call.signature = signature;
  return [call];
}

function openArguments(value: unknown): unknown {
  if (value === undefined) return {};
  const opened = jsonOf(value);
  return isRecord(opened) || Array.isArray(opened) ? opened : value;
}

function readToolResult(item: Item): MessagePart[] | undefined {
  const given = firstOf(item, "response", "result", "output", "server_tool_call_response", "content");
  const failed = firstOf(item, "is_error", "isError") ?? (item["status"] === "error" ? true : undefined);
  const rest = compact({
    callId: textOf(firstOf(item, "tool_use_id", "tool_call_id", "toolCallId", "call_id", "toolUseId", "id")),
    name: textOf(firstOf(item, "name", "toolName")),
    isError: failed === true ? true : undefined,
  });
  return [{ type: "tool_result", ...rest, result: openResult(given) }];
}

/** A tool's answer: JSON where it is JSON, the one text where it is a list of text parts, else as it came. */
export function openResult(value: unknown): unknown {
  const opened = jsonOf(value ?? null);
  if (typeof value === "string" && typeof opened === "string") return value;
  if (!Array.isArray(opened) || opened.length === 0) return opened;
  const isTextPart = (part: unknown) =>
    isRecord(part) && part["type"] === "text" && typeof part["text"] === "string";
  if (!opened.every(isTextPart)) return opened;
  return openResult(opened.map((part) => (part as { text: string }).text).join("\n"));
}

/** Gemini's and Bedrock's parts say what they are by their one key. */
function readUntypedPart(item: Item): MessagePart[] | undefined {
  const call = firstOf(item, "functionCall", "function_call", "toolUse", "tool_call", "toolRequest");
  if (isRecord(call)) return readToolCall(call["ref"] === undefined ? call : { ...call, id: call["ref"] });
  const result = firstOf(
    item,
    "functionResponse",
    "function_response",
    "toolResult",
    "tool_call_result",
    "toolResponse",
  );
  if (isRecord(result))
    return readToolResult(result["ref"] === undefined ? result : { ...result, id: result["ref"] });
  const inline = firstOf(item, "inlineData", "inline_data", "fileData", "file_data");
  if (isRecord(inline)) return readMedia({ ...inline, uri: firstOf(inline, "fileUri", "file_uri", "uri") });
  if (isRecord(item["media"])) return readMedia(item);
  if (typeof item["reasoning"] === "string") return readReasoning(item);
  if (item["type"] !== undefined) return undefined;
  if (typeof item["text"] !== "string") return undefined;
  return item["thought"] === true ? readReasoning({ text: item["text"] }) : readText(item);
}
