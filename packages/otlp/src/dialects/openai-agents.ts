import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, textOf } from "@nightowl/model/span/attribute-reader";
import { verdictOf } from "../normalise/payload.ts";
import { pythonLiteral, pythonRepr } from "../normalise/python-literal.ts";
import { mergeAssistantMessages, readMessages } from "../normalise/read-messages.ts";
import { isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * OpenTelemetry's instrumentation of OpenAI's Agents SDK: GenAI's names, operations of its own for what lies between
 * agents, and answers as Python printed the SDK's objects.
 *
 * @see https://github.com/open-telemetry/opentelemetry-python-contrib
 */
export const openaiAgents: Dialect = {
  name: "openai-agents",
  speaks: (scope, keys) =>
    // OpenLLMetry's goes by the same name, and names no server.
    scope === "opentelemetry.instrumentation.openai_agents" && keys.has("server.address"),
  read,
};

const KINDS: Record<string, SpanKind> = {
  // Turns and tasks, which the instrumentation does not know.
  unknown: "CHAIN",
  agent_handoff: "CHAIN",
  guardrail_check: "GUARDRAIL",
};

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const operation = attrs.text("gen_ai.operation.name") ?? "";
  const fields: Partial<LlmFields> = {
    displayName: readHandoff(take),
    kind: Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined,
    outputMessages: readPrinted(take),
  };
  if (fields.kind === "GUARDRAIL") fields.output = verdictOf(take.boolean("gen_ai.guardrail.triggered"));
  const reading: DialectReading = { fields, claimed: take.claimed, notes: take.notes };
  const error = readPrintedError(span);
  if (error !== undefined) reading.first = { error };
  return reading;
}

/** What went wrong, and as Python prints it why: `Error in agent run: {'error': 'Error code: 400'}`. */
function readPrintedError({ statusCode, statusMessage }: WireSpan): LlmFields["error"] {
  const [, what, why = ""] = /^([\w (),-]{1,100}): (\{'[^]*\})$/.exec(statusMessage) ?? [];
  const printed = statusCode === "ERROR" && what !== undefined ? pythonLiteral(why) : undefined;
  const error = isRecord(printed) ? textOf(printed["error"]) : undefined;
  return error === undefined ? undefined : { message: `${what}: ${error}` };
}

const PRINTED = /^(\{'|[A-Z]\w*\()/;

function readHandoff(take: AttributeTaker): string | undefined {
  if (!take.attrs.has("gen_ai.handoff.to_agent")) return undefined;
  const [from, to] = [take.text("gen_ai.handoff.from_agent"), take.text("gen_ai.handoff.to_agent")];
  return [from, to].join(" → ");
}

/** A text for each object of the answer, as `ResponseFunctionToolCall(name='f', …)`; or a whole response as a dict. */
function readPrinted(take: AttributeTaker): Message[] {
  const parts = readMessages(take.list("gen_ai.output.messages").items, "assistant").flatMap(
    (message) => message.parts,
  );
  const objects = parts.map((part) =>
    part.type === "text" && PRINTED.test(part.text) ? pythonRepr(part.text) : undefined,
  );
  if (!objects.every(isRecord)) return [];
  const items = objects.flatMap((each) => (Array.isArray(each["output"]) ? each["output"] : [each]));
  return mergeAssistantMessages(readMessages(items, "assistant"));
}
