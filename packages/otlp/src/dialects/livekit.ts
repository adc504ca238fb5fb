import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, Note, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { roundMs } from "../normalise/first-token.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { textMessage } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { tokenCountOf } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * LiveKit Agents: the names of its spans say what they are, `lk.*` the rest; what may be personal moved from
 * `lk.x` to `lk.pii.x`. Of a turn's spans, only `llm_request` and `realtime_metrics` are calls of a model.
 *
 * @see https://docs.livekit.io/agents/build/metrics/
 */
export const livekit: Dialect = { name: "livekit", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "livekit-agents" || keys.hasFamily("lk");
}

const KINDS: Record<string, SpanKind> = {
  job_entrypoint: "CHAIN",
  agent_session: "AGENT",
  start_agent_activity: "AGENT",
  agent_turn: "AGENT",
  // Its names in version 1.2.
  assistant_turn: "AGENT",
  realtime_assistant_turn: "AGENT",
  update_agent: "CHAIN",
  llm_node: "CHAIN",
  llm_request: "LLM",
  realtime_metrics: "LLM",
  realtime_inference: "LLM",
  function_tool: "TOOL",
  judge_evaluation: "EVALUATOR",
};

/** Speech and bookkeeping; some name a model, and are no call of a language model. */
const OF_NO_KIND =
  /^(user_turn|user_speaking|agent_speaking|eou_detection|eou_wait|llm_request_run|tts_|stt|on_enter|on_exit|on_user_turn_completed|setup_toolsets|AgentActivity_|(drain|pause|resume)_agent_activity|keyterm_detection|amd|answering_machine_detection|session_|room_|job_dispatch)/;

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = Object.hasOwn(KINDS, span.name) ? KINDS[span.name] : undefined;
  const metrics = take.record("lk.llm_metrics") ?? take.record("lk.realtime_model_metrics") ?? {};
  const model = recordOf(metrics["metadata"]);
  if (attrs.boolean("lk.input.delta") === true) take.notes.push(continuationOf(attrs));
  const userInput = ownText(take, "user_input");
  const answer = ownText(take, "response.text");
  // What was to be said aloud, and what was heard.
  const input = userInput ?? ownText(take, "input_text");
  const output = answer ?? ownText(take, "user_transcript");
  const tool = readTool(take);
  const fields: Partial<LlmFields> = {
    // A node of the application's own makes the call itself, and says so.
    kind: span.name === "llm_node" && attrs.has("gen_ai.operation.name") ? undefined : kind,
    input: input === undefined ? undefined : payloadOf(input),
    output: output === undefined ? undefined : payloadOf(output),
    inputMessages: readConversation(take, userInput),
    outputMessages: readAnswer(take, answer),
    tools: readTools(take.strings("lk.function_tools")),
    timeToFirstTokenMs: secondsOf(take.number("lk.response.ttft")),
    tool,
    error: attrs.boolean("lk.function_tool.is_error") === true ? errorOf(tool?.result) : undefined,
  };
  const requestModel = textOf(firstOf(model, "model_name", "modelName"));
  const fallback: Partial<LlmFields> = {
    usage: readUsage(metrics),
    timeToFirstTokenMs: secondsOf(numberOf(metrics["ttft"])) ?? waitedMs(numberOf(metrics["ttftMs"])),
    responseId: textOf(firstOf(metrics, "request_id", "requestId")),
    requestModel,
    provider: providerOf(textOf(firstOf(model, "model_provider", "modelProvider")), requestModel),
    sessionId: take.text("lk.job_id") ?? take.text("lk.pii.room_name", "lk.room_name", "lk.room_sid"),
    userId: ownText(take, "participant_identity"),
    agentName: take.text("lk.agent_name", "lk.agent_label"),
  };
  return {
    fields,
    fallback,
    instructions: textMessage(ownText(take, "instructions") ?? "", "system"),
    isOfNoKind: kind === undefined && OF_NO_KIND.test(span.name),
    claimed: take.claimed,
    notes: take.notes,
  };
}

/** A session may be recorded so that a call has only what is new in its conversation. */
function continuationOf(attrs: AttributeReader): Note {
  const base = attrs.text("lk.input.base_span_id") ?? "an earlier one";
  const message = `Only what is new in the conversation was sent: it continues that of the span ${base}.`;
  return { code: "partial_input", message };
}

/** An attribute that newer versions mark as personal. */
function ownText(take: AttributeTaker, name: string): string | undefined {
  return take.text(`lk.pii.${name}`, `lk.${name}`);
}

function recordOf(value: unknown): Item {
  return isRecord(value) ? value : {};
}

/** `{items: [{type: "message"}, {type: "function_call"}, {type: "function_call_output"}, …]}`, or what the user said. */
function readConversation(take: AttributeTaker, userInput: string | undefined): Message[] {
  const context = take.json("lk.pii.chat_ctx", "lk.chat_ctx");
  const items = isRecord(context) ? context["items"] : context;
  if (Array.isArray(items) && items.length > 0)
    return readMessages(items.filter((item) => !isRepeated(item, items)).map(plainItem), "user");
  return textMessage(userInput ?? "", "user");
}

/** New instructions are told as what has changed, and as the message that they are, or that they begin. */
function isRepeated(item: unknown, items: readonly unknown[]): boolean {
  if (!isRecord(item) || item["type"] !== "agent_config_update") return false;
  const instructions = textOf(item["instructions"]);
  const isSaidBy = (content: unknown) =>
    content === instructions ||
    (instructions !== undefined && textOf(content)?.startsWith(`${instructions}\n`) === true);
  return items.some(
    (other) =>
      isRecord(other) &&
      (other["role"] === "system" || other["role"] === "developer") &&
      [other["content"]].flat().some(isSaidBy),
  );
}

/** Parts name their content by type and member: `{type: "image_content", image}`. */
function plainItem(item: unknown): unknown {
  if (!isRecord(item)) return item;
  // A handover, or new instructions: said by nobody.
  if (item["role"] === undefined && textOf(item["type"])?.startsWith("agent_") === true)
    return { role: "system", content: [item] };
  // JavaScript's writes a text as JSON too.
  if (item["type"] === "function_call_output") return { ...item, output: jsonOf(item["output"]) };
  if (!Array.isArray(item["content"])) return item;
  const parts = item["content"].filter(
    (part: unknown) => !isRecord(part) || part["type"] !== "cache_breakpoint",
  );
  const content = parts.map((part: unknown) => {
    // Instructions that are worded in two ways, for the ear and for the eye.
    if (isRecord(part) && part["type"] === "instructions") return firstOf(part, "text", "audio");
    const type = isRecord(part) ? /^(image|audio)_content$/.exec(textOf(part["type"]) ?? "")?.[1] : undefined;
    return type === undefined || !isRecord(part) ? part : { ...part, type };
  });
  return { ...item, content };
}

function readAnswer(take: AttributeTaker, text: string | undefined): Message[] {
  const calls = take.json("lk.pii.response.function_calls", "lk.response.function_calls");
  const content: unknown[] = text === undefined ? [] : [{ type: "text", text }];
  if (Array.isArray(calls))
    content.push(
      ...calls.map((call: unknown) => (isRecord(call) ? { ...call, type: "function_call" } : call)),
    );
  return content.length === 0 ? [] : readMessages([{ role: "assistant", content }], "assistant");
}

function readTool(take: AttributeTaker): LlmFields["tool"] {
  return compact({
    name: take.text("lk.function_tool.name"),
    callId: take.text("lk.function_tool.id"),
    arguments: take.json("lk.pii.function_tool.arguments", "lk.function_tool.arguments"),
    result: take.json("lk.pii.function_tool.output", "lk.function_tool.output"),
  });
}

function errorOf(result: unknown): LlmFields["error"] {
  return { message: textOf(result) ?? "The tool failed." };
}

/** Chat models and realtime models count under names of their own, and so does the JavaScript of both. */
function readUsage(metrics: Item): Usage {
  const count = (from: Item, ...names: string[]) => tokenCountOf(firstOf(from, ...names));
  const input = recordOf(firstOf(metrics, "input_token_details", "inputTokenDetails"));
  const output = recordOf(firstOf(metrics, "output_token_details", "outputTokenDetails"));
  return (
    compact({
      inputTokens: count(metrics, "prompt_tokens", "input_tokens", "promptTokens", "inputTokens"),
      outputTokens: count(metrics, "completion_tokens", "output_tokens", "completionTokens", "outputTokens"),
      totalTokens: count(metrics, "total_tokens", "totalTokens"),
      cacheReadTokens:
        count(metrics, "prompt_cached_tokens", "promptCachedTokens") ??
        count(input, "cached_tokens", "cachedTokens"),
      cacheWriteTokens: count(metrics, "cache_creation_tokens", "cacheCreationTokens"),
      // Nothing is what is written where they are not told apart.
      reasoningTokens: count(metrics, "reasoning_tokens", "reasoningTokens") || undefined,
      audioInputTokens: count(input, "audio_tokens", "audioTokens"),
      audioOutputTokens: count(output, "audio_tokens", "audioTokens"),
    }) ?? {}
  );
}

function secondsOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : waitedMs(seconds * 1000);
}

/** Less than nothing says that there was no answer. */
function waitedMs(ms: number | undefined): number | undefined {
  return ms === undefined || ms < 0 ? undefined : roundMs(ms);
}
