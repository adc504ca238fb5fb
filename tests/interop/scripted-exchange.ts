import { finishReasonOf } from "@nightowl/otlp/normalise/finish-reason";

/** A message as it went over the wire: what the transcript has to say. */
export interface SaidMessage {
  role: string;
  text?: string;
  toolCalls?: { id?: string; name: string; arguments: unknown }[];
  /** Of a tool's answer. */
  result?: unknown;
  callId?: string;
}

/** One request to the model and its answer, read from the bytes themselves: what a trace is compared with. */
export interface ScriptedExchange {
  requestModel: string;
  streamed: boolean;
  input: SaidMessage[];
  /** Names of the tools that were offered. */
  tools: string[];
  answer: ScriptedAnswer | { errorMessage: string };
}

export interface ScriptedAnswer {
  id: string;
  model: string;
  output: SaidMessage;
  finishReason: string;
  usage: { inputTokens: number; outputTokens: number };
}

type Json = Record<string, unknown>;

/** Reads an exchange of `/v1/chat/completions` or `/v1/responses`, whole or streamed. Throws on what is neither. */
export function readExchange(path: string, requestText: string, responseText: string): ScriptedExchange {
  const request = JSON.parse(requestText) as Json;
  const streamed = request["stream"] === true;
  const isChat = path.endsWith("/chat/completions");
  if (!isChat && !path.endsWith("/responses")) throw new Error(`no exchange with a model: ${path}`);
  const shared = {
    requestModel: String(request["model"]),
    streamed,
    input: isChat ? list(request["messages"]).map(readChatMessage) : readResponsesInput(request),
    tools: list(request["tools"]).map((tool) => String((object(tool["function"]) ?? tool)["name"])),
  };
  const events = responseText.startsWith("{") ? [JSON.parse(responseText) as Json] : readEvents(responseText);
  const error = events.map((event) => object(event["error"])).find((found) => found !== undefined);
  if (error) return { ...shared, answer: { errorMessage: String(error["message"]) } };
  return { ...shared, answer: isChat ? readChatAnswer(events) : readResponsesAnswer(events) };
}

function readEvents(text: string): Json[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Json);
}

function readChatMessage(message: Json): SaidMessage {
  const role = message["role"] === "developer" ? "system" : String(message["role"]);
  const text = textOf(message["content"]);
  if (role === "tool") return { role, result: text, callId: String(message["tool_call_id"]) };
  const toolCalls = list(message["tool_calls"]).map((call) => {
    const made = object(call["function"]) ?? {};
    return {
      id: String(call["id"]),
      name: String(made["name"]),
      arguments: parse(String(made["arguments"])),
    };
  });
  return said(role, text, toolCalls);
}

/** One `chat.completion`, or its chunks put together. */
function readChatAnswer(events: Json[]): ScriptedAnswer {
  const choices = events.flatMap((event) => list(event["choices"]));
  const deltas = choices.map((choice) => object(choice["message"]) ?? object(choice["delta"]) ?? {});
  const calls: { id: string; name: string; arguments: string }[] = [];
  for (const [place, piece] of deltas.flatMap((delta) => [...list(delta["tool_calls"]).entries()])) {
    const made = object(piece["function"]) ?? {};
    const call = (calls[Number(piece["index"] ?? place)] ??= { id: "", name: "", arguments: "" });
    call.id += String(piece["id"] ?? "");
    call.name += String(made["name"] ?? "");
    call.arguments += String(made["arguments"] ?? "");
  }
  const usage = object(events.findLast((event) => object(event["usage"]))?.["usage"]) ?? {};
  const finish = choices.findLast((choice) => typeof choice["finish_reason"] === "string");
  return {
    id: String(events[0]?.["id"]),
    model: String(events[0]?.["model"]),
    output: said(
      "assistant",
      deltas.map((delta) => textOf(delta["content"])).join(""),
      calls.map((call) => ({ ...call, arguments: parse(call.arguments) })),
    ),
    finishReason: finishReasonOf(String(finish?.["finish_reason"])),
    usage: {
      inputTokens: Number(usage["prompt_tokens"]),
      outputTokens: Number(usage["completion_tokens"]),
    },
  };
}

function readResponsesInput(request: Json): SaidMessage[] {
  const instructions = textOf(request["instructions"]);
  const { input } = request;
  return [
    ...(instructions === "" ? [] : [said("system", instructions, [])]),
    ...(typeof input === "string"
      ? [said("user", input, [])]
      : list(input).map((item) => {
          if (item["type"] === "function_call_output")
            return { role: "tool", result: textOf(item["output"]), callId: String(item["call_id"]) };
          if (item["type"] === "function_call") return said("assistant", "", [readCallItem(item)]);
          return readChatMessage(item);
        })),
  ];
}

/** A `response`, or the one that the last event of its stream carries. */
function readResponsesAnswer(events: Json[]): ScriptedAnswer {
  const last = events.at(-1) ?? {};
  const response = object(last["response"]) ?? last;
  const items = list(response["output"]);
  const calls = items.filter((item) => item["type"] === "function_call").map(readCallItem);
  const text = items.map((item) => textOf(item["content"])).join("");
  const usage = object(response["usage"]) ?? {};
  return {
    id: String(response["id"]),
    model: String(response["model"]),
    output: said("assistant", text, calls),
    finishReason: calls.length > 0 ? "tool_calls" : "stop",
    usage: { inputTokens: Number(usage["input_tokens"]), outputTokens: Number(usage["output_tokens"]) },
  };
}

function readCallItem(item: Json): { id: string; name: string; arguments: unknown } {
  return {
    id: String(item["call_id"]),
    name: String(item["name"]),
    arguments: parse(String(item["arguments"])),
  };
}

function said(role: string, text: string, toolCalls: SaidMessage["toolCalls"] & object): SaidMessage {
  return { role, ...(text === "" ? {} : { text }), ...(toolCalls.length === 0 ? {} : { toolCalls }) };
}

/** A text, or the texts of a list of content parts. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((part) => (typeof part["text"] === "string" ? part["text"] : ""))
    .join("\n");
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null ? (value as Json) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
