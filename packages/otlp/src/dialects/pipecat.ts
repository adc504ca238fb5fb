import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { roundMs } from "../normalise/first-token.ts";
import { readPromptPayload, textMessage } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Pipecat: a conversation, its turns, and in each what was heard, answered and said. Models are named as GenAI does; the
 * messages are not. Of its services only the language model is one: hearing and speaking count no tokens.
 *
 * @see https://docs.pipecat.ai/server/utilities/opentelemetry
 */
export const pipecat: Dialect = {
  name: "pipecat",
  detect: (span) => /^pipecat(\.|$)/.test(span.scope.name),
  read,
};

const KINDS: Record<string, SpanKind> = {
  conversation: "AGENT",
  turn: "CHAIN",
  llm: "LLM",
  chat: "LLM",
  llm_response: "LLM",
  llm_tool_call: "TOOL",
  llm_tool_result: "TOOL",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = attrs.text("gen_ai.operation.name") ?? span.name;
  const kind = Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
  const seconds = take.number("metrics.ttfb");
  const fields: Partial<LlmFields> = {
    kind,
    sessionId: take.text("conversation.id"),
    ...(kind === "LLM" ? readCall(take) : {}),
    ...(kind === "TOOL" ? { tool: readTool(take) } : {}),
  };
  if (kind === "LLM" && seconds !== undefined) fields.timeToFirstTokenMs = roundMs(seconds * 1e3);
  const isOfNoKind = kind === undefined;
  if (isOfNoKind) {
    fields.input = take.payload("text");
    fields.output = take.payload("transcript");
  }
  return { fields, isOfNoKind, claimed: take.claimed, notes: take.notes };
}

function readCall(take: AttributeTaker): Partial<LlmFields> {
  const asked = take.json("input", "context_messages");
  const tools = take.json("tools");
  return {
    streaming: take.boolean("stream"),
    inputMessages: asked === undefined ? [] : readPromptPayload(asked),
    outputMessages: textMessage(take.text("output", "text_output") ?? "", "assistant"),
    tools: Array.isArray(tools) ? readTools(tools) : [],
    invocationParameters: compact({ tool_choice: take.text("tool_choice") }),
  };
}

function readTool(take: AttributeTaker): LlmFields["tool"] {
  return compact({
    name: take.text("tool.function_name"),
    callId: take.text("tool.call_id"),
    arguments: take.json("tool.arguments"),
    result: take.json("tool.result"),
  });
}
