import type { Attributes } from "@opentelemetry/api";
import { SemanticConventions as Names } from "@arizeai/openinference-semantic-conventions";
import { isFields, setMessages } from "./message-attributes.ts";
import { usageAttributes } from "./usage-attributes.ts";
import { outputAttributes } from "./values.ts";

type Fields = Record<string, unknown>;

/**
 * What a model answered, as attributes: OpenAI's chat completions and Responses, Anthropic's messages, the old
 * text completions, and bare text. Anything else is written whole as `output.value`.
 */
export function responseAttributes(response: unknown): Attributes {
  if (typeof response === "string") return answered([{ role: "assistant", content: response }], response);
  if (!isFields(response)) return outputAttributes(response);
  const attributes = readShape(response) ?? outputAttributes(response);
  const { model } = response;
  if (typeof model === "string" && model !== "") {
    attributes[Names.LLM_MODEL_NAME] = model;
    attributes[Names.LLM_RESPONSE_MODEL_NAME] = model;
  }
  return Object.assign(attributes, usageAttributes(response["usage"]));
}

/** Whether a value is a model's answer in a shape that is known; a text may be anything. */
export function isModelResponse(value: unknown): boolean {
  return isFields(value) && (isChat(value) || isResponses(value) || isAnthropic(value));
}

/** OpenAI's Responses tell of a failure in the response, without throwing it. */
export function failureOf(response: unknown): { name: string; message: string } | undefined {
  if (!isFields(response) || !isResponses(response) || response["status"] !== "failed") return undefined;
  const { code, message } = isFields(response["error"]) ? response["error"] : {};
  return { name: String(code ?? "failed"), message: String(message ?? "the response failed") };
}

function readShape(response: Fields): Attributes | undefined {
  if (isChat(response)) return readChat(response["choices"] as unknown[]);
  if (isResponses(response)) return readResponses(response, response["output"] as unknown[]);
  if (isAnthropic(response)) return readAnthropic(response, response["content"] as unknown[]);
  return undefined;
}

function isChat(response: Fields): boolean {
  return Array.isArray(response["choices"]);
}

function isResponses(response: Fields): boolean {
  return response["object"] === "response" && Array.isArray(response["output"]);
}

function isAnthropic(response: Fields): boolean {
  return response["type"] === "message" && Array.isArray(response["content"]);
}

function readChat(choices: readonly unknown[]): Attributes {
  const messages = choices.map((choice) => {
    if (!isFields(choice)) return { role: "assistant", content: "" };
    return choice["message"] ?? { role: "assistant", content: choice["text"] };
  });
  const first = choices.find(isFields);
  return answered(messages, textOf(messages[0]), first?.["finish_reason"]);
}

/** The items of one answer are one message: its reasoning, its text and its calls. */
function readResponses(response: Fields, output: readonly unknown[]): Attributes {
  const content: unknown[] = [];
  const calls: unknown[] = [];
  for (const item of output) {
    if (!isFields(item)) continue;
    if (item["type"] === "message" && Array.isArray(item["content"])) content.push(...item["content"]);
    else if (item["type"] === "function_call" || item["type"] === "custom_tool_call") {
      calls.push({ id: item["call_id"], name: item["name"], arguments: item["arguments"] ?? item["input"] });
    } else content.push(item);
  }
  const message = { role: "assistant", content, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  const incomplete = response["incomplete_details"];
  const reason = isFields(incomplete) ? incomplete["reason"] : calls.length > 0 ? "tool_calls" : undefined;
  return answered(
    [message],
    textOf(message),
    reason ?? (response["status"] === "completed" ? "stop" : undefined),
  );
}

function readAnthropic(response: Fields, content: readonly unknown[]): Attributes {
  const message = { role: response["role"] ?? "assistant", content };
  return answered([message], textOf(message), response["stop_reason"]);
}

function answered(
  messages: readonly unknown[],
  text: string | undefined,
  finishReason?: unknown,
): Attributes {
  const attributes = text === undefined ? {} : outputAttributes(text);
  setMessages(attributes, Names.LLM_OUTPUT_MESSAGES, messages);
  if (typeof finishReason === "string") attributes[Names.LLM_FINISH_REASON] = finishReason;
  return attributes;
}

/** The text of a message, for lists; where it only calls tools, their names. */
function textOf(message: unknown): string | undefined {
  if (!isFields(message)) return undefined;
  const { content, tool_calls: calls } = message;
  if (typeof content === "string" && content !== "") return content;
  const blocks = (Array.isArray(content) ? content : []).filter(isFields);
  const texts = blocks
    .map((block) => block["text"])
    .filter((text) => typeof text === "string" && text !== "");
  if (texts.length > 0) return texts.join("\n");
  const named = [...(Array.isArray(calls) ? calls : []), ...blocks.filter(({ type }) => type === "tool_use")];
  const names = named
    .filter(isFields)
    .map((call) => (isFields(call["function"]) ? call["function"]["name"] : call["name"]));
  return names.length === 0 ? undefined : names.map((name) => `${String(name)}(…)`).join(", ");
}
