import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, Payload, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { payloadOf } from "../normalise/payload.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { reportedCost } from "../normalise/usage.ts";
import {
  argumentsOf,
  type ClaudeEvent,
  claudeEventsOf,
  readContext,
  readSetting,
  readSteps,
  STRUCTURED_OUTPUT,
  toolNameOf,
  unredacted,
  withoutHeading,
} from "./claude-code/said.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Claude Code's traces: an interaction, its requests to the model, and its tools. Names are bare (`input_tokens`,
 * `tool_name`); input tokens are without what came from, or went to, the cache. Content is there only where its
 * user has turned it on: on the spans with detailed tracing, else in log records that name the interaction.
 *
 * @see https://code.claude.com/docs/en/monitoring-usage
 */
export const claudeCode: Dialect = {
  name: "claude-code",
  speaks: (scope) => scope.startsWith("com.anthropic.claude_code"),
  speaksOtherwise: (span) => span.name.startsWith("claude_code."),
  read,
};

const KINDS: Record<string, SpanKind> = {
  "claude_code.interaction": "AGENT",
  "claude_code.llm_request": "LLM",
  "claude_code.tool": "TOOL",
  "claude_code.tool.execution": "CHAIN",
  "claude_code.tool.blocked_on_user": "CHAIN",
  "claude_code.hook": "CHAIN",
  "claude_code.subagent.spawn": "CHAIN",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const events = claudeEventsOf(span.events);
  const subagent = span.name === "claude_code.tool.execution" ? subagentOf(events) : undefined;
  const named = Object.hasOwn(KINDS, span.name) ? KINDS[span.name] : undefined;
  const kind = subagent === undefined ? named : "AGENT";
  const fields: Partial<LlmFields> = {
    kind,
    ...(kind === "LLM" ? readRequest(events, take) : {}),
    ...(kind === "TOOL" ? readTool(events, take) : {}),
    ...(kind === "AGENT" ? readRun(subagent, events, take) : {}),
    ...(span.name === "claude_code.tool.blocked_on_user" ? readRefusal(take) : {}),
    ...(span.name === "claude_code.hook" ? compact({ displayName: take.text("hook_name") }) : {}),
  };
  const error = compact({ type: take.text("error_class", "error_type"), message: take.text("error") });
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

/** The name of the agent that the requests below a tool's run are of. */
function subagentOf(events: readonly ClaudeEvent[]): string | undefined {
  const request = events.find(({ said }) => said.text("query_source")?.startsWith("agent:") === true);
  return (
    events.find(({ said }) => said.has("agent.name"))?.said.text("agent.name") ??
    request?.said.text("query_source")?.split(":").at(-1)
  );
}

/** What is asked of a model beside the conversation (a title for it, say) is no step of the run. */
const MAIN_REQUEST = /^(?:repl_main_thread|sdk)/;

function readRun(
  subagent: string | undefined,
  events: readonly ClaudeEvent[],
  take: AttributeTaker,
): Partial<LlmFields> {
  const steps = subagent === undefined ? stepsOfMain(events) : readSteps(events);
  const output = readAnswer(steps.at(-1));
  const error = readLastError(events);
  if (subagent !== undefined)
    return { displayName: subagent, agentName: subagent, output, outputMessages: steps, error };
  const prompt = promptOf(events, take);
  const { system, tools } = readSetting(events);
  return {
    agentName: take.text("agent.name") ?? "claude-code",
    input: prompt === undefined ? undefined : payloadOf(prompt),
    output,
    inputMessages: prompt === undefined ? [] : [...system, ...textMessage("user", prompt)],
    outputMessages: steps,
    tools,
    error,
  };
}

/** The steps of the run itself; where its user only had it compacted, the summary. */
function stepsOfMain(events: readonly ClaudeEvent[]): Message[] {
  const steps = readSteps(events.filter(({ said }) => MAIN_REQUEST.test(said.text("query_source") ?? "sdk")));
  return steps.length > 0
    ? steps
    : readSteps(events.filter(({ said }) => said.text("query_source") === "compact"));
}

/** The text of the last step, or the data that it was asked for. */
function readAnswer(last: Message | undefined): Payload | undefined {
  const structured = last?.parts.find((part) => part.type === "tool_call" && part.name === STRUCTURED_OUTPUT);
  if (structured?.type === "tool_call") return payloadOf(structured.arguments);
  const answer = last?.parts.findLast((part) => part.type === "text");
  return answer === undefined ? undefined : payloadOf(answer.text);
}

/** What a run ended with, where its last request failed. */
function readLastError(events: readonly ClaudeEvent[]): LlmFields["error"] {
  const last = events.findLast(({ name }) => name === "api_request" || name === "api_error");
  if (last?.name !== "api_error") return undefined;
  return compact({ message: last.said.text("error") });
}

function promptOf(events: readonly ClaudeEvent[], take: AttributeTaker): string | undefined {
  const event = events.find(({ name }) => name === "user_prompt");
  // Detailed tracing says it again, under a heading.
  take.text("new_context");
  return unredacted(take.text("user_prompt", "prompt")) ?? unredacted(event?.said.text("prompt"));
}

function readRequest(events: readonly ClaudeEvent[], take: AttributeTaker): Partial<LlmFields> {
  const input = take.count("input_tokens");
  const cached = take.count("cache_read_tokens");
  const written = take.count("cache_creation_tokens");
  const answered = take.text("response.model_output");
  const costUsd =
    take.number("cost_usd") ?? events.find(({ name }) => name === "api_request")?.said.number("cost_usd");
  return {
    provider: "anthropic",
    requestModel: take.text("model"),
    responseId: take.text("gen_ai.response.id", "request_id"),
    timeToFirstTokenMs: take.number("ttft_ms"),
    finishReasons: take.strings("stop_reason").map(finishReasonOf),
    usage:
      compact({
        // Beside the cache, as Anthropic counts it.
        inputTokens: input === undefined ? undefined : input + (cached ?? 0) + (written ?? 0),
        outputTokens: take.count("output_tokens"),
        cacheReadTokens: cached,
        cacheWriteTokens: written,
        cacheWrite1hTokens: take.count("cache_creation_1h_tokens"),
      }) ?? {},
    cost: reportedCost(costUsd, undefined, undefined),
    inputMessages: readAsked(take),
    outputMessages: answered === undefined ? readSteps(events) : textMessage("assistant", answered),
    tools: readTools(take.list("tools").items),
    invocationParameters: compact({ reasoning_effort: take.text("effort"), speed: take.text("speed") }),
  };
}

/** The instructions, what Claude Code reminds the model of, and what is new in the conversation. */
function readAsked(take: AttributeTaker): Message[] {
  const system = take.text("system_prompt", "system_prompt_preview", "user_system_prompt");
  const reminders = take.text("system_reminders");
  const context = take.text("new_context");
  return [
    ...(system === undefined ? [] : textMessage("system", system)),
    ...(reminders === undefined ? [] : textMessage("system", reminders)),
    ...(context === undefined ? [] : readContext(context)),
  ];
}

function textMessage(role: string, content: string): Message[] {
  return readMessages([{ role, content }], role);
}

function readTool(events: readonly ClaudeEvent[], take: AttributeTaker): Partial<LlmFields> {
  const name = toolNameOf(take.attrs);
  if (name !== undefined) take.claim("tool_name");
  const said = events.find((event) => event.name === "tool.output")?.said ?? new AttributeReader({});
  const result = events.findLast((event) => event.name === "tool_result")?.said;
  const decision = events.findLast((event) => event.name === "tool_decision")?.said;
  const given = argumentsOf(take.attrs, result ?? decision);
  for (const key of ARGUMENTS) if (take.attrs.has(key)) take.claim(key);
  // What is to be written lies there too, under the name of what was read.
  const wrote = name === "Write" ? said.get("content") : undefined;
  const context = take.text("new_context");
  const output =
    said.get("output") ??
    (wrote === undefined ? (said.get("content") ?? said.get("diff")) : undefined) ??
    (context === undefined ? undefined : withoutHeading(context));
  return {
    displayName: name,
    tool: compact({
      name,
      callId: take.text("tool_use_id"),
      arguments: wrote === undefined || !isRecord(given) ? given : { ...given, content: wrote },
      result: output === undefined ? undefined : jsonOf(output),
    }),
    error: readToolError(decision, result),
  };
}

/** What a tool's records say went wrong: the failure of its run is on a span of its own. */
function readToolError(
  decision: AttributeReader | undefined,
  result: AttributeReader | undefined,
): LlmFields["error"] {
  if (decision?.text("decision") === "reject") return refusalBy(decision.text("source"));
  if (result?.text("success") !== "false") return undefined;
  return { type: result.text("error_type"), message: result.text("error") ?? "The tool failed." };
}

/** @param source who (`user_reject`) or what it was. */
function refusalBy(source: string | undefined): LlmFields["error"] {
  return compact({ type: source, message: "Refused: it was not allowed to run." });
}

/** What kept a tool from running, and who (`user_reject`) or what it was; that one may run says nothing. */
function readRefusal(take: AttributeTaker): Partial<LlmFields> {
  if (take.attrs.text("decision") !== "reject") return {};
  const source = take.text("source");
  return {
    output: payloadOf(compact({ decision: take.text("decision"), source })),
    error: refusalBy(source),
  };
}

const ARGUMENTS = [
  "tool_input",
  "tool_parameters",
  "full_command",
  "file_path",
  "skill_name",
  "subagent_type",
];
