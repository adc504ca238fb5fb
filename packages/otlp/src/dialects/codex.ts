import type { LlmFields, SpanEvent, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { roundMs } from "../normalise/first-token.ts";
import { payloadOf } from "../normalise/payload.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Codex's traces: spans of its own functions, of which a few are steps of an agent, and events (`codex.…`; some on the
 * span, some as log records) that say what was asked and run in them. What the model answered is nowhere said.
 *
 * @see https://developers.openai.com/codex/config-advanced (observability and telemetry)
 */
export const codex: Dialect = {
  name: "codex",
  speaks: (scope, keys) => scope.startsWith("codex") || keys.hasFamily("codex"),
  speaksOtherwise: (span, attrs) =>
    (/^codex[_-]/.test(String(span.resource.attributes["service.name"] ?? "")) &&
      attrs.has("conversation.id")) ||
    span.events.some((event) => event.name.startsWith("codex.")),
  read,
};

const KINDS: Record<string, SpanKind> = {
  "session_task.turn": "AGENT",
  run_turn: "AGENT",
  // One try of a request to the model; the tokens of its answer are on the last `handle_responses` below it.
  try_run_sampling_request: "LLM",
  "mcp.tools.call": "TOOL",
  // Made from events.
  "codex.turn": "AGENT",
  "codex.model_call": "LLM",
  "codex.tool_call": "TOOL",
};
const TURN_USAGE = "codex.turn.token_usage.";
/** Threads of the process have a `thread.id` too: a number. */
const CONVERSATION_ID = /[^\d]/;

interface CodexEvent {
  name: string;
  timeNs: string;
  said: AttributeReader;
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const events = codexEventsOf(span.events);
  const result = span.name === "codex.tool_call" ? attrs : onlyResult(events);
  const kind = kindOf(span, attrs, result);
  const fields: Partial<LlmFields> = {
    kind,
    usage: span.name === "codex.model_call" ? usageOfEnd(take) : readUsage(take),
    ...(kind === "AGENT" ? { agentName: "codex" } : {}),
    ...(kind === "TOOL" ? { tool: readTool(take, result), error: errorOf(result) } : {}),
    ...(kind === "LLM" ? readCall(take, readFirstToken(span, events, take)) : {}),
  };
  const prompt = textIn(events, "codex.user_prompt", "prompt") ?? take.text("prompt");
  if (prompt !== undefined && prompt !== "[REDACTED]") {
    fields.input = payloadOf(prompt);
    if (kind === "AGENT") fields.inputMessages = readMessages([{ role: "user", content: prompt }], "user");
  }
  const fallback: Partial<LlmFields> = {
    sessionId: conversationOf(attrs) ?? textIn(events, undefined, "conversation.id"),
    usage: usageOfCompletion(events),
  };
  return { fields, fallback, isOfNoKind: kind === undefined, claimed: take.claimed, notes: take.notes };

  function conversationOf(said: AttributeReader): string | undefined {
    for (const key of ["conversation.id", "thread.id", "thread_id"]) {
      const id = said.text(key);
      if (id === undefined || !CONVERSATION_ID.test(id)) continue;
      take.claim(key);
      return id;
    }
    return undefined;
  }
}

/** Events that a span carries itself are named after the line of code that told of them; their own name lies inside. */
function codexEventsOf(events: readonly SpanEvent[]): CodexEvent[] {
  return events
    .map(({ name, timeNs, attributes }) => {
      const said = new AttributeReader(attributes);
      return { name: said.text("event.name") ?? name, timeNs, said };
    })
    .filter(({ name }) => name.startsWith("codex."));
}

function kindOf(
  span: WireSpan,
  attrs: AttributeReader,
  result: AttributeReader | undefined,
): SpanKind | undefined {
  if (Object.hasOwn(KINDS, span.name)) return KINDS[span.name];
  if (result !== undefined) return "TOOL";
  return attrs.has("gen_ai.usage.output_tokens") ? "LLM" : undefined;
}

/**
 * What came of the one tool that ran in the span: it is told twice, in an event without content and in a record with
 * it. A span of many tools is none of them.
 */
function onlyResult(events: readonly CodexEvent[]): AttributeReader | undefined {
  const results = events.filter(({ name }) => name === "codex.tool_result").map(({ said }) => said);
  const calls = new Set(results.map((said) => said.text("call_id") ?? said));
  return calls.size === 1 ? (results.find((said) => said.has("output")) ?? results[0]) : undefined;
}

/**
 * Milliseconds until the first token. An answer counts them from when its stream was opened, which is when the request had
 * been answered; else they last until the moment at which it was told that the turn has its first.
 */
function readFirstToken(
  { startTimeNs }: WireSpan,
  events: readonly CodexEvent[],
  take: AttributeTaker,
): number | undefined {
  const msUntil = (names: RegExp) => {
    const timeNs = events.find(({ name }) => names.test(name))?.timeNs ?? "0";
    if (timeNs === "0" || startTimeNs === "0") return undefined;
    return Number(BigInt(timeNs) - BigInt(startTimeNs)) / 1e6;
  };
  const sinceOpenMs = take.number("ttft_ms");
  const waitedMs =
    sinceOpenMs === undefined
      ? msUntil(/^codex\.turn_ttft$/)
      : sinceOpenMs + (msUntil(/^codex\.(api|websocket)_request$/) ?? 0);
  return waitedMs === undefined ? undefined : roundMs(waitedMs);
}

function readCall(take: AttributeTaker, timeToFirstTokenMs: number | undefined): Partial<LlmFields> {
  const effort = take.text("codex.request.reasoning_effort");
  return {
    requestModel: take.text("model", "slug"),
    streaming: true,
    timeToFirstTokenMs,
    invocationParameters: compact({ reasoning_effort: effort === "default" ? undefined : effort }),
  };
}

function readTool(take: AttributeTaker, result: AttributeReader | undefined): LlmFields["tool"] {
  const said = result ?? new AttributeReader({});
  return compact({
    name: take.text("tool_name", "tool.name") ?? said.text("tool_name"),
    callId: take.text("call_id") ?? said.text("call_id"),
    arguments: take.json("arguments") ?? said.json("arguments"),
    result: take.text("output") ?? said.get("output"),
  });
}

function errorOf(result: AttributeReader | undefined): LlmFields["error"] {
  return result?.text("success") === "false" ? compact({ message: result.text("output") }) : undefined;
}

/** A whole turn's tokens. */
function readUsage(take: AttributeTaker): LlmFields["usage"] {
  return (
    compact({
      inputTokens: take.count(`${TURN_USAGE}input_tokens`),
      outputTokens: take.count(`${TURN_USAGE}output_tokens`),
      totalTokens: take.count(`${TURN_USAGE}total_tokens`, "codex.usage.total_tokens"),
      cacheReadTokens: take.count(`${TURN_USAGE}cached_input_tokens`),
      cacheWriteTokens: take.count(`${TURN_USAGE}cache_write_input_tokens`),
      reasoningTokens: take.count(
        `${TURN_USAGE}reasoning_output_tokens`,
        "codex.usage.reasoning_output_tokens",
      ),
    }) ?? {}
  );
}

/** The tokens of the one answer whose end was recorded in the span. */
function usageOfCompletion(events: readonly CodexEvent[]): LlmFields["usage"] {
  const ends = events.filter(
    ({ said }) => said.text("event.kind") === "response.completed" && said.has("input_token_count"),
  );
  return ends.length === 1 ? usageOfEnd(new AttributeTaker((ends[0] as CodexEvent).said)) : {};
}

function usageOfEnd(take: AttributeTaker): LlmFields["usage"] {
  return (
    compact({
      inputTokens: take.count("input_token_count"),
      outputTokens: take.count("output_token_count"),
      cacheReadTokens: take.count("cached_token_count"),
      cacheWriteTokens: take.count("cache_write_token_count"),
      reasoningTokens: take.count("reasoning_token_count"),
    }) ?? {}
  );
}

function textIn(events: readonly CodexEvent[], name: string | undefined, key: string): string | undefined {
  for (const event of events) {
    if (name !== undefined && event.name !== name) continue;
    const text = event.said.text(key);
    if (text !== undefined) return text;
  }
  return undefined;
}
