import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/** OpenTelemetry's kind of a span that neither calls nor is called. */
const INTERNAL = 1;

/**
 * TanStack AI's OpenTelemetry middleware: GenAI's names, and `tanstack.ai.*` that tells the loop from its calls. A tool's
 * arguments and its answer are written as messages, to Langfuse's names too.
 *
 * @see https://tanstack.com/ai/latest/docs/advanced/otel
 */
export const tanstackAi: Dialect = {
  name: "tanstack-ai",
  speaks: (_scope, keys) => keys.hasFamily("tanstack"),
  speaksOtherwise: isFailedLoop,
  read,
};

/** What every call says of itself, and the loop around the calls does not. */
const OF_CALLS = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.input.messages"];

/** The loop is counted where it ends well. One that failed has a name as a call's, and repeats the tokens of its calls. */
function isFailedLoop(span: WireSpan, attrs: AttributeReader): boolean {
  return (
    span.statusCode === "ERROR" &&
    span.otelKind === INTERNAL &&
    attrs.has("gen_ai.system") &&
    !OF_CALLS.some((key) => attrs.has(key)) &&
    span.name === `chat ${attrs.text("gen_ai.request.model")}` &&
    attrs.keysWithPrefix("gen_ai.request.").length === 1
  );
}

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = kindOf(attrs);
  if (kind === "AGENT") return readLoop(take);
  if (kind !== "TOOL") return { fields: { kind }, claimed: [], notes: [] };
  const asked = onlyContent(take, "gen_ai.input.messages");
  const answered = onlyContent(take, "gen_ai.output.messages");
  const first: Partial<LlmFields> = {
    tool: compact({ arguments: asked, result: answered }),
    input: asked === undefined ? undefined : payloadOf(asked),
    output: answered === undefined ? undefined : payloadOf(answered),
  };
  return { first, fields: { kind }, claimed: take.claimed, notes: take.notes };
}

/** What was asked first and answered last stands in Langfuse's names alone. */
function readLoop(take: AttributeTaker): DialectReading {
  const asked = take.json("langfuse.observation.input");
  const answered = take.json("langfuse.observation.output");
  const fields: Partial<LlmFields> = {
    kind: "AGENT",
    inputMessages: Array.isArray(asked) ? readMessages(asked, "user") : [],
    outputMessages: Array.isArray(answered) ? readMessages(answered, "assistant") : [],
  };
  return { fields, claimed: take.claimed, notes: take.notes };
}

/** A call says which it is; a picture, a voice and the like have an operation, and the loop, which repeats its calls, none. */
function kindOf(attrs: AttributeReader): SpanKind | undefined {
  if (attrs.has("gen_ai.tool.name")) return "TOOL";
  if (attrs.has("tanstack.ai.iteration")) return "LLM";
  const isOfGenai = attrs.has("gen_ai.system");
  return !isOfGenai || attrs.has("gen_ai.operation.name") ? undefined : "AGENT";
}

/** What the one message of a list says, opened where it is JSON. */
function onlyContent(take: AttributeTaker, key: string): unknown {
  const messages = take.json(key);
  const only: unknown = Array.isArray(messages) && messages.length === 1 ? messages[0] : undefined;
  return isRecord(only) ? jsonOf(only["content"]) : undefined;
}
