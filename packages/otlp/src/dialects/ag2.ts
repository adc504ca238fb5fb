import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { payloadOf } from "../normalise/payload.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * AG2, before and after its version 1: its agents, tools and model calls are GenAI's; this knows what each span is
 * (`ag2.span.type`), what people were asked, who was chosen to speak, and the records of usage beside the calls.
 *
 * @see https://docs.ag2.ai/latest/docs/user-guide/tracing/opentelemetry/
 */
export const ag2: Dialect = {
  name: "ag2",
  speaks: (scope, keys) => scope === "opentelemetry.instrumentation.ag2" || keys.hasFamily("ag2"),
  read,
};

const KINDS: Record<string, SpanKind> = {
  agent: "AGENT",
  llm: "LLM",
  tool: "TOOL",
  code_execution: "TOOL",
};

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = take.text("ag2.span.type");
  const fields: Partial<LlmFields> = {
    kind: type === undefined ? undefined : readKind(type, take),
    input: take.payload("ag2.human_input.prompt", "ag2.speaker_selection.candidates", "ag2.chats.recipients"),
    output: take.payload(
      "ag2.human_input.response",
      "ag2.speaker_selection.selected",
      "ag2.chats.summaries",
      "ag2.code_execution.output",
    ),
  };
  const total = take.count("ag2.usage.total_tokens");
  if (total !== undefined) fields.usage = { totalTokens: total };
  if (type === "conversation") fields.output = readLastWord(attrs);
  const worker = take.text("ag2.usage.label");
  if (worker !== undefined) fields.agentName = worker;
  return { fields, claimed: take.claimed, notes: take.notes };
}

/** Who a message of a conversation is by depends on which agent tells of it: the last word is the answer. */
function readLastWord(attrs: AttributeReader): LlmFields["output"] {
  const said = attrs.json("gen_ai.output.messages");
  const last = Array.isArray(said) ? readMessages(said, "assistant").at(-1) : undefined;
  const texts = last?.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])) ?? [];
  return texts.length === 0 ? undefined : payloadOf(texts.join("\n"));
}

function readKind(type: string, take: AttributeTaker): SpanKind {
  if (type === "usage") return usageKind(take.text("ag2.usage.kind"));
  return Object.hasOwn(KINDS, type) ? (KINDS[type] ?? "CHAIN") : "CHAIN";
}

/**
 * A record of usage repeats calls: the one beside it, or those of another agent's task, which may have spans of their own.
 * Only what makes a history shorter is told by its record alone.
 */
function usageKind(kind: string | undefined): SpanKind {
  return kind === "compaction" || kind === "aggregation" ? "LLM" : "CHAIN";
}
