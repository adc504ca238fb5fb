import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { roundMs } from "../normalise/first-token.ts";
import { readIdentity } from "../normalise/identity.ts";
import { parametersOf } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readVercelAnswer, readVercelPrompt } from "./vercel-ai/messages.ts";
import { readVercelRetrieval } from "./vercel-ai/retrieval.ts";
import { readVercelCost, readVercelUsage } from "./vercel-ai/usage.ts";

/**
 * The Vercel AI SDK: `ai.*` of versions 3 to 6 (and of `LegacyOpenTelemetry` in 7), and what version 7
 * adds to its GenAI attributes (`ai.settings.context.*`, `ai.usage.*`, `ai.documents` …).
 *
 * Eve, built upon it, adds the turn around its calls, and the session in its own names.
 *
 * An outer span (`ai.generateText`) repeats the usage of the calls below it (`ai.generateText.doGenerate`).
 *
 * @see https://ai-sdk.dev/docs/ai-sdk-core/telemetry
 */
export const vercelAi: Dialect = { name: "vercel-ai", speaks, speaksOtherwise, read };

/** Under `ai.`; another framework has `ai.model.name` and `ai.response.finish_reason` there. */
const SIGNS =
  /^ai\.(operationId|telemetry\.|settings\.|prompt(\.|$)|usage\.|response\.(?!finish_reason)|values?$|embeddings?$|documents$|ranking|toolCall\.|schema|stream\.|model\.id|result\.|finishReason|request\.|decision\.)/;

function speaks(scope: string, keys: AttributeKeys): boolean {
  // Version 7 is pure GenAI unless told otherwise; its scope is all that tells it.
  if (!keys.hasFamily("ai")) return /^(ai|gen_ai)$/.test(scope);
  const own = keys.withPrefix("ai.");
  // Laminar's integration has operations in names of its own.
  return own.some((key) => SIGNS.test(key)) && !own.includes("ai.operation");
}

function speaksOtherwise(span: WireSpan, attrs: AttributeReader): boolean {
  // TanStack's spans, as OpenInference has them, are named so, too.
  return span.name.startsWith("ai.") && !attrs.hasFamily("ai") && !span.scope.name.endsWith("tanstack-ai");
}

const KINDS: Record<string, SpanKind> = {
  "ai.generateText": "AGENT",
  "ai.streamText": "AGENT",
  "ai.workflowAgent.stream": "AGENT",
  "ai.eve.turn": "AGENT",
  // One call each, and never a tool.
  "ai.generateObject": "CHAIN",
  "ai.streamObject": "CHAIN",
  "ai.embed": "CHAIN",
  "ai.embedMany": "CHAIN",
  "ai.rerank": "CHAIN",
  "ai.toolCall": "TOOL",
  "ai.generateImage": "LLM",
  "ai.generateSpeech": "LLM",
  "ai.transcribe": "LLM",
  "ai.streamTranscribe": "LLM",
};

function kindOf(operation: string, take: AttributeTaker): SpanKind | undefined {
  if (/\.do(Generate|Stream)$/.test(operation)) return "LLM";
  if (operation.endsWith(".doEmbed")) return "EMBEDDING";
  if (operation.endsWith(".doRerank")) return "RERANKER";
  // A loop of one step is none.
  if (take.attrs.number("ai.settings.maxSteps") === 1) return "CHAIN";
  return Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = readOperation(span, take);
  const kind = kindOf(operation, take);
  const isOuter = kind !== undefined && kind !== "TOOL" && !/\.do[A-Z]/.test(operation);
  const functionId = take.text("ai.telemetry.functionId");
  const metadata = { ...take.members("ai.settings.context."), ...take.members("ai.telemetry.metadata.") };
  const prompt = readPromptName(metadata["langfusePrompt"]);
  if (prompt !== undefined) delete metadata["langfusePrompt"];
  // What instruments the SDK may know a better name than the telemetry's (Traceloop).
  const agentName = kind === "AGENT" ? attrs.text("gen_ai.agent.name") : undefined;
  const provider = take.text("ai.model.provider");
  const model = take.text("ai.model.id");
  const retrieval = readVercelRetrieval(take);
  const usage = readVercelUsage(provider, take);
  const fields: Partial<LlmFields> = {
    kind,
    displayName: isOuter ? (agentName ?? functionId) : undefined,
    provider: providerOf(provider, model),
    requestModel: model,
    responseModel: take.text("ai.response.model"),
    responseId: take.text("ai.response.id"),
    invocationParameters: readParameters(take),
    streaming: /^ai\.stream|\.doStream$/.test(operation) ? true : undefined,
    timeToFirstTokenMs: readTimeToFirstToken(span, take),
    inputMessages: readVercelPrompt(take),
    outputMessages: readVercelAnswer(take),
    tools: readTools(take.list("ai.prompt.tools").items),
    usage: usage.usage,
    cost: readVercelCost(take),
    finishReasons: take.strings("ai.response.finishReason", "ai.finishReason").map(finishReasonOf),
    embeddings: retrieval.embeddings,
    documents: retrieval.documents,
    inputDocuments: retrieval.inputDocuments,
    promptTemplate: prompt,
    tool: readTool(take),
    agentName: kind === "AGENT" ? (agentName ?? functionId) : undefined,
    ...readIdentity(compact(metadata)),
  };
  fields.sessionId ??= take.text("eve.session.id") ?? textOf(metadata["eve.session.id"]);
  if (isOuter) readPayloads(take, fields);
  if (kind === "TOOL") fields.displayName = fields.tool?.name;
  nameAgent(span, fields);
  // An outer span's metadata is the last step's, its usage that of all steps.
  const fallback = isOuter || kind === undefined ? {} : { usage: usage.fallback };
  const environment = take.text("eve.environment") ?? textOf(metadata["eve.environment"]);
  return { fields, fallback, ...compact({ environment }), claimed: take.claimed, notes: take.notes };
}

/** `operation.name` is the operation and, after a space, the application's name for it. */
function readOperation(span: WireSpan, take: AttributeTaker): string {
  const said = take.text("ai.operationId") ?? take.attrs.text("operation.name") ?? "";
  const operation = said.split(" ")[0] ?? "";
  return operation.startsWith("ai.") ? operation : span.name.startsWith("ai.") ? span.name : "";
}

/** Version 7 names an agent's span after the model; its own name is better. */
function nameAgent(span: WireSpan, fields: Partial<LlmFields>): void {
  if (span.scope.name !== "gen_ai" || !span.name.startsWith("invoke_agent ")) return;
  const name = textOf(span.attributes["gen_ai.agent.name"]);
  if (name !== undefined) fields.displayName = name;
}

function readTool(take: AttributeTaker): LlmFields["tool"] {
  return compact({
    name: take.text("ai.toolCall.name"),
    callId: take.text("ai.toolCall.id"),
    arguments: take.json("ai.toolCall.args"),
    result: take.json("ai.toolCall.result"),
  });
}

/** What went into the whole operation and what came out, as they were sent. */
function readPayloads(take: AttributeTaker, fields: Partial<LlmFields>): void {
  fields.input = take.payload("ai.prompt");
  const texts = fields.embeddings?.map((each) => each.text) ?? [];
  if (texts.length > 0) fields.input ??= payloadOf(texts.length === 1 ? texts[0] : texts);
  fields.output = take.payload(
    "ai.response.object",
    "ai.result.object",
    "ai.response.text",
    "ai.result.text",
    "ai.response.toolCalls",
    "ai.result.toolCalls",
  );
}

/** Settings of the loop or of the transport, not of the call. */
const NOT_PARAMETERS = new Set(["maxRetries", "output", "mode", "maxSteps"]);

function readParameters(take: AttributeTaker): Record<string, unknown> | undefined {
  const prefix = "ai.settings.";
  const settings: [string, unknown][] = [];
  for (const [name, value] of take.attrs.withPrefix(prefix)) {
    if (NOT_PARAMETERS.has(name) || name.startsWith("context.")) continue;
    take.claim(prefix + name);
    settings.push([name, jsonOf(value)]);
  }
  const choice = take.json("ai.prompt.toolChoice");
  if (choice !== undefined) settings.push(["tool_choice", choice]);
  const format = compact({
    name: take.text("ai.schema.name"),
    description: take.text("ai.schema.description"),
    schema: take.json("ai.schema"),
  });
  if (format !== undefined) settings.push(["response_format", format]);
  return parametersOf(settings);
}

/** Milliseconds on the wire. */
function readTimeToFirstToken(span: WireSpan, take: AttributeTaker): number | undefined {
  const waited = take.number("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk");
  if (waited !== undefined) return roundMs(waited);
  const event = span.events.find((each) => each.name === "ai.stream.firstChunk");
  if (event === undefined || event.timeNs === "0" || span.startTimeNs === "0") return undefined;
  return Number(BigInt(event.timeNs) - BigInt(span.startTimeNs)) / 1e6;
}

/** A prompt of Langfuse that the application linked in its metadata. */
function readPromptName(value: unknown): LlmFields["promptTemplate"] {
  const prompt = jsonOf(value);
  if (!isRecord(prompt)) return undefined;
  return compact({ name: textOf(prompt["name"]), version: textOf(firstOf(prompt, "version")) });
}
