import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, stringsOf } from "@nightowl/model/span/attribute-reader";
import { readIdentity } from "../normalise/identity.ts";
import { payloadOf } from "../normalise/payload.ts";
import { compact } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";
import { readAiSdkOperation } from "./laminar/ai-sdk.ts";

/**
 * Laminar: `lmnr.*` on spans of its own (`observe`) and on those of other instrumentations, which keep their names.
 *
 * @see https://docs.lmnr.ai/tracing/structure/overview
 */
export const laminar: Dialect = { name: "laminar", speaks, read };

function speaks(scope: string, keys: AttributeKeys): boolean {
  return scope === "lmnr.tracer" || keys.hasFamily("lmnr");
}

/** DEFAULT is none of these. */
const KINDS: Record<string, SpanKind> = {
  LLM: "LLM",
  CACHED: "LLM",
  TOOL: "TOOL",
  EVALUATOR: "EVALUATOR",
  HUMAN_EVALUATOR: "EVALUATOR",
  EVALUATION: "CHAIN",
  EXECUTOR: "CHAIN",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const type = (take.text("lmnr.span.original_type") ?? take.text("lmnr.span.type"))?.toUpperCase() ?? "";
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const prefix = "lmnr.association.properties.";
  const all = take.members(prefix) ?? {};
  const metadata = Object.entries(all).filter(([key]) => key.startsWith("metadata."));
  const identity = readIdentity(all);
  const fromMetadata = readIdentity(
    Object.fromEntries(metadata.map(([key, value]) => [key.slice(9), value])),
  );
  const input = readInput(take);
  const output = take.payload("lmnr.span.output");
  const fields: Partial<LlmFields> = {
    kind,
    input,
    output,
    sessionId: identity.sessionId,
    userId: identity.userId,
    streaming: take.boolean("llm.is_streaming"),
    timeToFirstTokenMs: readTimeToFirstChunk(span),
    tags: [...new Set([...stringsOf(all["tags"]), ...stringsOf(all["labels"])])],
    metadata: fromMetadata.metadata,
    ...readAiSdkOperation(span, take, input, output),
  };
  const fallback: Partial<LlmFields> = {
    sessionId: fromMetadata.sessionId,
    userId: fromMetadata.userId,
    // Names of OpenLLMetry's, under Laminar's own scope.
    streaming: take.boolean("llm.is_streaming"),
    usage: compact({ totalTokens: take.count("llm.usage.total_tokens") }) ?? {},
  };
  if (kind === "TOOL") fallback.tool = { name: span.name };
  if (kind === undefined) Object.assign(fields, readMastra(span, take));
  return { fields, fallback, claimed: take.claimed, notes: take.notes };
}

/** What its exporter for Mastra says of spans that are DEFAULT to Laminar: Mastra's own type. */
function readMastra(span: WireSpan, take: AttributeTaker): Partial<LlmFields> {
  const type = take.text("lmnr.internal.mastra.span_type");
  if (type === undefined || type === "generic") return {};
  if (type !== "agent_run") return { kind: "CHAIN" };
  const agentName = /^agent run: '(.+)'$/.exec(span.name)?.[1];
  return { kind: "AGENT", agentName, displayName: agentName };
}

/** Milliseconds from the start to the first piece of a stream. */
function readTimeToFirstChunk(span: WireSpan): number | undefined {
  const first = span.events.find(({ name }) => name === "llm.content.completion.chunk");
  if (first === undefined || first.timeNs === "0" || span.startTimeNs === "0") return undefined;
  return Number(BigInt(first.timeNs) - BigInt(span.startTimeNs)) / 1e6;
}

/** A function's arguments as a list: one alone is the input itself. */
function readInput(take: AttributeTaker): LlmFields["input"] {
  const given = take.json("lmnr.span.input");
  if (given === undefined) return undefined;
  return payloadOf(Array.isArray(given) && given.length === 1 && !isMessage(given[0]) ? given[0] : given);
}

function isMessage(value: unknown): boolean {
  return typeof value === "object" && value !== null && "role" in value;
}
