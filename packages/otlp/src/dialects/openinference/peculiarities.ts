import type { LlmFields, Payload, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { Usage } from "@nightowl/model/span/usage";
import { jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { takeCallsApart } from "../../normalise/joined-calls.ts";
import { payloadOf } from "../../normalise/payload.ts";
import { pythonLiteral } from "../../normalise/python-literal.ts";
import { readMessages } from "../../normalise/read-messages.ts";
import { openResult } from "../../normalise/read-parts.ts";
import { finishReasonOf } from "../../normalise/finish-reason.ts";
import { readTools } from "../../normalise/read-tools.ts";
import { readUsageObject } from "../../normalise/read-usage.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import { tokenCountOf, type UsageBucket } from "../../normalise/usage.ts";
import type { AttributeTaker } from "../dialect.ts";
import { readEnvoy } from "./envoy.ts";
import { readPrinted } from "./java-text.ts";
import { printedMessages } from "./python-reprs.ts";

/** A span of one instrumentation, and what was read of it so far: may be changed. */
interface Reading {
  span: WireSpan;
  kind: SpanKind | undefined;
  take: AttributeTaker;
  fields: Partial<LlmFields>;
  fallback: Partial<LlmFields>;
}

/** What some instrumentations say in ways of their own, by their scope. True where a span is of no kind after all. */
const READERS: Record<string, (reading: Reading) => boolean | void> = {
  "openinference.instrumentation.dspy": readDspy,
  "openinference.instrumentation.smolagents": readSmolagents,
  "openinference.instrumentation.agno": readAgno,
  "openinference.instrumentation.beeai": readBeeai,
  "@arizeai/openinference-instrumentation-beeai": readBeeai,
  "openinference.instrumentation.haystack": readHaystack,
  "openinference.instrumentation.cohere": readEmbeddingUsage,
  "openinference.instrumentation.bedrock": readBedrockEmbedding,
  "strands.telemetry.tracer": readStrands,
  "openinference.instrumentation.ag2": readAg2,
  "envoyproxy/ai-gateway": ({ take, fields }) => readEnvoy(take, fields),
  "openinference.instrumentation.openai": readOpenAi,
  "@arizeai/openinference-instrumentation-openai": readOpenAi,
  "@arizeai/openinference-tanstack-ai": readTanstackAi,
  "@arizeai/openinference-instrumentation-langchain": readLangChainJs,
  "@arizeai/openinference-instrumentation-bedrock": readBedrockJs,
  "@arizeai/openinference-instrumentation-bedrock-agent": readBedrockAgentJs,
};

/** Adds what the span's instrumentation says in its own way to `fields` and `fallback`; true for a span that is of no kind. */
export function readPeculiarities(
  span: WireSpan,
  kind: SpanKind | undefined,
  take: AttributeTaker,
  fields: Partial<LlmFields>,
  fallback: Partial<LlmFields>,
): boolean {
  const { name } = span.scope;
  const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  return reader?.({ span, kind, take, fields, fallback }) === true;
}

/** A tool's name is in that of its span only. */
function readDspy({ span, kind, fields }: Reading): void {
  if (kind === "TOOL") fields.tool = { name: span.name.replace(/\.(__call__|acall)$/, ""), ...fields.tool };
}

/** So is an agent's. The tools that it may use are names. */
function readSmolagents({ span, kind, take, fallback }: Reading): void {
  if (kind !== "AGENT") return;
  fallback.agentName ??= span.name.replace(/\.run$/, "");
  fallback.tools = readTools(take.strings("smolagents.tools_names"));
}

/** What a function of AG2's gave: whether it went well, and the message that answers the call. */
function readAg2({ kind, fields }: Reading): void {
  const given = kind === "TOOL" ? jsonOf(fields.output?.value) : undefined;
  const [hasWorked, message] = Array.isArray(given) ? given : [];
  if (typeof hasWorked !== "boolean" || !isRecord(message)) return;
  const said = textOf(message["content"]);
  fields.tool = { ...fields.tool, result: openResult(said) };
  fields.output = said === undefined ? undefined : payloadOf(said);
}

function readAgno({ kind, take, fallback }: Reading): void {
  if (kind === "AGENT") fallback.tools = readTools(take.strings("agno.tools"));
}

/**
 * Cached tokens lie in the metadata, a tool's arguments beside its options, and what happened to a span is sent as a span of
 * its kind, too.
 */
function readBeeai({ span, kind, take, fields, fallback }: Reading): boolean {
  const { metadata } = fields;
  const path = textOf(metadata?.["path"]);
  if (path?.endsWith(`.${span.name}`) === true) return true;
  fallback.usage =
    compact<Usage>({
      cacheReadTokens: tokenCountOf(metadata?.["usage.cached_prompt_tokens"]),
      cacheWriteTokens: tokenCountOf(metadata?.["usage.cached_creation_tokens"]),
    }) ?? {};
  const input = kind === "TOOL" && fields.input !== undefined ? jsonOf(fields.input.value) : undefined;
  if (isRecord(input) && "options" in input && isRecord(input["input"]))
    fields.tool = { ...fields.tool, arguments: input["input"] };
  // The error stands where the answer would.
  if (kind === "LLM" && span.statusCode === "ERROR" && fields.outputMessages?.length === 0) {
    delete fields.output;
    const at = take.claimed.indexOf("output.value");
    if (at !== -1) take.claimed.splice(at, 1);
  }
  return false;
}

/** Of a model's id it may keep the vendor alone, and of its usage it leaves out the cache, which Bedrock counts beside the input. */
function readBedrockJs({ kind, take, fields, fallback }: Reading): void {
  if (kind !== "LLM") return;
  const request = fields.input === undefined ? undefined : jsonOf(fields.input.value);
  const modelId = isRecord(request) ? textOf(request["modelId"]) : undefined;
  if (modelId !== undefined) fields.requestModel = modelId;
  if (fields.responseModel === take.attrs.text("llm.system")) delete fields.responseModel;
  const answer = fields.output === undefined ? undefined : jsonOf(fields.output.value);
  const usage = isRecord(answer) ? readUsageObject(answer["usage"]) : {};
  fallback.usage =
    compact<Usage>({
      cacheReadTokens: usage.cacheReadTokens,
      cacheWriteTokens: usage.cacheWriteTokens,
    }) ?? {};
}

/** A pipeline, and what makes its prompts, has messages among other things. */
function readHaystack(reading: Reading): void {
  readEmbeddingUsage(reading);
  const { kind, fields } = reading;
  if (kind !== "CHAIN") return;
  const said = (payload: Payload | undefined, role: string) =>
    readMessages(printedMessages(jsonOf(payload?.value)), role);
  fields.inputMessages = said(fields.input, "user");
  fields.outputMessages = said(fields.output, "assistant");
}

/** A tool's answer is printed as Python does, as the list of its parts. */
function readStrands({ kind, fields }: Reading): void {
  const printed = kind === "TOOL" ? (fields.output?.value ?? "") : "";
  const answer = /^\[\{'(json|text)': /.test(printed) ? pythonLiteral(printed) : undefined;
  if (answer !== undefined) fields.tool = { ...fields.tool, result: openResult(answer) };
}

/** Ids of calls, and why an answer ended, have names of the framework's. */
function readTanstackAi({ kind, take, fields }: Reading): void {
  const callId = take.text("tanstack.ai.tool.call.id");
  if (callId !== undefined) fields.tool = { ...fields.tool, callId };
  const reason = take.text("tanstack.ai.finish_reason");
  if (reason !== undefined && kind === "LLM") fields.finishReasons = [finishReasonOf(reason)];
}

/** Of what an answer used it leaves out what was written to the cache. */
function readLangChainJs({ kind, fields, fallback }: Reading): void {
  if (kind === "LLM") fallback.usage = countsIn(fields.output, LANGCHAIN_COUNTS);
}

/** A stream's calls may come as one; older versions leave out the details of what an answer used. */
function readOpenAi({ kind, fields, fallback }: Reading): void {
  const toolNames = fields.tools?.map((tool) => tool.name) ?? [];
  if (fields.outputMessages !== undefined)
    fields.outputMessages = takeCallsApart(fields.outputMessages, toolNames);
  if (kind !== "LLM" || fields.usage?.inputTokens === undefined) return;
  fallback.usage = countsIn(fields.output, OPENAI_COUNTS);
}

type Counts = Partial<Record<UsageBucket, RegExp>>;
const LANGCHAIN_COUNTS: Counts = { cacheWriteTokens: /"cache_creation"\s*:\s*([1-9]\d*)/ };
const OPENAI_COUNTS: Counts = {
  cacheReadTokens: /"cached_tokens"\s*:\s*([1-9]\d*)/,
  reasoningTokens: /"reasoning_tokens"\s*:\s*([1-9]\d*)/,
};

/** Counts above zero in a whole answer, which is not opened for it. */
function countsIn(answer: Payload | undefined, counts: Counts): Usage {
  const usage: Usage = {};
  for (const [bucket, pattern] of Object.entries(counts) as [UsageBucket, RegExp][]) {
    const count = tokenCountOf(pattern.exec(answer?.value ?? "")?.[1]);
    if (count !== undefined) usage[bucket] = count;
  }
  return usage;
}

/** What an embedding used is in the answer only: Haystack's `meta.usage`, Cohere's `meta.billed_units`. */
function readEmbeddingUsage({ kind, fields, fallback }: Reading): void {
  if (kind !== "EMBEDDING" || fields.output === undefined) return;
  const answer = jsonOf(fields.output.value);
  const meta = isRecord(answer) ? answer["meta"] : undefined;
  if (isRecord(meta)) fallback.usage = readUsageObject(meta["usage"] ?? meta["billed_units"]);
}

/** An embedder that is invoked by its id is called a model that speaks. */
function readBedrockEmbedding({ kind, fields }: Reading): void {
  if (kind === "LLM" && fields.responseModel?.includes("embed") === true) fields.kind = "EMBEDDING";
}

/** The agent's session is among the settings; what it was asked is printed as Java does. */
function readBedrockAgentJs({ kind, fields, fallback }: Reading): void {
  fallback.sessionId ??= textOf(fields.invocationParameters?.["sessionId"]);
  const asked = kind === "CHAIN" ? fields.input?.value : undefined;
  const printed = asked?.startsWith("[{text=") === true ? readPrinted(asked) : undefined;
  if (!Array.isArray(printed)) return;
  fields.inputMessages = readMessages([{ role: "user", content: printed }], "user");
  fields.input = payloadOf(printed);
}
