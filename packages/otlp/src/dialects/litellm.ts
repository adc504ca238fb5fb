import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { jsonOf, stringsOf, textOf, type AttributeReader } from "@nightowl/model/span/attribute-reader";
import type { Message } from "@nightowl/model/span/message";
import type { Usage } from "@nightowl/model/span/usage";
import { payloadOf } from "../normalise/payload.ts";
import { pythonLiteral } from "../normalise/python-literal.ts";
import { providerOf } from "../normalise/provider.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readToolCall } from "../normalise/read-parts.ts";
import { readTools } from "../normalise/read-tools.ts";
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
  speaks: (scope, keys) => scope.startsWith("litellm") || keys.hasFamily("litellm"),
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
  const guardrail = take.text("litellm.guardrail.name", "guardrail_name");
  const kind = readKind(span, attrs, guardrail);
  const exception = span.statusCode === "ERROR" ? take.text("exception") : undefined;
  const people = readPeople(take);
  const fields: Partial<LlmFields> = {
    kind,
    displayName: guardrail,
    ...readModels(take),
    streaming: take.boolean("litellm.request.streaming", "llm.is_streaming"),
    outputMessages: readCalls(take),
    cost: reportedCost(
      take.number("gen_ai.cost.total_cost", "litellm.cost.total"),
      take.number("gen_ai.cost.input_cost", "litellm.cost.input"),
      take.number("gen_ai.cost.output_cost", "litellm.cost.output"),
    ),
    usage: readUsage(attrs),
    metadata: readMetadata(take),
    error: exception === undefined ? undefined : { message: exception },
    ...readRaw(span, attrs),
    ...people.fields,
  };
  if (guardrail !== undefined)
    fields.output = take.payload("litellm.guardrail.response", "guardrail_response");
  const tools = readTools(take.list("llm.request.functions").items);
  return {
    fields,
    fallback: {
      ...people.fallback,
      provider: readProvider(attrs),
      tools: tools.length > 0 ? tools : readTools(take.list("gen_ai.tool").items),
    },
    // The proxy writes who asked, and for which model, on every span of the request.
    isOfNoKind: kind === undefined && !isCall(attrs),
    withheld: hasIdOfCall(attrs) ? ["responseId"] : undefined,
    claimed: take.claimed,
    notes: take.notes,
  };
}

/** Where the provider's answer has no id, or there was none, LiteLLM writes its own of the call. */
function hasIdOfCall(attrs: AttributeReader): boolean {
  const id = attrs.text("gen_ai.response.id");
  return id !== undefined && id === attrs.text("litellm.call_id");
}

function readKind(
  span: WireSpan,
  attrs: AttributeReader,
  guardrail: string | undefined,
): SpanKind | undefined {
  if (guardrail !== undefined) return "GUARDRAIL";
  if (CHAINS.has(span.name) || isRaw(attrs)) return "CHAIN";
  return span.scope.name === "litellm" && !isCall(attrs) && /^(auth|route) /.test(span.name)
    ? "CHAIN"
    : undefined;
}

/** Of a model that was asked, or of a tool that was called: not of the work around it. */
function isCall(attrs: AttributeReader): boolean {
  return (
    attrs.has("gen_ai.operation.name") || attrs.has("llm.request.type") || attrs.has("gen_ai.response.model")
  );
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
    return key === undefined ? undefined : opened(attrs.get(key));
  };
  const input = valueOf("messages", "input", "contents", "prompt");
  const choices = valueOf("choices");
  const candidates = valueOf("candidates");
  const output = compact({ choices, candidates }) ?? valueOf("content", "output", "stringified_raw_response");
  return {
    ...(input === undefined ? {} : { input: payloadOf(input) }),
    ...(output === undefined ? {} : { output: payloadOf(output) }),
  };
}

/**
 * The proxy writes the caller's alias where the response's model belongs, and now and then the deployment's name as the
 * request's: turned round, or no price would be found. The library sends them as they are, such as `gpt-4o` and
 * `gpt-4o-2024-08-06`.
 */
function readModels(take: AttributeTaker): Pick<Partial<LlmFields>, "requestModel" | "responseModel"> {
  const { attrs } = take;
  const told = attrs.text("gen_ai.response.model");
  const asked = attrs.text("gen_ai.request.model");
  if (told === undefined || asked === undefined) return {};
  const alias = take.text("litellm.model_group");
  const deployed = take.text("litellm.provider.model");
  // Where both are said, only what is no more than the alias is not the model that answered.
  if (deployed !== undefined && told === (alias ?? asked))
    return { requestModel: told, responseModel: bareModel(deployed) };
  const bare = bareModel(asked);
  if (bareModel(told).startsWith(bare) || bare.startsWith(bareModel(told))) return {};
  const named = textOf(take.record("hidden_params")?.["litellm_model_name"]);
  return { requestModel: told, responseModel: named === undefined ? asked : bareModel(named) };
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

/** JSON, or what Python prints of a dict or a list. */
function opened(value: unknown): unknown {
  const json = jsonOf(value);
  return typeof json === "string" && /^[[{]/.test(json) ? (pythonLiteral(json) ?? json) : json;
}

/** The proxy's metadata of a call; Python's `None` says nothing. */
function readMetadata(take: AttributeTaker): Record<string, unknown> | undefined {
  const entries: [string, unknown][] = [];
  for (const prefix of ["metadata.", "litellm.metadata."]) {
    for (const [name, value] of take.attrs.withPrefix(prefix)) {
      take.claim(prefix + name);
      if (value === null || value === "" || value === "None") continue;
      entries.push([name, opened(value)]);
    }
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** What stands for nobody: the user of the proxy's own key. */
const NOBODY = new Set(["None", "default_user_id"]);

function readPeople(take: AttributeTaker): { fields: Partial<LlmFields>; fallback: Partial<LlmFields> } {
  const text = (...keys: string[]) => {
    const value = take.text(...keys);
    return value === undefined || NOBODY.has(value) ? undefined : value;
  };
  const requester = opened(take.attrs.get("metadata.requester_metadata"));
  const asked = isRecord(requester) ? requester : {};
  const userId = text("metadata.user_api_key_user_id", "litellm.metadata.user_api_key_user_id");
  const sessionId =
    textOf(firstOf(asked, "session_id", "trace_user_session_id")) ?? text("litellm.session.id");
  const endUser =
    text("litellm.end_user.id", "metadata.user_api_key_end_user_id") ??
    text("litellm.metadata.user_api_key_end_user_id", "llm.user");
  const tags = stringsOf(asked["tags"]);
  return {
    fields: { ...compact({ userId, sessionId }), tags },
    fallback: compact({ userId: endUser }) ?? {},
  };
}
