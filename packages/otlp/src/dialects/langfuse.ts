import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import {
  type AttributeReader,
  booleanOf,
  jsonOf,
  numberOf,
  textOf,
} from "@nightowl/model/span/attribute-reader";
import { callArguments } from "../normalise/call-arguments.ts";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { msSinceStart } from "../normalise/first-token.ts";
import { readIdentity } from "../normalise/identity.ts";
import { readInvocationParameters } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readEmbeddings } from "../normalise/read-embeddings.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { isOfDocuments, readInstructions, readLangfuseCall, withoutResponse } from "./langfuse/call.ts";
import { readLangfuseCost, readLangfuseUsage } from "./langfuse/usage.ts";

/**
 * Langfuse's SDKs (JavaScript from version 4, Python from version 3): `langfuse.observation.*` for the span and
 * `langfuse.trace.*` for the trace that it belongs to. Values that are no text are JSON text.
 *
 * @see https://langfuse.com/integrations/native/opentelemetry
 */
export const langfuse: Dialect = { name: "langfuse", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "langfuse-sdk" || keys.hasFamily("langfuse");
}

/** `span` and `event` are none of these. */
const KINDS: Record<string, SpanKind> = {
  generation: "LLM",
  embedding: "EMBEDDING",
  agent: "AGENT",
  tool: "TOOL",
  chain: "CHAIN",
  retriever: "RETRIEVER",
  guardrail: "GUARDRAIL",
  evaluator: "EVALUATOR",
};

const OBSERVATION = "langfuse.observation.";

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text(`${OBSERVATION}type`)?.toLowerCase() ?? "";
  const input = readInput(take);
  const output = take.payload(`${OBSERVATION}output`);
  const metadata = readMetadata(take);
  const identity = readIdentity(withoutResponse(metadata));
  const model = take.text(`${OBSERVATION}model.name`);
  const kind = readKind(type, model, metadata, input?.value, output?.value);
  const usage = readLangfuseUsage(take.record(`${OBSERVATION}usage_details`));
  const error = readError(take);
  const hasFailed = error !== undefined || span.statusCode === "ERROR";
  const hasAnswered = !hasFailed || output !== undefined || Object.keys(usage).length > 0;
  const settings = withoutUnset(take.record(`${OBSERVATION}model.parameters`));
  const fields: Partial<LlmFields> = {
    kind,
    input,
    output,
    // What answered where that is known, else what was asked: the SDK has one name for both.
    responseModel: hasAnswered ? model : undefined,
    requestModel: hasAnswered ? undefined : model,
    provider: providerOf(textOf(metadata["ls_provider"])),
    invocationParameters: readInvocationParameters(settings),
    streaming: booleanOf(settings?.["stream"]),
    timeToFirstTokenMs: msSinceStart(span, take.text(`${OBSERVATION}completion_start_time`)),
    usage,
    cost: readLangfuseCost(take.record(`${OBSERVATION}cost_details`)),
    promptTemplate: compact({
      name: take.text(`${OBSERVATION}prompt.name`, "langfuse.prompt.name"),
      version: take.text(`${OBSERVATION}prompt.version`, "langfuse.prompt.version"),
    }),
    sessionId: take.text("langfuse.session.id"),
    userId: take.text("langfuse.user.id"),
    tags: take.strings("langfuse.trace.tags", "langfuse.tags"),
    error,
    // Tags in metadata are LangChain's own (`seq:step:1`).
    metadata: compact({ ...identity.metadata, tags: metadata["tags"] }),
  };
  const reason = textOf(metadata["finish_reason"]);
  const fallback: Partial<LlmFields> = {
    finishReasons: reason === undefined ? [] : [finishReasonOf(reason)],
    requestModel: textOf(metadata["ls_model_name"]),
    agentName: textOf(metadata["lc_agent_name"]),
    input: take.payload("langfuse.trace.input"),
    output: take.payload("langfuse.trace.output"),
    sessionId: identity.sessionId ?? textOf(metadata["langfuse_session_id"]),
    userId: identity.userId ?? textOf(metadata["langfuse_user_id"]),
  };
  // The trace's name, on the span that stands for it.
  const isRoot =
    span.parentSpanId === "" || take.boolean("langfuse.internal.is_app_root", "langfuse.internal.as_root");
  if (isRoot === true) fields.displayName = take.text("langfuse.trace.name");
  if (kind === "TOOL") fallback.tool = { name: span.name };
  if (kind === "AGENT") fallback.agentName = span.name;
  if (kind === "EMBEDDING") fields.embeddings = readVectors(jsonOf(input?.value), jsonOf(output?.value));
  const node = textOf(metadata["langgraph_node"]);
  if (node !== undefined) fields.graphNode = { name: node };
  const isCall =
    kind === "LLM" ||
    (kind === undefined && (model !== undefined || attrs.has(`${OBSERVATION}usage_details`)));
  if (isCall) Object.assign(fields, readLangfuseCall(input?.value, output?.value, metadata));
  const instructions = isCall ? readInstructions(metadata) : [];
  // Of a streamed answer of Responses the wrapper of OpenAI's client keeps all but what was said as metadata.
  if (isCall && metadata["object"] === "response") fallback.responseId = textOf(metadata["id"]);
  const environment =
    take.text("langfuse.environment") ?? textOf(span.resource.attributes["langfuse.environment"]);
  const reading: DialectReading = {
    fields,
    fallback,
    instructions,
    claimed: take.claimed,
    notes: take.notes,
  };
  return environment === undefined ? reading : { ...reading, environment };
}

/** The wrapper of OpenAI's client calls all that it sends a generation, embeddings too; LangChain's handler much a span. */
function readKind(
  type: string,
  model: string | undefined,
  metadata: Record<string, unknown>,
  input: string | undefined,
  output: string | undefined,
): SpanKind | undefined {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const isOfGraph = metadata["langgraph_node"] !== undefined || metadata["ls_integration"] === "langgraph";
  if (type === "span" && isOfGraph) return "CHAIN";
  if (type === "span" && isOfDocuments(output)) return "RETRIEVER";
  const isEmbedder = kind === "LLM" && model !== undefined && /\bembed/i.test(model);
  const given = jsonOf(input);
  const texts = Array.isArray(given) ? given : [given];
  const isOfTexts = texts.length > 0 && texts.every((item) => typeof item === "string");
  return isEmbedder && output === undefined && isOfTexts ? "EMBEDDING" : kind;
}

/** A decorated function's arguments come wrapped. */
function readInput(take: AttributeTaker): LlmFields["input"] {
  const payload = take.payload(`${OBSERVATION}input`);
  if (payload?.mimeType !== "application/json") return payload;
  const value = jsonOf(payload.value);
  const given = callArguments(value);
  return given === value ? payload : payloadOf(given);
}

/** OpenAI's wrappers write `"Infinity"` or nothing where nothing was asked for. */
function withoutUnset(settings: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (settings === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== "Infinity" && value !== ""),
  );
}

/** What was embedded, and the vectors or (from the wrapper of OpenAI's client) their size. */
function readVectors(given: unknown, answered: unknown): LlmFields["embeddings"] {
  const texts = (Array.isArray(given) ? given : [given]).filter((item) => typeof item === "string");
  const dimensions = isRecord(answered) ? numberOf(answered["dimensions"]) : undefined;
  if (dimensions === undefined) return readEmbeddings(texts, answered);
  return texts.map((text) => ({ text, dimensions }));
}

/** The span's own metadata over that of its trace; older SDKs knew one only. */
function readMetadata(take: AttributeTaker): Record<string, unknown> {
  const under = (prefix: string) => ({
    ...(take.attrs.has(prefix) ? metadataOf(prefix, take.json(prefix)) : {}),
    ...take.members(`${prefix}.`),
  });
  return {
    ...under("langfuse.metadata"),
    ...under("langfuse.trace.metadata"),
    ...under(`${OBSERVATION}metadata`),
    // What an experiment holds an answer against.
    ...compact({ expected_output: take.json("langfuse.experiment.item.expected_output") }),
  };
}

/** Metadata that is no object is one value without a name. */
function metadataOf(key: string, value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  return value === undefined ? {} : { [key.slice(key.lastIndexOf(".") + 1)]: value };
}

/** `level` says that it went wrong, also where the span's status does not. */
function readError(take: AttributeTaker): LlmFields["error"] {
  if (take.text(`${OBSERVATION}level`)?.toUpperCase() !== "ERROR") return undefined;
  return { message: take.text(`${OBSERVATION}status_message`) ?? "It failed; no message was sent." };
}
