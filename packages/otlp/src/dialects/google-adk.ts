import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { parametersOf } from "../normalise/invocation-parameters.ts";
import { providerOf } from "../normalise/provider.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { tokenCountOf } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Google's Agent Development Kit: `gcp.vertex.agent.*` beside GenAI's names. A model call's request and response
 * stand whole in one attribute each, in Gemini's form: snake_case from Python, camelCase from JavaScript.
 *
 * @see https://google.github.io/adk-docs/observability/
 */
export const googleAdk: Dialect = { name: "google-adk", speaks, read };

const PREFIX = "gcp.vertex.agent.";

/** Its spans have ADK's names, and where a call failed nothing else. */
const OPENINFERENCE = "openinference.instrumentation.google_adk";

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "gcp.vertex.agent" || scope === OPENINFERENCE || keys.withPrefix(PREFIX).length > 0;
}

/** What Python writes where it knows no id or no arguments. */
const NOTHING = new Set(["<not specified>", "N/A", "<not serializable>", ""]);

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const isCall = isCallOfAgent(attrs);
  const kind = isCall ? "LLM" : kindOf(span.name);
  const request = isCall ? recordOf(attrs.json("input.value")) : readRecord(take, "llm_request");
  const response = isCall ? recordOf(attrs.json("output.value")) : readRecord(take, "llm_response");
  const settings = recordOf(request["config"]);
  const model = textOf(request["model"]);
  const prompt = readPrompt(request, settings);
  const fields: Partial<LlmFields> = {
    kind,
    requestModel: model,
    responseModel: textOf(firstOf(response, "modelVersion", "model_version")),
    invocationParameters: readSettings(settings),
    tools: Array.isArray(settings["tools"]) ? readTools(settings["tools"]) : [],
    inputMessages: prompt,
    outputMessages: readAnswer(response, take),
    // Of a stream that broke off, the last piece is what was told.
    ...(response["partial"] === true && { streaming: true }),
    usage: readUsage(recordOf(firstOf(response, "usageMetadata", "usage_metadata"))),
    finishReasons: reasonsOf(response),
    tool: readTool(span, take),
    graphNode: readNode(take),
  };
  const fallback: Partial<LlmFields> = {
    provider: model === undefined ? undefined : providerOf("gcp.vertex.agent", model),
    sessionId: take.text(`${PREFIX}session_id`),
    agentName:
      kind === "AGENT"
        ? /^agent_run \[(.+)\]$/.exec(span.name)?.[1]
        : textOf(recordOf(settings["labels"])["adk_agent_name"]),
  };
  // ADK leaves pictures out of a request; OpenInference's messages beside it have them.
  if (span.scope.name === OPENINFERENCE) {
    fields.inputMessages = [];
    fallback.inputMessages = prompt;
    if (!isCall && (kind === "AGENT" || kind === "CHAIN")) Object.assign(fallback, readRun(attrs));
  }
  const error = compact({
    type: textOf(firstOf(response, "errorCode", "error_code")),
    message: textOf(firstOf(response, "errorMessage", "error_message")),
  });
  if (error !== undefined) fields.error = error;
  const first: Partial<LlmFields> = { error: readToolError(attrs) };
  const payload = take.payload(`${PREFIX}data`);
  if (payload !== undefined) fields.input = payload;
  // Where several tools ran at once, one more span holds all their answers again; the first versions have one for each.
  const isOfNoKind = /^(execute_tool \(merged|tool_response \[)/.test(span.name);
  const withheld = isFailure(attrs) ? (["output"] as const) : [];
  return {
    first,
    fields,
    fallback,
    isOfNoKind,
    withheld: [...withheld],
    claimed: take.claimed,
    notes: take.notes,
  };
}

/**
 * OpenInference writes a model's call on the span that is open: from 2.10 on the agent's own, of which the last call is
 * left. Its messages still have calls of tools of the ones before; its whole request and answer do not.
 */
function isCallOfAgent(attrs: AttributeReader): boolean {
  return attrs.text("openinference.span.kind") === "LLM" && attrs.has("gen_ai.agent.name");
}

/** A run as OpenInference tells it: the request to the runner, which holds the message, and the last event, which holds the answer. */
function readRun(attrs: AttributeReader): Pick<LlmFields, "inputMessages" | "outputMessages"> {
  const asked = recordOf(attrs.json("input.value"))["new_message"];
  const answered = recordOf(attrs.json("output.value"))["content"];
  return {
    inputMessages: isRecord(asked) ? readMessages([{ role: "user", ...asked }], "user") : [],
    outputMessages: isRecord(answered) ? readMessages([{ role: "model", ...answered }], "assistant") : [],
  };
}

/** The last event of a run that failed says why, and is no answer. */
function isFailure(attrs: AttributeReader): boolean {
  const event = recordOf(attrs.json("output.value"));
  return event["error_code"] !== undefined && event["content"] === undefined;
}

/** A tool that threw, and whose error was answered in its place: the answer says why. */
function readToolError(attrs: AttributeReader): LlmFields["error"] {
  if (attrs.text("error.type") !== "TOOL_ERROR") return undefined;
  const result = recordOf(attrs.json("gen_ai.tool.call.result") ?? attrs.json(`${PREFIX}tool_response`));
  return compact({ type: "TOOL_ERROR", message: textOf(result["error"]) });
}

/** Older versions name their spans only; the newer add GenAI's operation. */
function kindOf(name: string): SpanKind | undefined {
  if (name === "call_llm" || name.startsWith("generate_content ")) return "LLM";
  if (/^(execute_tool|tool_call \[)/.test(name)) return "TOOL";
  if (/^(agent_run \[|invoke_agent)/.test(name)) return "AGENT";
  return /^(invocation|send_data|compact_events|invoke_node|invoke_workflow|execute_node)/.test(name)
    ? "CHAIN"
    : undefined;
}

/** A node of a workflow: its name from Go, its way through workflows inside one another (`report.classify`) from JavaScript. */
function readNode(take: AttributeTaker): LlmFields["graphNode"] {
  const path = take.text("adk.node.path");
  if (path === undefined) {
    const name = take.text("gen_ai.node.name");
    return name === undefined ? undefined : { id: name, name };
  }
  const end = path.lastIndexOf(".");
  return { id: path, name: path.slice(end + 1), ...(end > 0 && { parentId: path.slice(0, end) }) };
}

function recordOf(value: unknown): Item {
  return isRecord(value) ? value : {};
}

function readRecord(take: AttributeTaker, name: string): Item {
  const key = PREFIX + name;
  const value = take.attrs.json(key);
  if (!isRecord(value)) return {};
  take.claim(key);
  return value;
}

function readPrompt(request: Item, settings: Item): LlmFields["inputMessages"] {
  const contents = request["contents"];
  if (!Array.isArray(contents)) return [];
  const systemInstruction = firstOf(settings, "systemInstruction", "system_instruction");
  return readPromptPayload({ contents, systemInstruction });
}

function readAnswer(response: Item, take: AttributeTaker): LlmFields["outputMessages"] {
  const content = response["content"];
  if (isRecord(content)) return readMessages([{ role: "model", ...content }], "assistant");
  // A streamed answer comes in its pieces, and then whole.
  const messages = readMessages(take.list("gen_ai.output.messages").items, "assistant");
  const whole = messages.at(-1);
  const pieces = messages.slice(0, -1).map(saidIn).join("");
  return whole !== undefined && pieces !== "" && pieces === saidIn(whole) ? [whole] : messages;
}

function saidIn(message: Message): string {
  return message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function reasonsOf(response: Item): string[] {
  const reason = textOf(firstOf(response, "finishReason", "finish_reason"));
  return reason === undefined ? [] : [finishReasonOf(reason)];
}

/** What has a place of its own, or is not the model's. */
const NOT_SETTINGS = new Set([
  "tools",
  "systemInstruction",
  "system_instruction",
  "labels",
  "httpOptions",
  "http_options",
]);

function readSettings(settings: Item): Item | undefined {
  const entries = Object.entries(settings).filter(([key]) => !NOT_SETTINGS.has(key));
  return entries.length === 0 ? undefined : parametersOf(entries);
}

/** Gemini counts thoughts beside the candidates, and what its own tools read beside the prompt. */
function readUsage(metadata: Item): Usage {
  const count = (camel: string, snake: string) => tokenCountOf(firstOf(metadata, camel, snake));
  const prompt = count("promptTokenCount", "prompt_token_count");
  const candidates = count("candidatesTokenCount", "candidates_token_count");
  const thoughts = count("thoughtsTokenCount", "thoughts_token_count");
  const toolUse = count("toolUsePromptTokenCount", "tool_use_prompt_token_count");
  const sum = (a: number | undefined, b: number | undefined) =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
  return (
    compact({
      inputTokens: sum(prompt, toolUse),
      outputTokens: sum(candidates, thoughts),
      totalTokens: count("totalTokenCount", "total_token_count"),
      cacheReadTokens: count("cachedContentTokenCount", "cached_content_token_count"),
      reasoningTokens: thoughts,
    }) ?? {}
  );
}

function readTool(span: WireSpan, take: AttributeTaker): LlmFields["tool"] {
  const value = (name: string) => {
    const key = PREFIX + name;
    const sent = take.attrs.get(key);
    if (sent === undefined || NOTHING.has(textOf(sent) ?? "")) return undefined;
    take.claim(key);
    return jsonOf(sent);
  };
  // Java's name for it.
  const callId = take.text("gen_ai.tool_call.id");
  // Older versions have the tool's name in the span's only, and so has a tool that threw in JavaScript.
  const name = /^(?:execute_tool (?!\(merged)|tool_call \[)([^\]]+)/.exec(span.name)?.[1];
  return compact({ callId, arguments: value("tool_call_args"), result: value("tool_response"), name });
}
