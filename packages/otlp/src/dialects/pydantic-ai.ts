import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf } from "@nightowl/model/span/attribute-reader";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { toPayload } from "../normalise/payload.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { listedEvents, readMessageEvents, splitRun } from "../normalise/read-message-events.ts";
import { rawMessages, readMessages } from "../normalise/read-messages.ts";
import { textMessage } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { reportedCost, tokenCountOf, type UsageBucket } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Pydantic AI, versions 1 to 6 of its data format. It builds on the GenAI conventions; read here is what goes beyond:
 * the agent's whole conversation, tools in the request's parameters, token details, costs, and, of version 1, messages
 * as a list of events in one attribute.
 *
 * @see https://ai.pydantic.dev/logfire/
 */
export const pydanticAi: Dialect = { name: "pydantic-ai", speaks, read };

const SIGNS = ["pydantic_ai.all_messages", "all_messages_events", "model_request_parameters"];

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "pydantic-ai" || SIGNS.some((key) => keys.has(key));
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(span, attrs);
  const conversation = readConversation(take);
  const agentName = take.text("gen_ai.agent.name", "agent_name");
  const fields: Partial<LlmFields> = {
    kind,
    agentName,
    requestModel: kind === "AGENT" ? take.text("model_name") : undefined,
    inputMessages: conversation.input,
    outputMessages: conversation.output,
    usage: readUsage(take),
    cost: reportedCost(take.number("operation.cost"), undefined, undefined),
    embeddings: readInputs(take),
    invocationParameters: readInvocationParameters(
      take.record("embedding_settings") ?? take.record("image_generation_settings"),
    ),
    metadata: kind === "AGENT" ? take.record("metadata") : undefined,
    tool: compact({
      name: kind === "TOOL" ? take.text("gen_ai.tool.name") : undefined,
      arguments: take.json("tool_arguments"),
      result: take.json("tool_response"),
    }),
  };
  if (fields.tool?.name !== undefined) fields.displayName = fields.tool.name;
  else if (kind === "AGENT") fields.displayName = take.text("logfire.msg");
  const result = attrs.get("final_result");
  if (result !== undefined) {
    take.claim("final_result");
    const deferred = readDeferred(result);
    if (deferred === undefined) fields.output = toPayload(result, undefined).payload;
    else fields.outputMessages = [...conversation.output, ...deferred];
  }
  const fallback = { tools: readRequestTools(take), inputMessages: conversation.raw };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/**
 * A run that stopped for calls which somebody else has to make or to approve (`DeferredToolRequests`) has no result yet:
 * what is asked of a person, as a message. The calls themselves are in the run's messages. Anything else → `undefined`.
 */
function readDeferred(result: unknown): Message[] | undefined {
  const opened = jsonOf(result);
  if (!isRecord(opened)) return undefined;
  const { calls, approvals, metadata } = opened;
  if (!Array.isArray(calls) || !Array.isArray(approvals) || !isRecord(metadata)) return undefined;
  const asked = approvals.filter(isRecord).map((call) => {
    const told = metadata[String(call["tool_call_id"])];
    const more = isRecord(told) ? { metadata: told, reason: told["reason"] } : {};
    return { type: "raw" as const, value: { type: "tool-approval-request", ...call, ...compact(more) } };
  });
  return asked.length === 0 ? [] : [{ role: "assistant", parts: asked }];
}

/** Early versions name no operation. */
function readKind(span: WireSpan, attrs: AttributeReader): SpanKind | undefined {
  if (attrs.has("gen_ai.tool.name")) return "TOOL";
  if (attrs.has("gen_ai.operation.name"))
    return attrs.text("gen_ai.operation.name") === "invoke_agent" ? "AGENT" : undefined;
  if (attrs.has("agent_name") && attrs.has("model_name")) return "AGENT";
  return /^running (tools|\d+ tools?)$/.test(span.name) ? "CHAIN" : undefined;
}

interface Conversation {
  input: Message[];
  output: Message[];
  /** What should have been a conversation and is not. */
  raw: Message[];
}

function readConversation(take: AttributeTaker): Conversation {
  const run = take.list("pydantic_ai.all_messages");
  if (run.items.length > 0) {
    const { input, output } = splitRun(readMessages(run.items, "user"));
    return { input: [...readInstructions(take), ...input], output, raw: [] };
  }
  const runEvents = take.list("all_messages_events");
  if (runEvents.items.length > 0) {
    const { input, output } = readMessageEvents(listedEvents(runEvents.items.map(plainEvent)));
    return { ...splitRun([...input, ...output]), raw: [] };
  }
  const events = take.list("events");
  const exchange = readMessageEvents(listedEvents(events.items.map(plainEvent)));
  // Of pictures that are made, only what was asked for.
  if (take.attrs.text("gen_ai.operation.name") === "image_generation")
    exchange.input.push(...textMessage(take.text("prompt") ?? "", "user"));
  return { ...exchange, raw: rawMessages(run.raw ?? runEvents.raw ?? events.raw, "user") };
}

/** Instructions stand beside the run's messages; a system prompt is one of them. */
function readInstructions(take: AttributeTaker): Message[] {
  const content = take.json("gen_ai.system_instructions");
  return content === undefined ? [] : readMessages([{ role: "system", content }], "system");
}

/** Version 1 says `kind` where everybody else says `type`, and puts bytes under `binary_content`. */
function plainEvent(event: unknown): unknown {
  if (!isRecord(event)) return event;
  const message = event["message"];
  const plain = { ...event, content: plainContent(event["content"]) };
  return isRecord(message)
    ? { ...plain, message: { ...message, content: plainContent(message["content"]) } }
    : plain;
}

function plainContent(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.map((part) => {
    if (!isRecord(part) || typeof part["kind"] !== "string" || part["type"] !== undefined) return part;
    const { kind, binary_content: bytes, ...rest } = part;
    return { ...rest, type: kind, ...(bytes === undefined ? {} : { content: bytes }) };
  });
}

/** The tools offered, and those that stand for the forms of an answer. */
function readRequestTools(take: AttributeTaker): LlmFields["tools"] {
  const parameters = take.record("model_request_parameters");
  if (parameters === undefined) return [];
  const listOf = (key: string) => (Array.isArray(parameters[key]) ? parameters[key] : []);
  return readTools([...listOf("function_tools"), ...listOf("output_tools")]);
}

function readInputs(take: AttributeTaker): LlmFields["embeddings"] {
  if (!take.attrs.has("inputs_count")) return [];
  const embeddings = readEmbeddings(jsonOf(take.json("inputs")), undefined);
  const dimensions = take.number("gen_ai.embeddings.dimension.count");
  return dimensions === undefined ? embeddings : embeddings.map((each) => ({ ...each, dimensions }));
}

/** Names under `….usage.details.`, which come from the provider as they are. */
const DETAILS: Record<string, UsageBucket> = {
  cache_read_tokens: "cacheReadTokens",
  cache_read_input_tokens: "cacheReadTokens",
  cached_tokens: "cacheReadTokens",
  cached_content_tokens: "cacheReadTokens",
  cache_write_tokens: "cacheWriteTokens",
  cache_creation_input_tokens: "cacheWriteTokens",
  reasoning_tokens: "reasoningTokens",
  thoughts_tokens: "reasoningTokens",
  input_audio_tokens: "audioInputTokens",
  output_audio_tokens: "audioOutputTokens",
};

const TOTALS: Record<string, UsageBucket> = {
  input_tokens: "inputTokens",
  output_tokens: "outputTokens",
  "cache_read.input_tokens": "cacheReadTokens",
  "cache_creation.input_tokens": "cacheWriteTokens",
  "reasoning.output_tokens": "reasoningTokens",
};

/** A model call's own usage; an agent's, which sums up its calls, stands under a name of its own. */
function readUsage(take: AttributeTaker): Usage {
  const usage: Usage = {};
  const other: [string, number][] = [];
  for (const prefix of ["gen_ai.usage.", "gen_ai.aggregated_usage."]) {
    for (const [name, value] of take.attrs.withPrefix(prefix)) {
      const detail = name.startsWith("details.") ? name.slice("details.".length) : undefined;
      const table = detail === undefined ? TOTALS : DETAILS;
      const key = detail ?? name;
      const count = tokenCountOf(value);
      if (count === undefined) continue;
      take.claim(prefix + name);
      const bucket = Object.hasOwn(table, key) ? table[key] : undefined;
      if (bucket === undefined) other.push([name, count]);
      else usage[bucket] ??= count;
    }
  }
  // Said even when empty, so that no other reading of the same names adds the details once more.
  return other.length === 0 && Object.keys(usage).length === 0
    ? {}
    : { ...usage, other: Object.fromEntries(other) };
}
