import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { AttributeReader, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf, toPayload, verdictOf } from "../normalise/payload.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import {
  type Exchange,
  listedEvents,
  type MessageEvent,
  readMessageEvents,
  splitAnswer,
} from "../normalise/read-message-events.ts";
import { mergeAssistantMessages, readMessages } from "../normalise/read-messages.ts";
import { readCompletionPayload, readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { firstOf, isRecord } from "../normalise/record.ts";
import { readUsageObject } from "../normalise/read-usage.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readClaudeAgent } from "./logfire/claude-agent.ts";
import { readEvals } from "./logfire/evals.ts";
import { readMcpRequest } from "./logfire/mcp.ts";
import { joinPartEvents } from "./logfire/part-events.ts";

/**
 * Logfire's own spans and its instrumentations of providers' clients: the request and the answer as
 * they went over the wire (`request_data`, `response_data`), or a list of events. Names of spans are templates;
 * `logfire.msg` is what a person reads.
 *
 * @see https://logfire.pydantic.dev/docs/
 */
export const logfire: Dialect = { name: "logfire", speaks, speaksOtherwise, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return (
    /^logfire(\.|$)/.test(scope) ||
    keys.has("logfire.msg_template") ||
    keys.has("logfire.span_type") ||
    scope === "pydantic-evals"
  );
}

function speaksOtherwise(span: WireSpan): boolean {
  return span.events.some((event) => event.attributes["event_body"] !== undefined);
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const request = take.record("request_data");
  const response = take.record("response_data");
  const kind = readKind(span);
  const isAgentsCall = kind === "LLM" && span.scope.name === "logfire.openai_agents";
  const exchange = readExchange(span, request, response, take);
  const fields: Partial<LlmFields> = {
    kind,
    displayName: take.text("logfire.msg"),
    requestModel: textOf(request?.["model"]),
    invocationParameters: readInvocationParameters({
      ...request,
      ...take.record("model_settings"),
      ...(isAgentsCall ? take.record("model_config") : undefined),
    }),
    streaming: readStreaming(span, request),
    usage: readUsage(isAgentsCall ? take.record("usage") : response?.["usage"], take),
    cost: reportedCost(take.number("operation.cost"), undefined, undefined),
    inputMessages: exchange.input,
    outputMessages: exchange.output,
    embeddings:
      attrs.text("gen_ai.operation.name") === "embeddings"
        ? readEmbeddings(request?.["input"], undefined)
        : [],
    tags: take.strings("logfire.tags").filter((tag) => tag !== "LLM"),
  };
  if (Object.keys(fields.invocationParameters ?? {}).length === 0) delete fields.invocationParameters;
  const reason = textOf(response?.["finish_reason"]);
  if (reason !== undefined) fields.finishReasons = [finishReasonOf(reason)];
  const offered = request?.["tools"] ?? (isAgentsCall ? take.record("response")?.["tools"] : undefined);
  const fallback: Partial<LlmFields> = {
    provider: PROVIDERS.get(span.scope.name),
    tools: readTools(Array.isArray(offered) ? offered : []),
    sessionId: attrs.text("group_id") === "null" ? undefined : take.text("group_id"),
  };
  if (span.name.startsWith("OpenAI Agents trace") && take.attrs.text("metadata") !== "null")
    fields.metadata = take.record("metadata");
  if (kind === "TOOL" || kind === "GUARDRAIL" || kind === "AGENT") readAgentsSdk(kind, take, fields);
  if (span.scope.name === "logfire.claude_agent_sdk") Object.assign(fields, readClaudeAgent(span, take));
  if (span.scope.name === "pydantic-evals") Object.assign(fields, readEvals(span, take));
  if (span.scope.name === "logfire.mcp") Object.assign(fields, readMcpRequest(take));
  // From here up Logfire shows a span as failed, whatever its status.
  if ((take.number("logfire.level_num") ?? 0) >= 17 && fields.displayName !== undefined)
    fallback.error = { message: fields.displayName };
  // What begins is told before it has ended too, in a span below its own: no call, and no step, of its own.
  const isOfNoKind = attrs.text("logfire.span_type") === "pending_span";
  return { fields, fallback, isOfNoKind, claimed: take.claimed, notes: take.notes };
}

/** Whose client it is: before version 5 a streamed call does not say. */
const PROVIDERS = new Map([
  ["logfire.openai", "openai"],
  ["logfire.anthropic", "anthropic"],
]);

/** Names of the spans of OpenAI's Agents SDK: each begins with what it is. */
const KINDS: [RegExp, SpanKind][] = [
  [/^Agent run:/, "AGENT"],
  [/^Function:/, "TOOL"],
  [/^Guardrail /, "GUARDRAIL"],
  [/^(Handoff:|Task:|Turn |OpenAI Agents trace)/, "CHAIN"],
  [/^(Responses API|Chat completion with |Image Generation with )/, "LLM"],
];

function readKind(span: WireSpan): SpanKind | undefined {
  if (!span.scope.name.startsWith("logfire.openai")) return undefined;
  return KINDS.find(([name]) => name.test(span.name))?.[1];
}

/** The answer to a stream is a span of its own, after the one that asked. */
function readStreaming(span: WireSpan, request: Record<string, unknown> | undefined): boolean | undefined {
  if (span.name.startsWith("streaming response from ")) return true;
  return typeof request?.["stream"] === "boolean" ? request["stream"] : undefined;
}

function readAgentsSdk(kind: SpanKind, take: AttributeTaker, fields: Partial<LlmFields>): void {
  const name = take.text("name");
  if (kind === "AGENT") {
    fields.agentName = name;
    fields.tools = readTools(take.strings("tools"));
  }
  if (kind === "GUARDRAIL") fields.output = verdictOf(take.boolean("triggered"));
  if (kind !== "TOOL") return;
  fields.tool = { name, arguments: take.json("input"), result: take.json("output") };
  if (name !== undefined) fields.displayName = name;
  const input = take.attrs.get("input");
  if (input !== undefined) fields.input = toPayload(input, undefined).payload;
  const output = take.attrs.get("output");
  if (output !== undefined) fields.output = payloadOf(output);
}

function readExchange(
  span: WireSpan,
  request: Record<string, unknown> | undefined,
  response: Record<string, unknown> | undefined,
  take: AttributeTaker,
): Exchange {
  const events = take.list("events").items;
  if (events.length > 0) {
    const { input, output } = readMessageEvents(listedEvents(joinPartEvents(events)));
    return { input, output: mergeAssistantMessages(output) };
  }
  if (span.name.startsWith("Chat completion with")) {
    const asked = take.list("input").items;
    const answered = take.list("output").items.flatMap(openAnswer);
    if (asked.length + answered.length > 0)
      return {
        input: readMessages(asked, "user"),
        output: mergeAssistantMessages(readMessages(answered, "assistant")),
      };
  }
  const told = readMessageEvents(bodiesOf(span));
  if (told.input.length + told.output.length > 0) return told;
  const input = request === undefined ? [] : readPromptPayload(request);
  const output = response === undefined ? [] : readAnswer(response);
  // The Agents SDK writes the answer behind the question, in one list.
  if (response === undefined && span.name.startsWith("Chat completion with")) return splitAnswer(input);
  return { input, output };
}

/** Newer versions of the Agents SDK put the answer of a chat completion into the form of Responses. */
function openAnswer(item: unknown): unknown[] {
  return isRecord(item) && Array.isArray(item["output"]) ? item["output"] : [item];
}

/** Google's client tells the conversation in span events, each with its body as JSON. */
function bodiesOf(span: WireSpan): MessageEvent[] {
  return span.events.flatMap((event) => {
    const body = new AttributeReader(event.attributes).json("event_body");
    return isRecord(body) ? [{ name: event.name, body }] : [];
  });
}

/** `{message}`, `{text}` of the old completions, or the pieces of a stream put together. */
function readAnswer(response: Record<string, unknown>): LlmFields["outputMessages"] {
  const text = firstOf(response, "combined_chunk_content", "text");
  if (typeof text === "string")
    return text === "" ? [] : readMessages([{ role: "assistant", content: text }], "assistant");
  return readCompletionPayload(response).messages;
}

/** Totals are the convention's own; the provider's usage object adds what lies inside them. */
function readUsage(reported: unknown, take: AttributeTaker): Usage {
  const told = take.record("gen_ai.usage.raw") ?? reported;
  const usage = readUsageObject(told);
  const input = take.count("gen_ai.usage.input_tokens");
  const output = take.count("gen_ai.usage.output_tokens");
  if (input !== undefined) usage.inputTokens = input;
  if (output !== undefined) usage.outputTokens = output;
  return usage;
}
