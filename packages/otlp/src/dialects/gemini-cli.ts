import type { Message, MessagePart } from "@nightowl/model/span/message";
import type { LlmFields, SpanEvent, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { AttributeReader, jsonOf, stringsOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { payloadOf } from "../normalise/payload.ts";
import { mergeAssistantMessages, readMessages } from "../normalise/read-messages.ts";
import { compact, firstOf, isRecord, jsonText } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Gemini CLI, and Qwen Code, which came of it: spans named after an operation of its own, with Gemini's own contents, or whatever else went in and came
 * out, where GenAI has messages; and log records (`gemini_cli.…`) that say what its spans do not.
 *
 * @see https://github.com/google-gemini/gemini-cli/blob/main/docs/cli/telemetry.md
 */
export const geminiCli: Dialect = {
  name: "gemini-cli",
  speaks: (scope) => SCOPES.has(scope),
  speaksOtherwise: (_span, attrs) => attrs.text("gen_ai.agent.name") === "gemini-cli",
  read,
};

const SCOPES = new Set(["gemini-cli", "qwen-code"]);

const KINDS: Record<string, SpanKind> = {
  llm_call: "LLM",
  tool_call: "TOOL",
  agent_call: "AGENT",
  user_prompt: "AGENT",
  schedule_tool_calls: "CHAIN",
  system_prompt: "CHAIN",
};

const INPUT = "gen_ai.input.messages";
const OUTPUT = "gen_ai.output.messages";

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = take.text("gen_ai.operation.name") ?? span.name;
  const kind = Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
  const isQwen = span.scope.name === "qwen-code";
  const fields: Partial<LlmFields> = { kind, provider: kind === "LLM" && !isQwen ? "gemini" : undefined };
  if (kind === "AGENT") fields.agentName = take.text("gen_ai.agent.name") ?? span.scope.name;
  if (kind === "LLM") {
    Object.assign(fields, readCall(span.events, take));
  } else if (kind === "TOOL") {
    const output = take.json(OUTPUT);
    fields.tool = readTool(take.json(INPUT), output, take);
    fields.error = readToolError(output, fields.tool);
  } else if (kind !== undefined) {
    const asked =
      take.json(INPUT) ??
      take.text("prompt") ??
      saidIn(span.events, "user_prompt", "prompt") ??
      callsIn(span.events);
    const answered = take.json(OUTPUT);
    if (asked !== undefined) fields.input = payloadOf(asked);
    if (answered !== undefined) fields.output = payloadOf(answered);
    fields.inputMessages = listOf(asked).flatMap(requestMessage);
    fields.outputMessages = listOf(answered).flatMap(answerMessage);
  }
  return { fields, claimed: take.claimed, notes: take.notes };
}

/** What a call's span does not say, as by default, its log records do. */
function readCall(events: readonly SpanEvent[], take: AttributeTaker): Partial<LlmFields> {
  const request = saidBy(events, "api_request");
  // A call that was made from the record of its answer carries it itself.
  const response = saidBy(events, "api_response") ?? take.attrs;
  const asked = take.list(INPUT).items;
  const answered = take.list(OUTPUT).items;
  return {
    inputMessages: readMessages(
      asked.length > 0 ? asked : listOf(request?.json("request_text")),
      "user",
    ).flatMap(withoutContext),
    outputMessages: oneAnswer(answered.length > 0 ? answered : contentsOf(response.json("response_text"))),
    responseId: response.text("response_id"),
    requestModel: take.text("model"),
    usage: readUsage(response),
    finishReasons: [...new Set(stringsOf(response.get("finish_reasons")).map(finishReasonOf))],
  };
}

/** What the CLI tells of its session, in one message with what the user asked, is a message before it. */
function withoutContext(message: Message): Message[] {
  const [first, ...asked] = message.parts;
  const isContext = first?.type === "text" && first.text.startsWith("<session_context>");
  if (!isContext || message.role !== "user" || asked.length === 0) return [message];
  return [
    { ...message, parts: [first] },
    { ...message, parts: asked },
  ];
}

/** Gemini's contents in the responses, one a chunk, that an answer came in. */
function contentsOf(responses: unknown): unknown[] {
  // Qwen Code's text of the answer.
  if (typeof responses === "string") return [{ role: "assistant", content: responses }];
  return listOf(responses).flatMap((response) => {
    const candidates = isRecord(response) ? response["candidates"] : undefined;
    return Array.isArray(candidates) ? candidates.filter(isRecord).map(({ content }) => content) : [];
  });
}

/** The calls that were run, where only log records tell of them: in the form of the scheduler's requests. */
function callsIn(events: readonly SpanEvent[]): unknown {
  const calls = events.filter((event) => bareName(event) === "tool_call");
  if (calls.length === 0) return undefined;
  return calls.map(({ attributes }) => {
    const said = new AttributeReader(attributes);
    return {
      callId: said.text("call_id") ?? "",
      name: said.text("function_name"),
      args: said.json("function_args"),
    };
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** What an agent is asked, or a call that the model wants to be run. */
function requestMessage(item: unknown): Message[] {
  if (!isRecord(item)) return readMessages([item], "user");
  if (item["callId"] !== undefined)
    return readMessages([{ role: "assistant", tool_calls: [item] }], "assistant");
  const asked = textOf(firstOf(item, "prompt", "query", "objective", "task", "request"));
  return readMessages([asked ?? jsonText(item)], "user");
}

/** What an agent answers, in Gemini's parts, or what came of a call. */
function answerMessage(item: unknown): Message[] {
  if (!isRecord(item)) return readMessages([item], "assistant");
  if (isRecord(item["response"])) return readMessages(partsOf(item["response"]), "tool");
  return readMessages([{ role: "assistant", content: item["llmContent"] ?? jsonText(item) }], "assistant");
}

function partsOf(response: Record<string, unknown>): unknown[] {
  return Array.isArray(response["responseParts"]) ? response["responseParts"] : [];
}

/** What was streamed stands there chunk by chunk. */
function oneAnswer(items: readonly unknown[]): Message[] {
  const chunks = readMessages(items.filter(isRecord), "assistant");
  return mergeAssistantMessages(chunks).map((message) => ({ ...message, parts: joinTexts(message.parts) }));
}

function joinTexts(parts: readonly MessagePart[]): MessagePart[] {
  const joined: MessagePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if ((part.type === "text" || part.type === "reasoning") && last?.type === part.type)
      joined[joined.length - 1] = { ...last, ...part, text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}

/** The request that the scheduler made of the model's call, and Gemini's parts that answered it. */
function readTool(input: unknown, output: unknown, take: AttributeTaker): LlmFields["tool"] {
  const request = isRecord(input) ? input : {};
  const response = isRecord(output) && isRecord(output["response"]) ? output["response"] : {};
  const [part] = partsOf(response);
  const answer = isRecord(part) && isRecord(part["functionResponse"]) ? part["functionResponse"] : undefined;
  const result = answer === undefined ? response["resultDisplay"] : jsonOf(answer["response"]);
  return compact({
    name: take.text("gen_ai.tool.name", "function_name") ?? textOf(request["name"]),
    callId: take.text("gen_ai.tool.call_id") ?? textOf(request["callId"]),
    description: take.text("gen_ai.tool.description"),
    arguments: request["args"] ?? take.json("function_args"),
    result: isRecord(result) ? (firstOf(result, "output", "error") ?? result) : result,
  });
}

function readToolError(output: unknown, tool: LlmFields["tool"]): LlmFields["error"] {
  if (!isRecord(output) || output["status"] !== "error") return undefined;
  const response = isRecord(output["response"]) ? output["response"] : {};
  const message = textOf(tool?.result) ?? textOf(response["resultDisplay"]);
  return compact({ type: textOf(response["errorType"]), message });
}

/**
 * The record of the answer knows what came from the cache, and the thoughts, which Gemini counts beside its output, and
 * others inside.
 */
function readUsage(said: AttributeReader): Usage {
  const output = said.number("output_token_count");
  const thoughts = said.number("thoughts_token_count");
  const input = said.number("input_token_count");
  const total = said.number("total_token_count");
  const isInside = total !== undefined && total === (input ?? 0) + (output ?? 0);
  return (
    compact({
      inputTokens: input,
      outputTokens: output === undefined ? undefined : output + (isInside ? 0 : (thoughts ?? 0)),
      totalTokens: total,
      cacheReadTokens: said.number("cached_content_token_count"),
      reasoningTokens: thoughts,
    }) ?? {}
  );
}

function bareName({ name }: SpanEvent): string {
  return name.replace(/^(?:gemini_cli|qwen-code)\./, "");
}

function saidBy(events: readonly SpanEvent[], name: string): AttributeReader | undefined {
  const event = events.findLast((each) => bareName(each) === name);
  return event === undefined ? undefined : new AttributeReader(event.attributes);
}

function saidIn(events: readonly SpanEvent[], name: string, key: string): string | undefined {
  return saidBy(events, name)?.text(key);
}
