import type { Message } from "@nightowl/model/span/message";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "./finish-reason.ts";
import { mergeAssistantMessages, readMessages } from "./read-messages.ts";
import { readParts } from "./read-parts.ts";
import { firstOf, isRecord } from "./record.ts";
import { withToolRoles } from "./tool-roles.ts";

/**
 * The conversation inside a model call's raw input: a request object (`{messages}`, `{system, input}`,
 * `{contents}`, `{prompt}`), LangChain's `{messages: [[…]]}`, a list of messages, or text.
 * `[]` when there is none to be seen.
 */
export function readPromptPayload(payload: unknown): Message[] {
  const opened = jsonOf(payload);
  if (typeof opened === "string") return textMessage(opened, "user");
  if (Array.isArray(opened)) return readMessageList(onlyList(opened), "user");
  if (!isRecord(opened)) return [];
  const value = promptValueOf(opened);
  if (value !== undefined) return readMessageList(value, "user");
  const given = jsonOf(firstOf(opened, "messages", "input", "contents", "prompt", "prompts", "inputText"));
  const names = ["system", "instructions", "systemInstruction", "system_instruction"];
  // Gemini's stand among the settings.
  const instructions = systemMessage(
    firstOf(opened, ...names) ??
      (isRecord(opened["config"]) ? firstOf(opened["config"], ...names) : undefined),
  );
  if (Array.isArray(given)) {
    const messages = readMessageList(onlyList(given), "user");
    return messages.length > 0 ? [...instructions, ...messages] : [];
  }
  if (typeof given === "string") return [...instructions, ...textMessage(given, "user")];
  if (Array.isArray(opened["chat_history"]) && opened["message"] !== undefined)
    return readCohereChat(opened["chat_history"], opened["message"]);
  if (opened["role"] !== undefined || isLangChainMessage(opened)) return readMessages([opened], "user");
  // What is said in a chat that knows the rest of it; the text for a model on Hugging Face's servers.
  const message = firstOf(opened, "message", "inputs");
  return typeof message === "string" ? [...instructions, ...textMessage(message, "user")] : [];
}

const PICTURE = new Set(["url", "b64_json", "revised_prompt"]);

/** A picture that OpenAI's model made: its bytes, or its address. */
function isMadePicture(item: unknown): item is Record<string, unknown> {
  if (!isRecord(item)) return false;
  if (typeof item["b64_json"] === "string") return true;
  return typeof item["url"] === "string" && Object.keys(item).every((key) => PICTURE.has(key));
}

function pictureOf({ b64_json: data, url }: Record<string, unknown>): unknown {
  return typeof data === "string" ? { type: "image", data } : { type: "input_image", image_url: url };
}

/** One message, serialised: `{lc, id: […, "AIMessage"], kwargs}`, or as a `dict`: `{type: "ai", data}`. */
function isLangChainMessage(item: Record<string, unknown>): boolean {
  if (isRecord(item["data"]) && /^(human|ai|system|tool|function)$/.test(String(item["type"]))) return true;
  const path = item["lc"] === undefined ? undefined : item["id"];
  return Array.isArray(path) && /Message(Chunk)?$/.test(String(path.at(-1)));
}

/** What LangChain's prompts become: the messages inside a serialised `ChatPromptValue`, the text of a `StringPromptValue`. */
function promptValueOf(item: Record<string, unknown>): unknown[] | undefined {
  const kwargs = item["lc"] === undefined ? undefined : item["kwargs"];
  if (!isRecord(kwargs)) return undefined;
  if (Array.isArray(kwargs["messages"])) return kwargs["messages"];
  const isText = Array.isArray(item["id"]) && item["id"].at(-1) === "StringPromptValue";
  return isText && typeof kwargs["value"] === "string" ? [kwargs["value"]] : undefined;
}

/** Cohere's first chat: what was said before stands beside what is said now, in words of its own. */
function readCohereChat(history: readonly unknown[], message: unknown): Message[] {
  const said = history.filter(isRecord).map((turn) => ({
    role: turn["role"] === "CHATBOT" ? "assistant" : textOf(turn["role"]),
    content: turn["message"],
  }));
  return readMessages([...said, { role: "user", content: message }], "user");
}

/** LangChain wraps its one conversation in one more list. */
function onlyList(items: unknown[]): unknown[] {
  return items.length === 1 && Array.isArray(items[0]) ? items[0] : items;
}

function systemMessage(value: unknown): Message[] {
  if (value === undefined || value === "") return [];
  const content = isRecord(value) && value["parts"] !== undefined ? value["parts"] : value;
  return readMessages([{ role: "system", content }], "system");
}

/** One message of plain text; blank text → `[]`. */
export function textMessage(text: string, role: string): Message[] {
  return text.trim() === "" ? [] : [{ role, parts: readParts(text) }];
}

const MESSAGE_SIGNS = ["role", "content", "parts", "tool_calls", "lc"];
const ITEM_TYPES = new Set(["message", "reasoning", "item_reference", "human", "ai", "system", "tool"]);

/** Items of Responses that are no call: what a server offers, what waits for a person's word, that word, what was left out. */
const STEPS = /^(mcp_(list_tools|approval_request|approval_response)|compaction)$/;

function isItemType(type: string): boolean {
  return ITEM_TYPES.has(type) || /_call(_output)?$/.test(type) || STEPS.test(type);
}

/** A piece of one answer of Responses: what was thought, said and called comes as items of one list. */
function isOutputItem(item: unknown): boolean {
  if (!isRecord(item)) return false;
  const type = textOf(item["type"]) ?? "";
  return type === "message" || type === "reasoning" || /_call(_output)?$/.test(type) || STEPS.test(type);
}

const CONTENT_PART =
  /^((input_|output_)?text|image|image_url|input_image|file|input_file|document|audio|input_audio|reasoning|(redacted_)?thinking|refusal|tool[-_](use|call|result)|server_tool_use|\w+_tool_result)$/;

/** A piece of what one message says, where the message itself was left out. */
function isContentPart(item: unknown): boolean {
  if (!isRecord(item) || item["role"] !== undefined) return false;
  return CONTENT_PART.test(String(item["type"]));
}

function readMessageList(items: readonly unknown[], role: string): Message[] {
  if (items.length > 0 && items.every(isContentPart)) return readMessages([{ role, content: items }], role);
  const isMessage = (item: unknown) =>
    isRecord(item) &&
    (MESSAGE_SIGNS.some((key) => item[key] !== undefined) || isItemType(String(item["type"])));
  const isText = (item: unknown) => typeof item === "string";
  if (items.length === 0 || !(items.every(isMessage) || items.every(isText))) return [];
  return readMessages(withToolRoles(items), role);
}

/** What Python prints where nobody waited for the answer: `<anthropic.Stream object at 0x7f02c1662c50>`. */
const PYTHON_OBJECT = /^<[\w.]+ object at 0x[0-9a-f]+>$/;

/** What a model call's raw output says. */
export interface Completion {
  messages: Message[];
  responseId?: string;
  responseModel?: string;
  finishReasons: string[];
  /** There was an answer, and nothing in it. */
  isSilent?: boolean;
}

/**
 * The answer inside a model call's raw output: OpenAI's `choices`, Responses' `output`, Anthropic's
 * `content`, Gemini's `candidates`, LangChain's `generations`, one message, a list of messages, or text.
 */
export function readCompletionPayload(value: unknown): Completion {
  const opened = jsonOf(value);
  const none: Completion = { messages: [], finishReasons: [] };
  if (typeof opened === "string")
    return { ...none, messages: PYTHON_OBJECT.test(opened) ? [] : textMessage(opened, "assistant") };
  if (Array.isArray(opened) && opened.length > 0 && opened.every(isSdkCall))
    return { ...none, messages: readMessages([sdkMessage({ toolCalls: opened })], "assistant") };
  // What a decorated generator gave, piece by piece.
  if (Array.isArray(opened) && opened.length > 1 && opened.every((piece) => typeof piece === "string"))
    return { ...none, messages: textMessage(opened.join(""), "assistant") };
  if (Array.isArray(opened)) {
    const messages = readMessageList(opened.flatMap(updatedMessages), "assistant");
    return { ...none, messages: opened.every(isOutputItem) ? mergeAssistantMessages(messages) : messages };
  }
  if (!isRecord(opened)) return none;
  const choices = firstChoices(opened);
  const read = choices.messages.length > 0 ? readMessages(withToolRoles(choices.messages), "assistant") : [];
  const completion: Completion = {
    // A call that failed may answer with an empty message.
    messages: (choices.isOneAnswer === true ? mergeAssistantMessages(read) : read).filter(
      (message) => message.parts.length > 0 || message.finishReason !== undefined,
    ),
    finishReasons: choices.reasons
      // The AI SDK's: its own word, and the provider's.
      .map((reason) => textOf(isRecord(reason) ? firstOf(reason, "unified", "raw") : reason))
      .filter((reason) => reason !== undefined)
      .map(finishReasonOf),
  };
  if (choices.messages.length > 0 && completion.messages.every(({ parts }) => parts.length === 0))
    completion.isSilent = true;
  // An item of Responses has an id of its own; that of the answer is not told.
  const isItem = opened["type"] === "message" && opened["status"] !== undefined;
  const responseId = textOf(
    choices.id ?? (isItem ? undefined : firstOf(opened, "id", "responseId", "response_id")),
  );
  if (responseId !== undefined && choices.messages.length > 0) completion.responseId = responseId;
  const responseModel = textOf(choices.model ?? opened["model"]);
  if (responseModel !== undefined) completion.responseModel = responseModel;
  return completion;
}

/**
 * The bare texts of models that know no messages: Titan's `results`, Llama's `generation`, Claude's old `completion`,
 * Ollama's `response`. A member of such a name by itself may be what a model was asked to write: what all of these have
 * beside it must be there.
 */
function generatedTexts(body: Record<string, unknown>): string[] {
  const results = Array.isArray(body["results"]) ? body["results"].filter(isRecord) : [];
  const texts = results.map((each) => each["outputText"]);
  if (body["generation_token_count"] !== undefined) texts.push(body["generation"]);
  if (Object.hasOwn(body, "stop_reason")) texts.push(body["completion"]);
  if (body["done"] !== undefined) texts.push(body["response"]);
  texts.push(body["generated_text"]);
  return texts.filter((text) => typeof text === "string");
}

/** A call as the Vercel AI SDK has it, and what is built upon it. What only names a call, as one that waits, is none. */
function isSdkCall(item: unknown): item is Record<string, unknown> {
  if (!isRecord(item) || firstOf(item, "result", "output") !== undefined) return false;
  if (firstOf(item, "type", "args", "input", "toolInput") === undefined) return false;
  return typeof item["toolCallId"] === "string" && typeof item["toolName"] === "string";
}

/** The SDK's answer: `{text, toolCalls, reasoning, finishReason}`. */
function sdkMessage(body: Record<string, unknown>): Record<string, unknown> {
  const calls = Array.isArray(body["toolCalls"]) ? body["toolCalls"].filter(isSdkCall) : [];
  const { text, reasoning } = body;
  const thoughts = Array.isArray(reasoning) ? reasoning : [{ type: "reasoning", text: reasoning }];
  return {
    role: "assistant",
    content: [...thoughts, { type: "text", text }, ...calls.map((call) => ({ ...call, type: "tool-call" }))],
  };
}

/** LangChain names a message after its run where the provider gave no id: no other span of the call has that one. */
const LANGCHAIN_RUN_ID = /^(lc_)?run-/;

/** What a node of LangGraph in JavaScript gives back, to send the run on: `{lg_name: "Send", node, args}`, or a `Command`. */
function isGraphMove(item: unknown): boolean {
  return isRecord(item) && (item["lg_name"] === "Send" || item["lg_name"] === "Command");
}

/**
 * What a node of LangGraph answers: `{graph, update: {messages}}`. OpenAI's choices without what was around them. The texts
 * of Hugging Face's servers: `[{generated_text}]`.
 */
function updatedMessages(item: unknown): unknown[] {
  if (isRecord(item) && item["role"] === undefined && isRecord(item["message"]) && "finish_reason" in item)
    return [{ finish_reason: item["finish_reason"], ...item["message"] }];
  if (isRecord(item) && typeof item["generated_text"] === "string") return [item["generated_text"]];
  const update = isRecord(item)
    ? (item["update"] ?? (isGraphMove(item) ? item["args"] : undefined))
    : undefined;
  return isRecord(update) && Array.isArray(update["messages"]) ? update["messages"] : [item];
}

function firstChoices(body: Record<string, unknown>): {
  messages: unknown[];
  reasons: unknown[];
  id?: unknown;
  /** The messages are pieces of one answer. */
  isOneAnswer?: boolean;
  model?: unknown;
} {
  const choices = body["choices"];
  if (Array.isArray(choices)) {
    const records = choices.filter(isRecord);
    const messages = records
      .map((choice) => firstOf(choice, "message", "delta", "text"))
      .filter((m) => m !== undefined);
    return { messages, reasons: records.map((choice) => choice["finish_reason"]) };
  }
  const generations = body["generations"];
  if (Array.isArray(generations)) {
    const flat = generations.flat(1).filter(isRecord);
    const messages = flat.map((each) => firstOf(each, "message", "text")).filter((m) => m !== undefined);
    const infos = flat.map((each) => firstOf(each, "generationInfo", "generation_info")).filter(isRecord);
    const reasons = infos.map((info) => firstOf(info, "finish_reason", "stop_reason", "finishReason"));
    const first = messages[0];
    const kwargs = isRecord(first) && isRecord(first["kwargs"]) ? first["kwargs"] : {};
    // The message's own id may be LangChain's; the provider's stands with what it said of its answer.
    const said = isRecord(kwargs["response_metadata"]) ? kwargs["response_metadata"] : {};
    const ownId = LANGCHAIN_RUN_ID.test(String(kwargs["id"])) ? undefined : kwargs["id"];
    const model = firstOf(said, "model_name", "model") ?? firstOf(infos[0] ?? {}, "model_name", "model");
    const ended = firstOf(said, "finish_reason", "stop_reason", "stopReason", "finishReason", "done_reason");
    const isTold = reasons.some((reason) => reason !== undefined);
    return { messages, reasons: isTold ? reasons : [ended], id: said["id"] ?? ownId, model };
  }
  const pictures = firstOf(body, "images", "data");
  if (Array.isArray(pictures) && pictures.length > 0 && pictures.every(isMadePicture))
    return { messages: [{ content: pictures.map(pictureOf) }], reasons: [] };
  const candidates = body["candidates"];
  if (Array.isArray(candidates)) {
    const records = candidates.filter(isRecord);
    const reasons = records.map((each) => firstOf(each, "finishReason", "finish_reason"));
    return { messages: records.map((each) => each["content"]).filter(isRecord), reasons };
  }
  const converse = body["output"];
  if (isRecord(converse) && isRecord(converse["message"]))
    return { messages: [converse["message"]], reasons: [body["stopReason"]] };
  const generated = generatedTexts(body);
  if (generated.length > 0)
    return { messages: generated, reasons: [firstOf(body, "stop_reason", "done_reason", "stop")] };
  if (Array.isArray(body["output"]) && body["output"].some(isGraphMove))
    return { messages: body["output"].flatMap(updatedMessages), reasons: [] };
  if (Array.isArray(body["output"]) && body["output"].every(isRecord))
    return { messages: body["output"], reasons: [], isOneAnswer: true };
  if (Array.isArray(body["messages"])) return { messages: body["messages"].flat(1), reasons: [] };
  const value = promptValueOf(body);
  if (value !== undefined) return { messages: value, reasons: [] };
  if (isRecord(body["message"]))
    return { messages: [body["message"]], reasons: [firstOf(body, "finish_reason", "done_reason")] };
  // Pydantic AI's own.
  if (body["kind"] === "response" && Array.isArray(body["parts"]))
    return {
      messages: [body],
      reasons: [body["finish_reason"]],
      id: body["provider_response_id"],
      model: body["model_name"],
    };
  const calls = body["toolCalls"];
  if (isSdkCall(body)) return { messages: [sdkMessage({ toolCalls: [body] })], reasons: [] };
  if (
    Array.isArray(calls) &&
    calls.every(isSdkCall) &&
    (calls.length > 0 || typeof body["text"] === "string")
  )
    return { messages: [sdkMessage(body)], reasons: [body["finishReason"]] };
  const isMessage =
    body["role"] !== undefined ||
    Array.isArray(body["content"]) ||
    Array.isArray(body["tool_calls"]) ||
    body["lc"] !== undefined ||
    body["type"] === "ai";
  return { messages: isMessage ? [body] : [], reasons: [firstOf(body, "stop_reason", "finishReason")] };
}
