import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * TanStack AI's OpenTelemetry middleware: GenAI's names, and `tanstack.ai.*` that tells the loop from its calls. A tool's
 * arguments and its answer are written as messages, to Langfuse's names too.
 *
 * @see https://tanstack.com/ai/latest/docs/advanced/otel
 */
export const tanstackAi: Dialect = {
  name: "tanstack-ai",
  speaks: (_scope, keys) => keys.hasFamily("tanstack"),
  read,
};

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

/** The loop counts its calls, which it repeats; a call says which it is. */
function kindOf(attrs: AttributeReader): SpanKind | undefined {
  if (attrs.has("gen_ai.tool.name")) return "TOOL";
  if (attrs.has("tanstack.ai.iterations")) return "AGENT";
  return attrs.has("tanstack.ai.iteration") ? "LLM" : undefined;
}

/** What the one message of a list says, opened where it is JSON. */
function onlyContent(take: AttributeTaker, key: string): unknown {
  const messages = take.json(key);
  const only: unknown = Array.isArray(messages) && messages.length === 1 ? messages[0] : undefined;
  return isRecord(only) ? jsonOf(only["content"]) : undefined;
}
