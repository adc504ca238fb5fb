import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, booleanOf, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { readIdentity } from "../normalise/identity.ts";
import { parametersOf } from "../normalise/invocation-parameters.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { readTools } from "../normalise/read-tools.ts";
import { isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

const METADATA = "trace.metadata.";
const OWN = `${METADATA}openrouter.`;

/**
 * OpenRouter's Broadcast: GenAI's names, the answer beside the whole request in one JSON text, and what the application
 * told with its request under `trace.metadata.`. Below each call are the attempts at it, which report nothing of their own.
 *
 * @see https://openrouter.ai/docs/guides/features/broadcast/otel-collector
 */
export const openrouter: Dialect = {
  name: "openrouter",
  speaks: (scope, keys) => scope === "openrouter" || keys.withPrefix(OWN).length > 0,
  read,
};

/** Members of a request that are no setting of the model. */
const NOT_SETTINGS = new Set([
  "model",
  "messages",
  "input",
  "tools",
  "stream",
  "stream_options",
  "user",
  "session_id",
  "trace",
  "metadata",
  "posthogDistinctId",
]);

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const isCall = attrs.has("gen_ai.operation.name") || attrs.has("gen_ai.request.model");
  const waited = take.number(`${OWN}first_token_ms`);
  const fields: Partial<LlmFields> = {
    // An attempt, or what else the gateway did for a call.
    kind: isCall ? undefined : "CHAIN",
    timeToFirstTokenMs: waited !== undefined && waited > 0 ? waited : undefined,
    ...(isCall ? readAnswer(jsonOf(attrs.get("gen_ai.completion"))) : {}),
    ...readIdentity(readMetadata(take)),
  };
  const environment = textOf(attrs.get(`${METADATA}environment`));
  return {
    fields,
    ...(environment !== undefined && { environment }),
    claimed: take.claimed,
    notes: take.notes,
  };
}

/** What the application told, and of the gateway's own who answered, and with whose key. */
function readMetadata(take: AttributeTaker): Record<string, unknown> | undefined {
  const told: [string, unknown][] = [];
  for (const key of take.attrs.keysWithPrefix(METADATA)) {
    const isOwn = key.startsWith(OWN);
    if (isOwn && key !== `${OWN}provider_name` && key !== `${OWN}api_key_name`) continue;
    take.claim(key);
    told.push([key.slice(METADATA.length), take.attrs.get(key)]);
  }
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

/** `{completion, reasoning, toolCalls, rawRequest}`. */
function readAnswer(answer: unknown): Partial<LlmFields> {
  if (!isRecord(answer)) return {};
  const { completion, reasoning, toolCalls, rawRequest } = answer;
  const request = isRecord(rawRequest) ? rawRequest : {};
  const settings = Object.entries(request).filter(([name]) => !NOT_SETTINGS.has(name));
  return {
    outputMessages: answerOf(completion, reasoning, toolCalls),
    tools: readTools(Array.isArray(request["tools"]) ? request["tools"] : []),
    streaming: booleanOf(request["stream"]),
    invocationParameters: settings.length === 0 ? undefined : parametersOf(settings),
  };
}

function answerOf(completion: unknown, reasoning: unknown, calls: unknown): Message[] {
  const content = textOf(completion);
  const thought = textOf(reasoning);
  if (content === undefined && thought === undefined && !Array.isArray(calls)) return [];
  return readMessages(
    [{ role: "assistant", content, reasoning_content: thought, tool_calls: calls }],
    "assistant",
  );
}
