import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { payloadOf } from "../normalise/payload.ts";
import { compact } from "../normalise/record.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Claude Code's traces: an interaction, its requests to the model, and its tools. Names are bare (`input_tokens`,
 * `tool_name`); input tokens are without what came from, or went to, the cache. Content is there only where its
 * user has turned it on.
 *
 * @see https://code.claude.com/docs/en/monitoring-usage
 */
export const claudeCode: Dialect = {
  name: "claude-code",
  detect: (span) =>
    span.name.startsWith("claude_code.") || span.scope.name.startsWith("com.anthropic.claude_code"),
  read,
};

const KINDS: Record<string, SpanKind> = {
  "claude_code.interaction": "AGENT",
  "claude_code.llm_request": "LLM",
  "claude_code.tool": "TOOL",
  "claude_code.tool.execution": "CHAIN",
  "claude_code.tool.blocked_on_user": "CHAIN",
  "claude_code.hook": "CHAIN",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = Object.hasOwn(KINDS, span.name) ? KINDS[span.name] : undefined;
  const fields: Partial<LlmFields> = {
    kind,
    ...(kind === "LLM" ? readRequest(span, take) : {}),
    ...(kind === "TOOL" ? readTool(span, take) : {}),
  };
  if (kind === "AGENT") {
    fields.agentName = take.text("agent.name") ?? "claude-code";
    const prompt = unredacted(take.text("user_prompt"));
    if (prompt !== undefined) fields.input = payloadOf(prompt);
  }
  const error = compact({ type: take.text("error_class"), message: take.text("error") });
  if (error !== undefined) fields.error = error;
  // The user's id is a made-up one of the machine.
  const email = take.text("user.email");
  return {
    ...(email === undefined ? {} : { first: { userId: email } }),
    fields,
    claimed: take.claimed,
    notes: take.notes,
  };
}

function readRequest(span: WireSpan, take: AttributeTaker): Partial<LlmFields> {
  const input = take.count("input_tokens");
  const cached = take.count("cache_read_tokens");
  const written = take.count("cache_creation_tokens");
  const said = take.text("new_context");
  const answered = take.text("response.model_output");
  const system = take.text("system_prompt", "system_prompt_preview", "user_system_prompt");
  const event = span.events.find(({ name }) => name === "claude_code.api_request" || name === "api_request");
  const costUsd = new AttributeReader(event?.attributes ?? {}).number("cost_usd");
  return {
    provider: "anthropic",
    requestModel: take.text("model"),
    timeToFirstTokenMs: take.number("ttft_ms"),
    finishReasons: take.strings("stop_reason").map(finishReasonOf),
    usage:
      compact({
        // Beside the cache, as Anthropic counts it.
        inputTokens: input === undefined ? undefined : input + (cached ?? 0) + (written ?? 0),
        outputTokens: take.count("output_tokens"),
        cacheReadTokens: cached,
        cacheWriteTokens: written,
      }) ?? {},
    cost: reportedCost(costUsd, undefined, undefined),
    inputMessages: [
      ...(system === undefined ? [] : [{ role: "system", parts: [{ type: "text" as const, text: system }] }]),
      ...(said === undefined ? [] : [{ role: "user", parts: [{ type: "text" as const, text: said }] }]),
    ],
    outputMessages:
      answered === undefined
        ? []
        : [{ role: "assistant", parts: [{ type: "text" as const, text: answered }] }],
    invocationParameters: compact({ reasoning_effort: take.text("effort"), speed: take.text("speed") }),
  };
}

function readTool(span: WireSpan, take: AttributeTaker): Partial<LlmFields> {
  const name = take.text("tool_name");
  const event = span.events.find((each) => each.name === "tool.output");
  const said = new AttributeReader(event?.attributes ?? {});
  const given =
    take.json("tool_input") ??
    compact({
      command: take.text("full_command"),
      file_path: take.text("file_path"),
      skill: take.text("skill_name"),
      subagent_type: take.text("subagent_type"),
    });
  const output = said.get("output") ?? said.get("content") ?? take.attrs.get("new_context");
  return {
    displayName: name,
    tool: compact({
      name,
      callId: take.text("tool_use_id"),
      arguments: given,
      result: output === undefined ? undefined : jsonOf(output),
    }),
  };
}

function unredacted(text: string | undefined): string | undefined {
  return text === "<REDACTED>" ? undefined : text;
}
