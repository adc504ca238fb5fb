import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Cost } from "@nightowl/model/span/usage";
import {
  type AttributeReader,
  jsonOf,
  numberOf,
  stringsOf,
  textOf,
} from "@nightowl/model/span/attribute-reader";
import { readIdentity } from "../normalise/identity.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { takeCallsApart } from "../normalise/joined-calls.ts";
import { payloadOf, verdictOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { readCompletionPayload, readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { reportedCost } from "../normalise/usage.ts";
import { findUsageMetadata, readUsageObject } from "../normalise/read-usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * LangSmith's exporters: a run as a span. What it was given and answered stands whole in `gen_ai.prompt` and
 * `gen_ai.completion`, for every kind of run; `gen_ai.operation.name` calls a retriever `embeddings`.
 *
 * @see https://docs.langchain.com/langsmith/trace-with-opentelemetry
 */
export const langsmith: Dialect = { name: "langsmith", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "langsmith" || keys.hasFamily("langsmith");
}

const KINDS: Record<string, SpanKind> = {
  llm: "LLM",
  chain: "CHAIN",
  parser: "CHAIN",
  tool: "TOOL",
  retriever: "RETRIEVER",
  embedding: "EMBEDDING",
  prompt: "PROMPT",
};

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const runType = take.text("langsmith.span.kind")?.toLowerCase() ?? "";
  const all = take.members("langsmith.metadata.") ?? {};
  const name = take.text("langsmith.trace.name");
  const kind = agentsKind(name, runType, all) ?? (Object.hasOwn(KINDS, runType) ? KINDS[runType] : undefined);
  const { given, options } = openArguments(take.json("gen_ai.prompt"), kind);
  const answered = take.json("gen_ai.completion");
  // A run that failed answered nothing: `{output: null}`.
  const outputs = unwrap(answered, ["outputs", "output"]) ?? undefined;
  const answer = kind === "LLM" ? joinPieces(openAnswer(outputs)) : outputs;
  const identity = readIdentity(withoutEchoes(all));
  const fields: Partial<LlmFields> = {
    kind,
    // Its exporter gives every span of the AI SDK the name of the run.
    displayName: span.scope.name === "ai" ? undefined : name,
    provider: providerOf(textOf(all["ls_provider"])),
    input: given === undefined ? undefined : payloadOf(unwrap(given, ["input"])),
    output: answer === undefined ? undefined : payloadOf(answer),
    streaming:
      take.boolean("langsmith.request.streaming") ??
      (all["ai_sdk_method"] === "ai.doStream" ? true : undefined),
    ...readUsage(take, all, answered),
    sessionId: identity.sessionId,
    userId: identity.userId,
    tags: take.strings("langsmith.span.tags"),
    metadata: identity.metadata,
  };
  const fallback: Partial<LlmFields> = {
    requestModel: textOf(all["ls_model_name"]),
    // OpenAI's answer is taken apart into the metadata.
    responseId: all["object"] === "response" ? textOf(all["id"]) : undefined,
    agentName: textOf(all["lc_agent_name"]),
    tags: identity.tags,
  };
  if (kind === "LLM") Object.assign(fields, readCall(given, answer, all));
  const node = textOf(all["langgraph_node"]);
  if (node !== undefined) fields.graphNode = { name: node };
  if (kind === "TOOL") fallback.tool = compact({ name, callId: textOf(options["toolCallId"]) });
  if (kind === "EMBEDDING") fields.embeddings = readEmbeddings(readTexts(given), answer);
  if (kind === "AGENT") fallback.agentName = name;
  if (kind === "GUARDRAIL") fields.output = verdictOf(all["triggered"] === true);
  // Its exporter in JavaScript says that all is well with runs that threw below the first one.
  const hasFailed = span.events.some((event) => event.name === "exception");
  const withheld = hasFailed && isNone(outputs) ? (["output", "outputMessages"] as const) : [];
  return { fields, fallback, hasFailed, withheld: [...withheld], claimed: take.claimed, notes: take.notes };
}

/**
 * OpenAI's Agents SDK: an agent is a chain that tells what it gives (as do all below it: turns, which are nameless, and
 * handoffs), and a guardrail a tool that may have been triggered.
 */
function agentsKind(name: string | undefined, runType: string, metadata: Item): SpanKind | undefined {
  if (metadata["ls_integration"] !== "openai-agents-sdk") return undefined;
  if (runType === "tool") return metadata["triggered"] === undefined ? undefined : "GUARDRAIL";
  const isAgent = metadata["output_type"] !== undefined && name !== "Span" && name !== "Handoff";
  return runType === "chain" && isAgent ? "AGENT" : undefined;
}

/** One member that says no more than "this is it". */
function unwrap(value: unknown, names: readonly string[]): unknown {
  if (!isRecord(value)) return value;
  const [member, ...others] = Object.entries(value);
  return member !== undefined && others.length === 0 && names.includes(member[0]) ? member[1] : value;
}

/** What was called with more than a request: the AI SDK's tools (`{args: [input, {toolCallId, …}]}`), a client's call. */
function openArguments(given: unknown, kind: SpanKind | undefined): { given: unknown; options: Item } {
  const args = isRecord(given) && Object.keys(given).length === 1 ? given["args"] : undefined;
  if (!Array.isArray(args) || args.length !== 2 || !args.every(isRecord)) return { given, options: {} };
  const [request = {}, options = {}] = args;
  const isToolCall = kind === "TOOL" && options["toolCallId"] !== undefined;
  const isModelCall = kind === "LLM" && firstOf(request, "messages", "input", "prompt") !== undefined;
  return isToolCall || isModelCall ? { given: request, options } : { given, options: {} };
}

/** Of a streamed answer of Gemini's its wrapper keeps the text, and nobody who says it. */
function openAnswer(answer: unknown): unknown {
  if (!isRecord(answer) || answer["usage_metadata"] === undefined) return answer;
  const { usage_metadata: _usage, ...message } = answer;
  const isBare = Object.keys(message).length === 1 && typeof message["content"] === "string";
  return isBare ? { role: "assistant", ...answer } : answer;
}

/** What its wrapper of Gemini writes of a call that failed: no text, as Python prints it. */
function isNone(answer: unknown): boolean {
  return isRecord(answer) && answer["content"] === "None" && answer["finish_reason"] === null;
}

/** An answer that came in pieces is traced as a list of them. */
function joinPieces(answer: unknown): unknown {
  const isInPieces = Array.isArray(answer) && answer.every((piece) => typeof piece === "string");
  return isInPieces && answer.length > 0 ? answer.join("") : answer;
}

function readCall(given: unknown, answer: unknown, metadata: Item): Partial<LlmFields> {
  const request = isRecord(given) ? given : {};
  const more = [metadata["ls_invocation_params"], metadata["invocation_params"]].map(jsonOf);
  const config = isRecord(request["config"]) ? request["config"] : {};
  const settings: Item = Object.assign({}, ...more.filter(isRecord), ownSettings(metadata), config, request);
  const completion = readCompletionPayload(answer);
  const tools = Array.isArray(settings["tools"]) ? readTools(settings["tools"]) : [];
  const streaming = request["stream"];
  return {
    inputMessages: readPromptPayload(unwrap(given, ["input"])),
    // JavaScript's wrapper of OpenAI's client runs the calls of a streamed answer together.
    outputMessages: takeCallsApart(
      completion.messages,
      tools.map(({ name }) => name),
    ),
    finishReasons: completion.finishReasons,
    responseId: completion.responseId,
    responseModel: completion.responseModel,
    invocationParameters: readInvocationParameters(withoutNames(settings)),
    tools,
    ...(typeof streaming === "boolean" && { streaming }),
  };
}

function ownSettings(metadata: Item): Item {
  const settings = compact({
    temperature: numberOf(metadata["ls_temperature"]),
    max_tokens: numberOf(metadata["ls_max_tokens"]),
    stop: metadata["ls_stop"] === undefined ? undefined : stringsOf(metadata["ls_stop"]),
  });
  return settings ?? {};
}

/** Settings of LangChain's, or of the AI SDK's, that are no setting of the call. */
function withoutNames(settings: Item): Item {
  const { model_name: _model, _type, stream_options: _options, ...others } = settings;
  const { headers: _headers, includeRawChunks: _chunks, ...rest } = others;
  return rest;
}

function readUsage(
  take: AttributeTaker,
  metadata: Item,
  answered: unknown,
): Pick<LlmFields, "usage" | "cost"> {
  const said =
    take.record("langsmith.usage_metadata") ??
    take.members("langsmith.usage_metadata.") ??
    (isRecord(metadata["usage_metadata"]) ? metadata["usage_metadata"] : undefined) ??
    findUsageMetadata(answered) ??
    {};
  const input_token_details = take.json("gen_ai.usage.input_token_details");
  const output_token_details = take.json("gen_ai.usage.output_token_details");
  const usage = readUsageObject({ ...compact({ input_token_details, output_token_details }), ...said });
  return { usage, cost: costOf(said) };
}

function costOf(usage: Item): Cost | undefined {
  return reportedCost(
    numberOf(usage["total_cost"]),
    numberOf(usage["input_cost"]),
    numberOf(usage["output_cost"]),
  );
}

/** The texts that were embedded. */
function readTexts(given: unknown): string[] {
  const opened = isRecord(given) ? firstOf(given, "input", "texts", "text", "query", "documents") : given;
  const list = Array.isArray(opened) ? opened : [opened];
  return list.map(textOf).filter((text) => text !== undefined);
}

/** Without the exporter's environment, what has a place of its own, and the usage again. */
function withoutEchoes(metadata: Item): Item | undefined {
  const kept = Object.entries(metadata).filter(
    ([key]) =>
      !/^(LANGSMITH_|LANGCHAIN_|ls_|usage_metadata$|invocation_params$|_type$|model_name$|langgraph_node$|lc_agent_name$)/.test(
        key,
      ),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
