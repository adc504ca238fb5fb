import type { LlmFields, SpanEvent, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { compact } from "../normalise/record.ts";
import { tokenCountOf } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Codex's traces: spans of its own functions, of which a few are steps of an agent, and log records (`codex.…`) that
 * say what was asked, answered and run in them.
 *
 * @see https://developers.openai.com/codex/config-advanced (observability and telemetry)
 */
export const codex: Dialect = {
  name: "codex",
  detect: (span, attrs) =>
    span.scope.name.startsWith("codex") ||
    attrs.hasFamily("codex") ||
    (/^codex[_-]/.test(String(span.resource.attributes["service.name"] ?? "")) &&
      attrs.has("conversation.id")) ||
    span.events.some((event) => event.name.startsWith("codex.")),
  read,
};

const KINDS: Record<string, SpanKind> = {
  "codex.exec": "AGENT",
  "session_task.turn": "AGENT",
  run_turn: "AGENT",
  handle_tool_call: "TOOL",
  "mcp.tools.call": "TOOL",
};
const TURN_USAGE = "codex.turn.token_usage.";

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const events = span.events.filter((event) => event.name.startsWith("codex."));
  const results = events.filter((event) => event.name === "codex.tool_result");
  const kind = Object.hasOwn(KINDS, span.name) ? KINDS[span.name] : undefined;
  const fields: Partial<LlmFields> = {
    kind,
    sessionId: take.text("conversation.id", "thread.id", "thread_id"),
    usage: readUsage(take),
    agentName: kind === "AGENT" ? "codex" : undefined,
    // A span of many tools is none of them.
    tool: kind === "TOOL" ? readTool(take, results.length === 1 ? results[0] : undefined) : undefined,
  };
  const prompt = textIn(events, "codex.user_prompt", "prompt");
  if (prompt !== undefined && prompt !== "[REDACTED]") fields.input = payloadOf(prompt);
  const fallback: Partial<LlmFields> = {
    sessionId: textIn(events, undefined, "conversation.id"),
    requestModel: take.text("model", "slug"),
    usage: usageOfCompletion(events),
  };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

function readTool(take: AttributeTaker, result: SpanEvent | undefined): LlmFields["tool"] {
  const said = new AttributeReader(result?.attributes ?? {});
  return compact({
    name: take.text("tool_name", "tool.name") ?? said.text("tool_name"),
    callId: take.text("call_id") ?? said.text("call_id"),
    arguments: said.json("arguments"),
    result: said.get("output"),
  });
}

/** A whole turn's tokens. */
function readUsage(take: AttributeTaker): LlmFields["usage"] {
  return (
    compact({
      inputTokens: take.count(`${TURN_USAGE}input_tokens`),
      outputTokens: take.count(`${TURN_USAGE}output_tokens`),
      totalTokens: take.count(`${TURN_USAGE}total_tokens`),
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
function usageOfCompletion(events: readonly SpanEvent[]): LlmFields["usage"] {
  const ends = events
    .map((event) => new AttributeReader(event.attributes))
    .filter((said) => said.text("event.kind") === "response.completed");
  const said = ends.length === 1 ? ends[0] : undefined;
  if (said === undefined) return {};
  return (
    compact({
      inputTokens: tokenCountOf(said.get("input_token_count")),
      outputTokens: tokenCountOf(said.get("output_token_count")),
      cacheReadTokens: tokenCountOf(said.get("cached_token_count")),
      reasoningTokens: tokenCountOf(said.get("reasoning_token_count")),
    }) ?? {}
  );
}

function textIn(events: readonly SpanEvent[], name: string | undefined, key: string): string | undefined {
  for (const event of events) {
    if (name !== undefined && event.name !== name) continue;
    const text = new AttributeReader(event.attributes).text(key);
    if (text !== undefined) return text;
  }
  return undefined;
}
