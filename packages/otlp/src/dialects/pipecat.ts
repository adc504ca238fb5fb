import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { roundMs } from "../normalise/first-token.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Pipecat: a conversation, its turns, and in each what was heard, answered and said. Models are named as GenAI does; the
 * messages are not. Of its services only the language model is one: hearing and speaking count no tokens. A model that
 * hears and speaks itself is set up, asked (`llm_request`), and has answered (`llm_response`), each in a span of its own.
 *
 * @see https://docs.pipecat.ai/server/utilities/opentelemetry
 */
export const pipecat: Dialect = {
  name: "pipecat",
  speaks: (scope) => /^pipecat(\.|$)/.test(scope),
  read,
};

const KINDS: Record<string, SpanKind> = {
  conversation: "AGENT",
  turn: "CHAIN",
  llm: "LLM",
  chat: "LLM",
  llm_request: "CHAIN",
  llm_response: "LLM",
  llm_tool_call: "TOOL",
  llm_tool_result: "TOOL",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = attrs.text("gen_ai.operation.name") ?? span.name;
  const kind = Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
  const isOfNoKind = kind === undefined;
  const fields: Partial<LlmFields> = {
    kind,
    sessionId: take.text("conversation.id"),
    userId: take.text("user_id"),
    tools: readDefinitions(take),
    ...(kind === "LLM" || operation === "llm_request" ? readCall(take) : {}),
    ...(kind === "TOOL" ? readToolSpan(take) : {}),
  };
  if (kind === "LLM") {
    fields.timeToFirstTokenMs = readTimeToFirstToken(span, operation, take);
    fields.usage = readUsage(take);
  }
  if (isOfNoKind) {
    fields.input = take.payload("text");
    fields.output = take.payload("transcript");
  }
  return { fields, isOfNoKind, claimed: take.claimed, notes: take.notes };
}

/** A call that failed is given the time that it took to fail; what tells of an answer does not last as long as that took. */
function readTimeToFirstToken(span: WireSpan, operation: string, take: AttributeTaker): number | undefined {
  if (operation === "llm_response" || span.statusCode === "ERROR") return undefined;
  const seconds = take.number("metrics.ttfb");
  return seconds === undefined ? undefined : roundMs(seconds * 1e3);
}

function readDefinitions(take: AttributeTaker): LlmFields["tools"] {
  const tools = take.json("tools", "tools.definitions");
  return readTools(Array.isArray(tools) ? tools : take.strings("tools.names"));
}

function readCall(take: AttributeTaker): Partial<LlmFields> {
  const asked = take.json("input", "context_messages");
  const called = take.strings("function_calls.all_names");
  const status = take.strings("response.status").map(finishReasonOf);
  return {
    streaming: take.boolean("stream"),
    responseId: take.text("response.id"),
    finishReasons: called.length > 0 ? ["tool_calls"] : status,
    inputMessages: withInstructions(asked === undefined ? [] : readPromptPayload(asked), take),
    outputMessages: readAnswer(called, take),
    invocationParameters: compact({ tool_choice: take.text("tool_choice") }),
  };
}

/** A service's instructions lie beside a context that may begin with some of its own, and may be no more than these. */
function withInstructions(messages: Message[], take: AttributeTaker): Message[] {
  const text = take.text("gen_ai.system_instructions", "system");
  const isFirst = messages[0]?.parts.some((part) => part.type === "text" && part.text === text);
  if (text === undefined || messages.length === 0 || isFirst) return messages;
  return [{ role: "system", parts: [{ type: "text", text }] }, ...messages];
}

/** What was said, and the names of the tools that were called: their arguments are not told. */
function readAnswer(called: readonly string[], take: AttributeTaker): Message[] {
  const text = take.text("output", "text_output");
  const content: unknown[] = text === undefined ? [] : [{ type: "text", text }];
  content.push(...called.map((name) => ({ type: "tool_call", name })));
  return content.length === 0 ? [] : readMessages([{ role: "assistant", content }], "assistant");
}

function readToolSpan(take: AttributeTaker): Partial<LlmFields> {
  const tool = compact({
    name: take.text("tool.function_name"),
    callId: take.text("tool.call_id"),
    arguments: take.json("tool.arguments"),
    result: take.json("tool.result"),
  });
  if (take.attrs.text("tool.result_status") !== "error") return { tool };
  return { tool, error: { message: take.attrs.text("tool.result") ?? "The tool failed." } };
}

/** Of these, Pipecat passes on an input without what came from the cache or went into it. */
const CACHE_BESIDE = /^(anthropic|aws\.bedrock)$/;

/** Realtime models had names of their own for what they count. */
function readUsage(take: AttributeTaker): Usage {
  const { attrs } = take;
  const count = (name: string) => take.count(`gen_ai.usage.${name}`);
  const inputTokens = count("input_tokens") ?? take.count("tokens.prompt");
  const cached = [count("cache_read.input_tokens"), count("cache_creation.input_tokens")];
  const isBeside = CACHE_BESIDE.test(attrs.text("gen_ai.provider.name") ?? "");
  return (
    compact({
      inputTokens:
        isBeside && inputTokens !== undefined
          ? inputTokens + cached.reduce<number>((sum, each) => sum + (each ?? 0), 0)
          : inputTokens,
      outputTokens: take.count("tokens.completion"),
      totalTokens: take.count("tokens.total"),
    }) ?? {}
  );
}
