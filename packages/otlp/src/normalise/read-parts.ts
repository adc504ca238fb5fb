import { REDACTED, type MessagePart, type ToolCallPart } from "@nightowl/model/span/message";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { LANGFUSE_MEDIA, mimeOfLangfuseMedia, partsAroundMedia } from "./langfuse-media.ts";
import { pythonBytes } from "./python-literal.ts";
import { base64Of, base64OfText, readBedrockPart, textDataUri, writtenOutParts } from "./read-part-forms.ts";
import { compact, firstOf, isRecord, jsonText } from "./record.ts";

type Item = Record<string, unknown>;

/** Content inside content inside content: below this it is shown raw. */
const MAX_DEPTH = 8;

/**
 * The content of a message, in any shape that providers and frameworks use, as parts. Nothing is lost:
 * what is not understood becomes a `raw` part. Empty text becomes no part.
 */
export function readParts(content: unknown, depth = 0): MessagePart[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return textParts(content);
  if (depth > MAX_DEPTH) return [{ type: "raw", value: content }];
  if (Array.isArray(content)) return readEach(content, depth + 1);
  if (!isRecord(content)) return [{ type: "text", text: String(content) }];
  return readPart(content);
}

function textParts(text: string): MessagePart[] {
  if (text.includes(LANGFUSE_MEDIA)) return partsAroundMedia(text);
  return [text === REDACTED ? { type: "raw", value: text } : { type: "text", text }];
}

function readEach(items: readonly unknown[], depth: number): MessagePart[] {
  if (items.length === 1) return readParts(items[0], depth);
  const parts: MessagePart[] = [];
  for (const item of items) for (const part of readParts(item, depth)) parts.push(part);
  return parts;
}

function readPart(item: Item): MessagePart[] {
  const type = textOf(item["type"] ?? item["block_type"]) ?? "";
  const parts = readerOf(type)(item);
  return parts ?? [{ type: "raw", value: item }];
}

function readerOf(type: string): (item: Item) => MessagePart[] | undefined {
  const reader = Object.hasOwn(PART_READERS, type) ? PART_READERS[type] : undefined;
  if (reader !== undefined) return reader;
  // Anthropic's own tools: `web_search_tool_result`, `code_execution_tool_result`, `mcp_tool_result` …
  if (type.endsWith("_tool_result")) return readServerResult;
  // What waits for a person's word, and that word, hold the call in question: they are no call of their own.
  if (/_approval_(request|response)$/.test(type)) return () => undefined;
  // OpenAI's: `web_search_call`, `mcp_call`, `local_shell_call` and its `local_shell_call_output` …
  if (type.endsWith("_call_output")) return readToolResult;
  if (type.startsWith("tool-") || type === "dynamic-tool") return readInvocation;
  return type.endsWith("_call") ? readHostedCall : readUntypedPart;
}

/** Tools of the provider's that the caller runs, and answers. */
const ANSWERED_BY_CALLER = /^(computer|shell|local_shell|apply_patch)(_tool)?_call$/;

const hostedCalls = new WeakSet<MessagePart>();

/** True for a call of a tool that the provider itself ran: the model goes on after it in the same turn. */
export function isHostedCall(part: MessagePart): boolean {
  return hostedCalls.has(part);
}

/** A call of one of the provider's own tools, which is named by its type, and its results where they came with it. */
function readHostedCall(item: Item): MessagePart[] {
  const type = textOf(item["type"]) ?? "";
  const name = textOf(firstOf(item, "name", "tool_name")) ?? type.replace(/(_tool)?_call$/, "");
  const { code, queries, commands, actions } = item;
  // Agent Framework hands over code as a list of texts.
  const input = item["inputs"] === undefined ? undefined : openResult(item["inputs"]);
  const given =
    firstOf(item, "arguments", "action", "input") ??
    compact({ code, queries, commands, actions, input }) ??
    {};
  const call = readToolCall({ name, id: item["call_id"] ?? item["id"], arguments: given }) ?? [];
  if (!ANSWERED_BY_CALLER.test(type)) for (const part of call) hostedCalls.add(part);
  const result = firstOf(item, "output", "outputs", "results", "result", "error");
  if (result === undefined) return call;
  if (type === "image_generation_call") return [...call, ...(readImage({ data: result }) ?? [])];
  return [...call, ...(readServerResult({ id: item["id"], name, result }) ?? [])];
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
  // LangChain's word for Bedrock's.
  reasoning_content: (item) =>
    readReasoning(isRecord(item["reasoning_content"]) ? item["reasoning_content"] : item),
  image: readImage,
  image_url: readImage,
  input_image: readImage,
  audio: readAudio,
  input_audio: readAudio,
  file: readMedia,
  hosted_file: readFile,
  input_file: readFile,
  document: readDocument,
  "image-url": readImage,
  "image-data": readImage,
  "file-data": readMedia,
  "file-url": readMedia,
  "audio-url": readAudio,
  "video-url": readFile,
  "document-url": readFile,
  binary: readMedia,
  blob: readMedia,
  uri: readMedia,
  media: readMedia,
  tool_call: (item) => readToolCall(itemIn(item, "tool_call")),
  tool_call_output: (item) => readToolResult(itemIn(item, "tool_call_output")),
  mcp: (item) => (isRecord(item["content"]) ? readPart(item["content"]) : undefined),
  "tool-call": readToolCall,
  invalid_tool_call: readToolCall,
  mcp_tool_use: readToolCall,
  tool_use: readToolCall,
  function_call: readToolCall,
  // A call of OpenAI's where the content would be.
  function: (item) => (isRecord(item["function"]) ? readToolCall(item) : undefined),
  server_tool_call: readToolCall,
  server_tool_use: readToolCall,
  // Pydantic AI marks what the provider itself ran.
  tool_call_response: (item) => (item["builtin"] === true ? readServerResult(item) : readToolResult(item)),
  custom_tool_call: readToolCall,
  custom_tool_call_output: readToolResult,
  tool_result: readToolResult,
  "tool-result": readToolResult,
  "tool-invocation": readInvocation,
  // Marks where a step begins.
  "step-start": () => [],
  "tool-error": (item) => readToolResult({ ...item, is_error: true, response: item["error"] }),
  function_call_output: readToolResult,
  server_tool_call_response: readServerResult,
  server_tool_result: readServerResult,
  // The provider's summary of what was said before, where it tells it.
  compaction: (item) => (typeof item["content"] === "string" ? readText(item) : undefined),
};

/**
 * A tool's call in a message as the Vercel AI SDK's pages keep it: `{type: "tool-<name>", toolCallId, state, input, output}`,
 * with the answer in the same part where there is one; before version 5 `{toolInvocation: {toolName, args, result}}`.
 */
function readInvocation(item: Item): MessagePart[] | undefined {
  const inner = isRecord(item["toolInvocation"]) ? item["toolInvocation"] : item;
  const { toolCallId: id, callProviderMetadata } = inner;
  if (inner["state"] === undefined || id === undefined) return undefined;
  const name = textOf(inner["toolName"]) ?? (textOf(item["type"]) ?? "").slice("tool-".length);
  const given = firstOf(inner, "input", "args", "rawInput");
  const call = readToolCall({ name, id, arguments: given, callProviderMetadata }) ?? [];
  const result = firstOf(inner, "output", "result", "errorText");
  if (result === undefined) return call;
  const answer = { id, name, result, is_error: inner["errorText"] !== undefined };
  const read = inner["providerExecuted"] === true ? readServerResult : readToolResult;
  return [...call, ...(read(answer) ?? [])];
}

/** Azure puts the call, or the answer, into a member of the part. */
function itemIn(item: Item, name: string): Item {
  const inner = item["name"] === undefined ? (item[name] ?? item["content"]) : undefined;
  return isRecord(inner) ? inner : item;
}

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
  const written = item["text"] === undefined ? writtenOutParts(text) : undefined;
  const parts = written?.flatMap(readPart) ?? [];
  const isUnderstood = written?.length === 1 || parts.every((part) => part.type !== "raw");
  if (parts.length > 0 && isUnderstood) return parts;
  return text === "" ? [] : textParts(text);
}

function readReasoning(item: Item): MessagePart[] | undefined {
  const given = firstOf(item, "content", "text", "thinking", "reasoning", "summary");
  // A list of summaries is sometimes written as JSON text.
  const value = typeof given === "string" && given.startsWith("[{") ? jsonOf(given) : given;
  const text = Array.isArray(value) ? joinTexts(value) : value === undefined ? "" : textOf(value);
  if (text === undefined && value !== "") return undefined;
  const own = providersOwn(item);
  const signature = textOf(item["signature"]) ?? textOf(firstOf(own, "signature", "thoughtSignature"));
  const encrypted = textOf(
    firstOf(item, "encrypted", "encrypted_content", "data") ??
      firstOf(own, "reasoningEncryptedContent", "redactedData", "redactedContent"),
  );
  if (text === REDACTED) return [{ type: "raw", value: text }];
  if (!text && signature === undefined && encrypted === undefined) return [];
  return [{ type: "reasoning", text: text ?? "", ...compact({ signature, encrypted }) }];
}

/** What the Vercel AI SDK keeps of a provider's own beside a part: `{anthropic: {signature}}`, `{openai: {itemId, …}}`. */
function providersOwn(item: Item): Item {
  const beside = firstOf(item, "providerOptions", "providerMetadata", "callProviderMetadata");
  return isRecord(beside) ? Object.assign({}, ...Object.values(beside).filter(isRecord)) : {};
}

function joinTexts(items: readonly unknown[]): string {
  const texts = items.map((each) =>
    isRecord(each) ? textOf(firstOf(each, "text", "content")) : textOf(each),
  );
  return texts.filter((text) => text !== undefined).join("\n\n");
}

/** Characters of a file's content that are looked at, to tell base64 from text. */
const MAX_LOOKED_AT = 256;

/** A URL, or base64 data made into a `data:` URI. */
function mediaUrl(given: unknown, mimeType: string | undefined): string | undefined {
  const text = textOf(given);
  const data = (text?.startsWith("b") === true ? pythonBytes(text) : undefined) ?? text ?? base64Of(given);
  if (data === undefined || data === REDACTED || isWord(data)) return undefined;
  // An address, or Langfuse's word for what it stored elsewhere: `@@@langfuseMedia:…@@@`.
  if (/^([a-z][a-z0-9+.-]*:|@@@)/i.test(data)) return data;
  const head = data.slice(0, MAX_LOOKED_AT);
  // Bytes that could be read as text were opened on the way here.
  if (mimeType?.startsWith("text/") === true && !/^[\w+/=-]+$/.test(head)) return textDataUri(data, mimeType);
  // Python's models write bytes with the letters of addresses.
  const base64 = OPENED_BYTES.test(head)
    ? base64OfText(data)
    : data.replaceAll("-", "+").replaceAll("_", "/");
  return `data:${mimeType ?? "application/octet-stream"};base64,${base64}`;
}

/** Signs that are in no base64 and no address. */
const OPENED_BYTES = /^%PDF-|[^\s\x20-\x7e]/;

/** A picture that was taken out, or whose bytes were lost on the way, is still known to have been one. */
function leftOut(given: unknown): MessagePart[] | undefined {
  if (given === REDACTED) return [{ type: "raw", value: REDACTED }];
  const isLost = given === undefined || given === "" || (isRecord(given) && Object.keys(given).length === 0);
  return isLost ? [{ type: "file", mimeType: "image/*" }] : undefined;
}

/** Some SDKs write a word where bytes were: `<not serializable>`. */
const isWord = (data: unknown) => typeof data === "string" && /^<[^<>]*>$/.test(data);

const mimeOfDataUri = (value: unknown) =>
  typeof value === "string" ? /^data:([\w.+-]+\/[\w.+-]+)[;,]/.exec(value)?.[1] : undefined;

const mimeOf = (item: Item) =>
  textOf(firstOf(item, "mime_type", "mimeType", "media_type", "mediaType", "contentType"));

function readImage(item: Item): MessagePart[] | undefined {
  const source = firstOf(item, "image_url", "image", "source", "url", "uri", "data", "base64", "content");
  const inner = isRecord(source) ? source : {};
  const mimeType = mimeOf(item) ?? mimeOf(inner);
  const given = isRecord(source) ? (firstOf(inner, "url", "uri", "data", "value") ?? source) : source;
  const url = mediaUrl(given, mimeType ?? "image/png");
  if (url === undefined) return readFile(item) ?? leftOut(given);
  const known = compact({
    mimeType: mimeType ?? mimeOfLangfuseMedia(url),
    detail: textOf(inner["detail"] ?? item["detail"]),
  });
  return [{ type: "image", url, ...known }];
}

function readAudio(item: Item): MessagePart[] | undefined {
  const nested = firstOf(item, "input_audio", "audio", "source");
  const inner = isRecord(nested) ? nested : item;
  const format = textOf(inner["format"]);
  const mimeType = mimeOf(inner) ?? mimeOf(item) ?? (format === undefined ? undefined : `audio/${format}`);
  const given =
    isRecord(nested) || nested === undefined
      ? firstOf(inner, "url", "uri", "data", "value", "base64", "content")
      : nested;
  const part = compact({
    url: mediaUrl(given, mimeType),
    mimeType,
    transcript: textOf(inner["transcript"]),
  });
  return part === undefined ? undefined : [{ type: "audio", ...part }];
}

function readFile(item: Item): MessagePart[] | undefined {
  const nested = firstOf(item, "file", "source");
  const inner = isRecord(nested) ? nested : item;
  const mimeType = mimeOf(inner) ?? mimeOf(item);
  const given = firstOf(
    inner,
    "url",
    "uri",
    "file_url",
    "fileUri",
    "file_data",
    "data",
    "value",
    "base64",
    "content",
  );
  const part = compact({
    url: inner["type"] === "text" ? textDataUri(given, mimeType) : mediaUrl(given, mimeType),
    id: textOf(firstOf(inner, "file_id", "id")),
    name: textOf(firstOf(inner, "filename", "file_name", "name") ?? item["title"] ?? item["filename"]),
  });
  // Left out to keep the span small: what kind of a file it was is all that is known.
  const isLeftOut = mimeType !== undefined && (given === "" || isWord(given));
  return part === undefined && !isLeftOut ? undefined : [{ type: "file", ...part, ...compact({ mimeType }) }];
}

/** Anthropic's documents hold bytes, an address, plain text, or content of their own. */
function readDocument(item: Item): MessagePart[] | undefined {
  const source = item["source"];
  const inner = item["document"];
  // Cohere's are the answers of tools.
  const data = source === undefined && isRecord(inner) ? inner["data"] : undefined;
  if (data !== undefined) return readText({ text: typeof data === "string" ? data : jsonText(data) });
  const content = isRecord(source) && source["type"] === "content" ? source["content"] : undefined;
  return content === undefined ? readFile(item) : readParts(content, MAX_DEPTH - 1);
}

/** Parts that name their modality beside their bytes or address. The media type knows better where both are there. */
function readMedia(item: Item): MessagePart[] | undefined {
  const media = isRecord(item["media"]) ? item["media"] : item;
  const mimeType = mimeOf(media) ?? mimeOfDataUri(firstOf(media, "url", "uri", "data"));
  const modality = mimeType?.split("/")[0] ?? textOf(media["modality"]) ?? modalityOf(media["url"]);
  if (modality === "image") return readImage(media);
  return modality === "audio" ? readAudio(media) : readFile(media);
}

/** An address that is all there is of a file tells a picture by its ending. */
function modalityOf(url: unknown): "image" | undefined {
  return typeof url === "string" && /^https?:[^?#]*\.(png|jpe?g|gif|webp)([?#]|$)/i.test(url)
    ? "image"
    : undefined;
}

/** A tool call of any provider; `arguments` is opened where it is JSON. */
export function readToolCall(item: Item): MessagePart[] | undefined {
  const type = textOf(item["type"]) ?? "";
  // The details of a provider's own tool lie under the name of its type.
  const own = type !== "function" && isRecord(item[type]) ? item[type] : undefined;
  const inner = isRecord(item["function"]) ? item["function"] : item;
  const server = isRecord(item["server_tool_call"]) ? item["server_tool_call"] : undefined;
  const name =
    textOf(firstOf(inner, "name", "tool_name", "toolName")) ??
    textOf(item["name"] ?? server?.["type"] ?? (own === undefined ? undefined : type));
  const given =
    firstOf(inner, "arguments", "args", "input", "parameters", "tool_kwargs", "toolInput") ??
    server?.["arguments"] ??
    item["server_tool_call"] ??
    own;
  // A provider's own item id (`fc_1`) comes beside the id that the answer will name.
  const id = textOf(firstOf(item, "call_id", "callId", "id", "toolCallId", "toolUseId", "tool_call_id"));
  if (name === undefined && id === undefined) return undefined;
  const call: ToolCallPart = { type: "tool_call", name: name ?? "", arguments: openArguments(given) };
  if (id !== undefined) call.id = id;
  const signature = textOf(
    firstOf(item, "signature", "reasoning_signature", "thoughtSignature", "thought_signature") ??
      firstOf(providersOwn(item), "thoughtSignature"),
  );
  if (signature !== undefined) call.signature = signature;
  return [call];
}

function openArguments(value: unknown): unknown {
  if (value === undefined) return {};
  const opened = jsonOf(value);
  return isRecord(opened) || Array.isArray(opened) ? opened : value;
}

/** Names of the call that was answered; an answer's own id comes last. */
const ANSWERED_CALL = ["tool_use_id", "tool_call_id", "toolCallId", "call_id", "callId", "toolUseId", "id"];

function readToolResult(item: Item): MessagePart[] | undefined {
  const sent = firstOf(
    item,
    "response",
    "result",
    "output",
    "server_tool_call_response",
    "content",
    "outputs",
  );
  const wrapped = isRecord(sent) ? WRAPPED_RESULTS.get(textOf(sent["type"]) ?? "") : undefined;
  const given = wrapped !== undefined && isRecord(sent) && "value" in sent ? sent["value"] : sent;
  const failed = firstOf(item, "is_error", "isError") ?? (item["status"] === "error" || wrapped === "error");
  const rest = compact({
    callId: textOf(firstOf(item, ...ANSWERED_CALL)),
    name: textOf(firstOf(item, "name", "toolName")),
    isError: failed === true ? true : undefined,
  });
  const result = openResult(given);
  // Early versions of Agent Framework write down the whole part that holds the answer.
  const isPart = isRecord(result) && result["type"] === "function_result";
  return withMediaApart({
    type: "tool_result",
    ...rest,
    result: isPart ? openResult(result["result"]) : result,
  });
}

type ResultPart = MessagePart & { type: "tool_result" };

const resultsOfMedia = new WeakMap<MessagePart, MessagePart>();

/** The tool's answer that a picture or a file came with; `undefined` for any other part. */
export function resultOfMedia(part: MessagePart): MessagePart | undefined {
  return resultsOfMedia.get(part);
}

/** An answer that is a list of texts and media (a screenshot, and words about it) as its text, and the media behind it. */
function withMediaApart(answer: ResultPart): MessagePart[] {
  const { result } = answer;
  if (isBinary(result)) return withMediaApart({ ...answer, result: [{ ...result, type: "media" }] });
  if (!Array.isArray(result) || !result.every(isRecord)) return [answer];
  const parts = result.flatMap(readPart);
  const media = parts.filter(isMedium);
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  if (media.length === 0 || media.length + texts.length < parts.length) return [answer];
  const spoken: ResultPart = { ...answer, result: openResult(texts.join("\n")) };
  for (const part of media) resultsOfMedia.set(part, spoken);
  return [spoken, ...media];
}

/** Pydantic AI's file that is a tool's whole answer, with its bytes. */
function isBinary(result: unknown): result is Item {
  return isRecord(result) && result["kind"] === "binary" && typeof result["data"] === "string";
}

/** A list of files is no answer that shows them: those that do bring their bytes. */
function isMedium(part: MessagePart): boolean {
  if (part.type === "file") return part.url?.startsWith("data:") === true;
  return part.type === "image" || (part.type === "audio" && part.url !== undefined);
}

/** The Vercel AI SDK's `{type, value}` around a tool's answer. */
const WRAPPED_RESULTS = new Map([
  ["text", "answer"],
  ["json", "answer"],
  ["content", "answer"],
  ["error-text", "error"],
  ["error-json", "error"],
]);

/**
 * A tool's answer: JSON where it is JSON, the one text where it is a list of text parts, the one value where it
 * is Bedrock's `[{json}]` or `[{text}]`, else as it came.
 */
export function openResult(value: unknown): unknown {
  const opened = jsonOf(value ?? null);
  if (typeof value === "string" && typeof opened === "string") return value;
  if (isTextPart(opened)) return openResult(opened.text);
  if (!Array.isArray(opened) || opened.length === 0) return opened;
  const only: unknown = opened.length === 1 ? opened[0] : undefined;
  if (isRecord(only) && Object.keys(only).length === 1) {
    if (only["json"] !== undefined) return only["json"];
    if (typeof only["text"] === "string") return openResult(only["text"]);
  }
  if (!opened.every(isTextPart)) return opened;
  return openResult(opened.map((part) => part.text).join("\n"));
}

function isTextPart(value: unknown): value is { text: string } {
  if (!isRecord(value) || typeof value["text"] !== "string") return false;
  return value["type"] === "text" || value["type"] === "input_text" || value["type"] === "output_text";
}

const signatureOf = (metadata: unknown) =>
  isRecord(metadata) ? firstOf(metadata, "thoughtSignature", "signature") : undefined;

/** Gemini's and Bedrock's parts say what they are by their one key. */
function readUntypedPart(item: Item): MessagePart[] | undefined {
  const bedrock = readBedrockPart(item);
  if (bedrock !== undefined) return readParts(bedrock, MAX_DEPTH - 1);
  const call = firstOf(item, "functionCall", "function_call", "toolUse", "tool_call", "toolRequest");
  const thoughtSignature = firstOf(item, "thoughtSignature", "thought_signature");
  if (isRecord(call)) {
    const id = call["ref"] ?? call["id"];
    return readToolCall({ ...call, ...compact({ id, thoughtSignature }) });
  }
  const result = firstOf(
    item,
    "functionResponse",
    "function_response",
    "toolResult",
    "tool_call_result",
    "toolResponse",
  );
  // Haystack's answer carries the call that it answers.
  if (isRecord(result) && isRecord(result["origin"])) {
    const { id, tool_name: name } = result["origin"];
    return readToolResult({ id, name, result: result["result"], is_error: result["error"] });
  }
  if (isRecord(result))
    return readToolResult(result["ref"] === undefined ? result : { ...result, id: result["ref"] });
  const inline = firstOf(item, "inlineData", "inline_data", "fileData", "file_data");
  if (isRecord(inline)) return readMedia({ ...inline, uri: firstOf(inline, "fileUri", "file_uri", "uri") });
  if (isRecord(item["media"])) return readMedia(item);
  const code = firstOf(item, "executableCode", "executable_code");
  if (isRecord(code)) return readToolCall({ name: "code_execution", arguments: code });
  const ran = firstOf(item, "codeExecutionResult", "code_execution_result");
  if (isRecord(ran)) return readServerResult({ name: "code_execution", result: ran });
  if (typeof item["reasoning"] === "string")
    return readReasoning({ ...item, signature: signatureOf(item["metadata"]) });
  if (item["type"] !== undefined) return undefined;
  if (isRecord(item["text"]) && Object.keys(item).length === 1) return readText(item);
  // Genkit's answer in a form.
  if (isRecord(item["data"]) && Object.keys(item).length === 1) return textParts(jsonText(item["data"]));
  if (typeof item["text"] !== "string") return undefined;
  return item["thought"] === true
    ? readReasoning({ text: item["text"], signature: thoughtSignature })
    : readText(item);
}
