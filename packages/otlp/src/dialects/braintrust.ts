import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, numberOf, stringsOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readIdentity } from "../normalise/identity.ts";
import { parametersOf } from "../normalise/invocation-parameters.ts";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readCompletionPayload, readPromptPayload } from "../normalise/read-payloads.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { reportedCost, tokenCountOf } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Braintrust's SDKs that are built on OpenTelemetry (Go, Java, Ruby, .NET), and what applications write for it:
 * `braintrust.*`, as JSON text. A call's settings lie in its metadata.
 *
 * @see https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry
 */
export const braintrust: Dialect = {
  name: "braintrust",
  speaks: (_scope, keys) => keys.hasFamily("braintrust"),
  read,
};

const KINDS: Record<string, SpanKind> = {
  llm: "LLM",
  function: "CHAIN",
  tool: "TOOL",
  task: "CHAIN",
  eval: "CHAIN",
  score: "EVALUATOR",
  automation: "CHAIN",
  facet: "CHAIN",
  preprocessor: "CHAIN",
};

/** Members of the metadata that are no setting of the call. */
const NAMES = new Set([
  "model",
  "provider",
  "tools",
  "request_path",
  "request_base_uri",
  "request_method",
  "endpoint",
]);

type Item = Record<string, unknown>;

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const about = take.record("braintrust.span_attributes") ?? {};
  const type = textOf(about["type"])?.toLowerCase() ?? "";
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const input = take.json("braintrust.input_json", "braintrust.input");
  const output = take.json("braintrust.output_json", "braintrust.output");
  const metadata: Item = {
    ...(attrs.has("braintrust.metadata") ? take.record("braintrust.metadata") : {}),
    ...take.members("braintrust.metadata."),
  };
  const identity = readIdentity(metadata);
  const provider = textOf(metadata["provider"]);
  const fields: Partial<LlmFields> = {
    kind,
    displayName: textOf(about["name"]),
    provider: providerOf(provider, textOf(metadata["model"])),
    input: input === undefined ? undefined : payloadOf(input),
    output: output === undefined ? undefined : payloadOf(output),
    ...readMetrics(take),
    sessionId: identity.sessionId,
    userId: identity.userId,
    tags: [...new Set([...take.strings("braintrust.tags"), ...stringsOf(identity.tags)])],
  };
  const fallback: Partial<LlmFields> = {};
  if (kind === "LLM") {
    fields.requestModel = textOf(metadata["model"]);
    fields.tools = readTools(Array.isArray(metadata["tools"]) ? metadata["tools"] : []);
    const settings = Object.entries(metadata).filter(([name]) => !NAMES.has(name));
    if (settings.length > 0) fields.invocationParameters = parametersOf(settings);
    Object.assign(fallback, readConversation(input, output));
  } else if (identity.metadata !== undefined) fields.metadata = identity.metadata;
  if (kind === "TOOL") fallback.tool = { name: textOf(about["name"]) ?? span.name };
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** Messages, and OpenAI's choices as a bare list. */
function readConversation(input: unknown, output: unknown): Partial<LlmFields> {
  const isChoices =
    Array.isArray(output) && output.some((each) => isRecord(each) && isRecord(each["message"]));
  const completion = readCompletionPayload((isChoices ? { choices: output } : output) ?? {});
  return {
    inputMessages: readPromptPayload(input ?? {}),
    outputMessages: completion.messages,
    finishReasons: completion.finishReasons,
    responseId: completion.responseId,
    responseModel: completion.responseModel,
  };
}

function readMetrics(
  take: AttributeTaker,
): Pick<Partial<LlmFields>, "usage" | "cost" | "timeToFirstTokenMs"> {
  const metrics: Item = {
    ...(take.attrs.has("braintrust.metrics") ? take.record("braintrust.metrics") : {}),
    ...take.members("braintrust.metrics."),
  };
  const count = (...names: string[]) =>
    names.map((name) => tokenCountOf(metrics[name])).find((n) => n !== undefined);
  const usage = compact({
    inputTokens: count("prompt_tokens"),
    outputTokens: count("completion_tokens"),
    totalTokens: count("tokens"),
    cacheReadTokens: count("prompt_cached_tokens"),
    cacheWriteTokens: count("prompt_cache_creation_tokens"),
    reasoningTokens: count("completion_reasoning_tokens"),
    audioInputTokens: count("prompt_audio_tokens"),
    audioOutputTokens: count("completion_audio_tokens"),
  });
  const seconds = numberOf(metrics["time_to_first_token"]);
  const cost = reportedCost(numberOf(metrics["estimated_cost"]), undefined, undefined);
  return {
    ...(usage !== undefined && { usage }),
    ...(cost !== undefined && { cost }),
    ...(seconds !== undefined && { timeToFirstTokenMs: Math.round(seconds * 1e6) / 1e3 }),
  };
}
