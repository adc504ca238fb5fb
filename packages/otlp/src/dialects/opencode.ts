import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import type { AttributeReader } from "@nightowl/model/span/attribute-reader";
import { openResult } from "../normalise/read-parts.ts";
import { isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * opencode: spans of the AI SDK inside of spans of its own functions, of which one is the agent's run.
 *
 * @see https://opencode.ai/docs/config (experimental.openTelemetry)
 */
export const opencode: Dialect = {
  name: "opencode",
  speaks: (scope) => scope === "opencode",
  read,
};

const KINDS: Record<string, SpanKind> = {
  "SessionPrompt.prompt": "AGENT",
  // One call each: it is opencode that goes on after the tools.
  "ai.streamText": "CHAIN",
  // The AI SDK's span of the same run knows what the tool was given and what it answered.
  "Tool.execute": "CHAIN",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = Object.hasOwn(KINDS, span.name) ? KINDS[span.name] : undefined;
  const fields: Partial<LlmFields> = { kind };
  if (kind === "AGENT" || span.name === "ai.streamText") fields.agentName = "opencode";
  // What its tools answer has beside the answer what the terminal shows of it.
  const answer = take.attrs.json("ai.toolCall.result");
  if (isRecord(answer) && answer["title"] !== undefined && answer["output"] !== undefined)
    fields.tool = { result: openResult(answer["output"]) };
  return { fields, claimed: take.claimed, notes: take.notes };
}
