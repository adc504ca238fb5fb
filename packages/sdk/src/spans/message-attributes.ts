import type { Attributes } from "@opentelemetry/api";
import {
  AUDIO_MIME_TYPE,
  AUDIO_TRANSCRIPT,
  AUDIO_URL,
  SemanticConventions as Names,
} from "@arizeai/openinference-semantic-conventions";
import { toJson, toText } from "./to-json.ts";

type Fields = Record<string, unknown>;

/**
 * Messages of any provider as OpenInference's flattened attributes. Understood: OpenAI's chat messages and
 * Responses items, Anthropic's messages with content blocks, bare texts. A part that is of no known kind keeps
 * its type, with its JSON as text. The values that are written are the messages' own; nothing is changed in them.
 * A message that throws while it is read costs no other.
 */
export function setMessages(attributes: Attributes, list: string, messages: readonly unknown[]): void {
  let index = 0;
  const write = (message: unknown): void => {
    let isWritten = true;
    try {
      isWritten = writeMessage(attributes, keysOf(list, index), message);
    } catch {
      // It throws while it is read, and keeps its place.
    }
    if (isWritten) index++;
  };
  for (const message of messages) {
    const parts = splitToolResults(message);
    if (parts === undefined) write(message);
    else for (const part of parts) write(part);
  }
}

/** The names of a message's attributes: where they begin, and the two that every message has. */
interface MessageKeys {
  at: string;
  role: string;
  content: string;
}

/** Names that were written before, by list: to put them together anew is a good part of what a span costs. */
const knownKeys = new Map<string, MessageKeys[]>();
const MAX_KNOWN_KEYS = 256;

function keysOf(list: string, index: number): MessageKeys {
  let known = knownKeys.get(list);
  if (known === undefined) knownKeys.set(list, (known = []));
  return index < MAX_KNOWN_KEYS ? (known[index] ??= makeKeys(list, index)) : makeKeys(list, index);
}

function makeKeys(list: string, index: number): MessageKeys {
  const at = `${list}.${index}.`;
  return { at, role: at + Names.MESSAGE_ROLE, content: at + Names.MESSAGE_CONTENT };
}

/**
 * Anthropic puts the results of several tools into one message of the user; here each is a message of its own.
 * Undefined for any other message.
 */
function splitToolResults(message: unknown): unknown[] | undefined {
  const isResult = (part: unknown): part is Fields => isFields(part) && part["type"] === "tool_result";
  try {
    const content = isFields(message) ? message["content"] : undefined;
    if (!isFields(message) || !Array.isArray(content) || !content.some(isResult)) return undefined;
    const rest = content.filter((part) => !isResult(part));
    return [
      ...content.filter(isResult).map((part) => ({
        role: "tool",
        tool_call_id: part["tool_use_id"],
        content: part["content"],
      })),
      ...(rest.length === 0 ? [] : [{ ...message, content: rest }]),
    ];
  } catch {
    return undefined;
  }
}

function writeMessage(to: Attributes, keys: MessageKeys, message: unknown): boolean {
  const { at } = keys;
  if (typeof message === "string") {
    to[keys.role] = "user";
    to[keys.content] = message;
    return true;
  }
  if (!isFields(message)) return false;
  if (typeof message["type"] === "string" && message["role"] === undefined) {
    return writeItem(to, at, message, message["type"]);
  }
  to[keys.role] = typeof message["role"] === "string" ? message["role"] : "user";
  const { content } = message;
  if (typeof content === "string") to[keys.content] = content;
  else writeContent(to, at, content);
  writeText(to, at + Names.MESSAGE_NAME, message["name"]);
  writeText(to, at + Names.MESSAGE_TOOL_CALL_ID, message["tool_call_id"]);
  const reasoning = message["reasoning_content"] ?? message["reasoning"];
  if (typeof reasoning === "string" && reasoning !== "") writeReasoning(to, at, message, reasoning);
  const { refusal, audio, function_call: oldCall, tool_calls: calls } = message;
  if (typeof refusal === "string" && !to[keys.content]) to[keys.content] = refusal;
  if (isFields(audio)) writeAudio(to, `${at}${Names.MESSAGE_CONTENTS}.0.`, audio);
  if (isFields(oldCall)) {
    writeText(to, at + Names.MESSAGE_FUNCTION_CALL_NAME, oldCall["name"]);
    writeText(to, at + Names.MESSAGE_FUNCTION_CALL_ARGUMENTS_JSON, oldCall["arguments"]);
  }
  if (Array.isArray(calls)) for (let k = 0; k < calls.length; k++) writeOpenAiCall(to, at, k, calls[k]);
  return true;
}

/** An item of OpenAI's Responses API that is no message. */
function writeItem(to: Attributes, at: string, item: Fields, type: string): boolean {
  if (type === "function_call" || type === "custom_tool_call") {
    to[at + Names.MESSAGE_ROLE] = "assistant";
    writeCall(to, at, 0, {
      id: item["call_id"],
      name: item["name"],
      input: item["arguments"] ?? item["input"],
    });
  } else if (type === "function_call_output" || type === "custom_tool_call_output") {
    to[at + Names.MESSAGE_ROLE] = "tool";
    writeText(to, at + Names.MESSAGE_TOOL_CALL_ID, item["call_id"]);
    writeText(to, at + Names.MESSAGE_CONTENT, item["output"]);
  } else {
    to[at + Names.MESSAGE_ROLE] = "assistant";
    writeParts(to, at, [item]);
  }
  return true;
}

function writeContent(to: Attributes, at: string, content: unknown): void {
  if (Array.isArray(content)) writeParts(to, at, content);
  else if (content !== undefined && content !== null) writeText(to, at + Names.MESSAGE_CONTENT, content);
}

function writeReasoning(to: Attributes, at: string, message: Fields, reasoning: string): void {
  const parts: unknown[] = [{ type: "reasoning", text: reasoning }];
  const { content } = message;
  if (typeof content === "string") parts.push({ type: "text", text: content });
  else if (Array.isArray(content)) parts.push(...content);
  delete to[at + Names.MESSAGE_CONTENT];
  writeParts(to, at, parts);
}

/** Content parts; tool calls and results among them go where OpenInference keeps those. */
function writeParts(to: Attributes, at: string, parts: readonly unknown[]): void {
  // A lone text is the message's content.
  const [only] = parts;
  if (parts.length === 1 && isFields(only) && isText(only) && typeof only["text"] === "string") {
    to[at + Names.MESSAGE_CONTENT] = only["text"];
    return;
  }
  let position = 0;
  let calls = 0;
  for (const part of parts) {
    if (isFields(part) && part["type"] === "tool_use") {
      writeCall(to, at, calls++, { id: part["id"], name: part["name"], input: part["input"] });
    } else {
      writePart(to, `${at}${Names.MESSAGE_CONTENTS}.${position++}.`, part);
    }
  }
}

function writePart(to: Attributes, at: string, part: unknown): void {
  const type = at + Names.MESSAGE_CONTENT_TYPE;
  const text = at + Names.MESSAGE_CONTENT_TEXT;
  if (!isFields(part)) {
    to[type] = "text";
    writeText(to, text, part);
    return;
  }
  if (isText(part)) {
    to[type] = "text";
    writeText(to, text, part["text"]);
    return;
  }
  const image = imageUrlOf(part);
  if (image !== undefined) {
    to[type] = "image";
    to[`${at}${Names.MESSAGE_CONTENT_IMAGE}.${Names.IMAGE_URL}`] = image;
    return;
  }
  switch (part["type"]) {
    case "reasoning":
    case "thinking":
    case "redacted_thinking":
      to[type] = "reasoning";
      writeText(to, text, reasoningTextOf(part));
      writeText(to, at + Names.MESSAGE_CONTENT_ID, part["id"]);
      writeText(to, at + Names.MESSAGE_CONTENT_SIGNATURE, part["signature"]);
      writeText(to, at + Names.MESSAGE_CONTENT_DATA, part["data"]);
      writeText(to, at + Names.MESSAGE_CONTENT_ENCRYPTED_CONTENT, part["encrypted_content"]);
      return;
    case "input_audio":
      writeAudio(to, at, part["input_audio"]);
      return;
    case "refusal":
      to[type] = "text";
      writeText(to, text, part["refusal"]);
      return;
    default:
      to[type] = typeof part["type"] === "string" ? part["type"] : "unknown";
      writeText(to, text, part);
  }
}

/** What was said to the model, and what it says (whose format only the request knows): its transcript too. */
function writeAudio(to: Attributes, at: string, audio: unknown): void {
  const { data, format, transcript } = isFields(audio) ? audio : {};
  const mimeType = `audio/${typeof format === "string" ? format : "wav"}`;
  to[at + Names.MESSAGE_CONTENT_TYPE] = "audio";
  to[`${at}${Names.MESSAGE_CONTENT_AUDIO}.${AUDIO_MIME_TYPE}`] = mimeType;
  writeText(to, `${at}${Names.MESSAGE_CONTENT_AUDIO}.${AUDIO_TRANSCRIPT}`, transcript);
  if (typeof data === "string") {
    to[`${at}${Names.MESSAGE_CONTENT_AUDIO}.${AUDIO_URL}`] = `data:${mimeType};base64,${data}`;
  }
}

function writeOpenAiCall(to: Attributes, at: string, index: number, call: unknown): void {
  if (!isFields(call)) return;
  const inner = isFields(call["function"])
    ? call["function"]
    : isFields(call["custom"])
      ? call["custom"]
      : call;
  writeCall(to, at, index, {
    id: call["id"],
    name: inner["name"],
    input: inner["arguments"] ?? inner["input"],
  });
}

function writeCall(
  to: Attributes,
  at: string,
  index: number,
  { id, name, input }: { id: unknown; name: unknown; input: unknown },
): void {
  const call = `${at}${Names.MESSAGE_TOOL_CALLS}.${index}.`;
  writeText(to, call + Names.TOOL_CALL_ID, id);
  writeText(to, call + Names.TOOL_CALL_FUNCTION_NAME, name);
  writeText(to, call + Names.TOOL_CALL_FUNCTION_ARGUMENTS_JSON, input);
}

/** `text`, and the Responses API's `input_text` and `output_text`. */
function isText(part: Fields): boolean {
  const { type } = part;
  return type === "text" || type === "input_text" || type === "output_text";
}

/** OpenAI's `image_url`, Responses' `input_image`, and Anthropic's `image` with a source. */
function imageUrlOf(part: Fields): string | undefined {
  const { type, image_url: image, source } = part;
  if (type === "image_url" || type === "input_image") {
    const url = isFields(image) ? image["url"] : image;
    return typeof url === "string" ? url : undefined;
  }
  if (type !== "image" || !isFields(source)) return undefined;
  if (typeof source["url"] === "string") return source["url"];
  const { data, media_type: mediaType } = source;
  return typeof data === "string" ? `data:${String(mediaType)};base64,${data}` : undefined;
}

function reasoningTextOf(part: Fields): unknown {
  if (part["thinking"] !== undefined) return part["thinking"];
  const { summary, content, text } = part;
  if (text !== undefined) return text;
  const blocks = [...(Array.isArray(summary) ? summary : []), ...(Array.isArray(content) ? content : [])];
  const texts = blocks
    .map((block) => (isFields(block) ? block["text"] : undefined))
    .filter((each) => each !== undefined);
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** Undefined and null are left out; anything but a text is written as JSON. */
function writeText(to: Attributes, key: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const text = toText(value);
  if (text !== undefined) to[key] = text;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tool definitions, each as the JSON that was sent. */
export function setTools(attributes: Attributes, tools: readonly unknown[]): void {
  for (let index = 0; index < tools.length; index++) {
    const json = toJson(tools[index]);
    if (json !== undefined) attributes[`${Names.LLM_TOOLS}.${index}.${Names.TOOL_JSON_SCHEMA}`] = json;
  }
}
