import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { jsonOf, textOf, type AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { Message } from "@nightowl/model/span/message";
import type { Usage } from "@nightowl/model/span/usage";
import { payloadOf } from "../normalise/payload.ts";
import { providerOf } from "../normalise/provider.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readToolCall } from "../normalise/read-parts.ts";
import { compact, firstOf, isRecord } from "../normalise/record.ts";
import { reportedCost } from "../normalise/usage.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * LiteLLM, as a library and as a proxy. It writes OpenLLMetry's and GenAI's names; this reads its own: what the call
 * cost, who of the proxy's users made it, and which model it really was.
 *
 * @see https://docs.litellm.ai/docs/observability/opentelemetry_integration
 */
export const litellm: Dialect = {
  name: "litellm",
  detect: (span, attrs) => span.scope.name.startsWith("litellm") || attrs.hasFamily("litellm"),
  read,
};

/** Spans of the proxy's own work. The raw request repeats the one above it: it is no call of its own. */
const CHAINS = new Set([
  "raw_gen_ai_request",
  "router",
  "auth",
  "self",
  "proxy_pre_call",
  "batch_write_to_db",
]);

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const fields: Partial<LlmFields> = {
    kind: readKind(span, attrs),
    ...readModels(take),
    outputMessages: readCalls(take),
    cost: reportedCost(
      take.number("gen_ai.cost.total_cost", "litellm.cost.total"),
      take.number("gen_ai.cost.input_cost", "litellm.cost.input"),
      take.number("gen_ai.cost.output_cost", "litellm.cost.output"),
    ),
    usage: readUsage(attrs),
    metadata: readMetadata(take),
    ...readRaw(span, attrs),
  };
  const people = readPeople(take);
  return {
    fields: { ...fields, ...people.fields },
    fallback: { ...people.fallback, provider: readProvider(attrs) },
    claimed: take.claimed,
    notes: take.notes,
  };
}

function readKind(span: WireSpan, attrs: AttributeReader): SpanKind | undefined {
  if (attrs.has("guardrail_name")) return "GUARDRAIL";
  return CHAINS.has(span.name) || isRaw(attrs) ? "CHAIN" : undefined;
}

/** Of the raw request: the provider's own words under `llm.<provider>.`, and none of the names of a call. */
function isRaw(attrs: AttributeReader): boolean {
  return !attrs.hasFamily("gen_ai") && !attrs.has("llm.request.type") && rawKey(attrs, "model") !== undefined;
}

function rawKey(attrs: AttributeReader, name: string): string | undefined {
  return attrs.keysWithPrefix("llm.").find((key) => key.split(".").length === 3 && key.endsWith(`.${name}`));
}

function readRaw(span: WireSpan, attrs: AttributeReader): Pick<Partial<LlmFields>, "input" | "output"> {
  if (span.name !== "raw_gen_ai_request" && !isRaw(attrs)) return {};
  const valueOf = (...names: string[]) => {
    const key = names.map((name) => rawKey(attrs, name)).find((each) => each !== undefined);
    return key === undefined ? undefined : attrs.json(key);
  };
  const input = valueOf("messages", "input", "contents", "prompt");
  const output = valueOf("choices", "content", "output", "candidates", "stringified_raw_response");
  return {
    ...(input === undefined ? {} : { input: payloadOf(input) }),
    ...(output === undefined ? {} : { output: payloadOf(output) }),
  };
}

/**
 * The proxy sends the caller's alias as the response's model, and the deployment's as the request's: turned round, or no
 * price would be found. The library sends them as they are, such as `gpt-4o` and `gpt-4o-2024-08-06`.
 */
function readModels(take: AttributeTaker): Pick<Partial<LlmFields>, "requestModel" | "responseModel"> {
  const alias = take.attrs.text("gen_ai.response.model");
  const deployed = take.attrs.text("gen_ai.request.model");
  if (alias === undefined || deployed === undefined) return {};
  const bare = bareModel(deployed);
  if (bareModel(alias).startsWith(bare) || bare.startsWith(bareModel(alias))) return {};
  const hidden = take.record("hidden_params") ?? {};
  const named = textOf(hidden["litellm_model_name"]);
  return { requestModel: alias, responseModel: named === undefined ? deployed : bareModel(named) };
}

/** `openai/text-embedding-3-small`, where the provider itself was not sent. */
function readProvider(attrs: AttributeReader): string | undefined {
  const [provider, model] = (attrs.text("litellm.provider.model") ?? "").split("/");
  return model === undefined ? undefined : providerOf(provider);
}

/** Without the provider that is written before it. */
function bareModel(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1);
}

/** The answer's tool calls, which are beside its messages: `gen_ai.completion.<call>.function_call`. */
function readCalls(take: AttributeTaker): Message[] {
  const messages = take.list("gen_ai.output.messages").items;
  if (messages.length === 0) return [];
  const calls = take
    .list("gen_ai.completion")
    .items.filter(isRecord)
    .map((item) => item["function_call"])
    .filter(isRecord);
  const answers = readMessages(messages, "assistant");
  const silent = answers.find((message) => !message.parts.some((part) => part.type === "tool_call"));
  if (calls.length === 0 || silent === undefined) return answers;
  silent.parts.push(...calls.flatMap((call) => readToolCall(call) ?? []));
  return answers;
}

const DETAILS: [keyof Usage & `${string}Tokens`, RegExp][] = [
  ["cacheReadTokens", /'cached_tokens': (\d+)/],
  ["cacheWriteTokens", /'cache_creation_(?:input_)?tokens': (\d+)/],
  ["reasoningTokens", /'reasoning_tokens': (\d+)/],
];

/** Details of the tokens, which are nowhere else but in Python's way to print the provider's usage. */
function readUsage(attrs: AttributeReader): Usage {
  const printed = attrs.text("metadata.usage_object") ?? "";
  const usage: Usage = {};
  for (const [bucket, pattern] of DETAILS) {
    const count = Number(pattern.exec(printed)?.[1] ?? 0);
    if (count > 0) usage[bucket] = count;
  }
  return usage;
}

/** The proxy's metadata of a call; Python's `None` says nothing. */
function readMetadata(take: AttributeTaker): Record<string, unknown> | undefined {
  const entries: [string, unknown][] = [];
  for (const prefix of ["metadata.", "litellm.metadata."]) {
    for (const [name, value] of take.attrs.withPrefix(prefix)) {
      take.claim(prefix + name);
      if (value === null || value === "" || value === "None") continue;
      entries.push([name, jsonOf(value)]);
    }
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function readPeople(take: AttributeTaker): { fields: Partial<LlmFields>; fallback: Partial<LlmFields> } {
  const text = (...keys: string[]) => {
    const value = take.text(...keys);
    return value === "None" ? undefined : value;
  };
  const requester = jsonOf(take.attrs.get("metadata.requester_metadata"));
  const asked = isRecord(requester) ? requester : {};
  const userId = text("metadata.user_api_key_user_id", "litellm.metadata.user_api_key_user_id");
  const sessionId =
    textOf(firstOf(asked, "session_id", "trace_user_session_id")) ?? text("litellm.session.id");
  const endUser = text("litellm.end_user.id", "metadata.user_api_key_end_user_id");
  return {
    fields: compact({ userId, sessionId }) ?? {},
    fallback: compact({ userId: endUser }) ?? {},
  };
}
