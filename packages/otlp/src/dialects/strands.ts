import type { AttributeKeys } from "@nightowl/model/span/attribute-keys";
import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, SpanEvent, SpanKind, WireSpan } from "@nightowl/model/span/span";
import { AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { payloadOf } from "../normalise/payload.ts";
import { pythonLiteral } from "../normalise/python-literal.ts";
import { type MessageEvent, readMessageEvents } from "../normalise/read-message-events.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { openResult } from "../normalise/read-parts.ts";
import { readTools } from "../normalise/read-tools.ts";
import { compact, isRecord, jsonText } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Strands Agents. It writes GenAI attributes and tells each conversation in span events, with contents in
 * Bedrock's blocks. On a tool's span the same events hold its arguments and its result, and times to the first
 * token are in milliseconds where the convention has seconds.
 *
 * @see https://strandsagents.com/latest/user-guide/observability-evaluation/traces/
 */
export const strands: Dialect = { name: "strands", speaks, speaksOtherwise, read };

const DETAILS_EVENT = "gen_ai.client.inference.operation.details";

function speaks(scope: string, keys: AttributeKeys): boolean {
  return /^strands([.-]|$)/.test(scope) || keys.has("event_loop.cycle_id");
}

function speaksOtherwise(_span: WireSpan, attrs: AttributeReader): boolean {
  return (
    attrs.text("gen_ai.system") === "strands-agents" ||
    attrs.text("gen_ai.provider.name") === "strands-agents"
  );
}

function read(span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const kind = readKind(attrs);
  const fields: Partial<LlmFields> = {
    kind,
    timeToFirstTokenMs: take.number("gen_ai.server.time_to_first_token"),
    // Among the attributes that an agent was given for its trace.
    tags: take.strings("tags"),
    tools: readTools(
      Array.isArray(take.json("gen_ai.agent.tools")) ? (attrs.json("gen_ai.agent.tools") as unknown[]) : [],
    ),
  };
  if (kind === "TOOL") {
    readTool(span, take, fields);
  } else {
    const events = span.events.filter((event) => event.name.startsWith("gen_ai.")).map(opened);
    const { input, output } = readMessageEvents(withSystem(attrs, events));
    fields.inputMessages = input;
    fields.outputMessages = output.map(openInterrupts);
    if (output.length === 0 && kind === "CHAIN") fields.outputMessages = readCycleEnd(span.events);
    if (output.length === 0 && kind === "AGENT") fields.outputMessages = readInterrupted(span.events);
    const reasons = events
      .filter((event) => event.name === "gen_ai.choice")
      .map(({ body }) => textOf(body["finish_reason"]));
    fields.finishReasons = reasons.filter((reason) => reason !== undefined).map(finishReasonOf);
  }
  // The tools' definitions, where they were asked for, say more than their names.
  const { tools, ...rest } = fields;
  // A tool that answers with an error goes well by its span's status, unless it threw.
  const hasFailed = kind === "TOOL" && take.text("gen_ai.tool.status", "tool.status") === "error";
  const fallback: Partial<LlmFields> = { tools: tools ?? [] };
  if (hasFailed)
    fallback.error = { message: textOf(fields.tool?.result) ?? "The tool answered with an error." };
  return { fields: rest, fallback, hasFailed, claimed: take.claimed, notes: take.notes };
}

function readKind(attrs: AttributeReader): SpanKind | undefined {
  const operation = attrs.text("gen_ai.operation.name") ?? "";
  if (operation === "execute_tool" || attrs.has("gen_ai.tool.name")) return "TOOL";
  if (operation === "chat") return "LLM";
  if (operation === "execute_event_loop_cycle" || attrs.has("event_loop.cycle_id")) return "CHAIN";
  // `invoke_swarm`, `invoke_graph`: agents made of agents.
  return operation.startsWith("invoke_") ? "AGENT" : undefined;
}

/** `v1:before_tool_call:<id of the call>:<uuid>`; one that a tool raises by itself is a `tool_call`. */
const INTERRUPT_ID = /^v1:(?:before_)?tool_call:(.+):[^:]+$/;

/** A run that stopped to ask a person ends with its questions, as Python prints them. */
function openInterrupts(message: Message): Message {
  const [only, ...others] = message.parts;
  if (message.finishReason !== "interrupt" || only?.type !== "text" || others.length > 0) return message;
  const asked = pythonLiteral(only.text.trim());
  const isRead = Array.isArray(asked) && asked.length > 0 && asked.every(isRecord);
  if (!isRead || !asked.every((each) => "reason" in each && "response" in each)) return message;
  const parts = asked.map((each) => {
    const callId = INTERRUPT_ID.exec(textOf(each["id"]) ?? "")?.[1];
    return {
      type: "raw" as const,
      value: { type: "interrupt", ...each, ...compact({ tool_call_id: callId }) },
    };
  });
  return { ...message, parts };
}

/** The messages in the newer form's events, a list for each event that has any. */
function toldIn(events: readonly SpanEvent[], side: "input" | "output"): unknown[][] {
  return events
    .filter((event) => event.name === DETAILS_EVENT)
    .map((event) => new AttributeReader(event.attributes).json(`gen_ai.${side}.messages`))
    .filter(Array.isArray);
}

/** In the newer form a cycle ends with one more event of messages to the model: what the tools answered. */
function readCycleEnd(events: readonly SpanEvent[]): Message[] {
  return readMessages(toldIn(events, "input").slice(1).flat(), "tool");
}

/** In the newer form what was said is read as GenAI, but for the questions of a run that stopped to ask a person. */
function readInterrupted(events: readonly SpanEvent[]): Message[] {
  const said = readMessages(toldIn(events, "output").flat(), "assistant");
  return said.some(({ finishReason }) => finishReason === "interrupt") ? said.map(openInterrupts) : [];
}

function opened(event: SpanEvent): MessageEvent {
  const attrs = new AttributeReader(event.attributes);
  const body: Record<string, unknown> = Object.fromEntries(attrs.keys().map((key) => [key, attrs.get(key)]));
  if (event.name === "gen_ai.choice")
    return { name: event.name, body: { ...body, message: choiceMessage(body["message"]) } };
  return { name: event.name, body };
}

/** Blocks as JSON, or the last word of an agent as text, which is JSON where an answer in a form was asked for. */
function choiceMessage(value: unknown): unknown {
  const message = jsonOf(value);
  if (Array.isArray(message)) return { content: message };
  if (isRecord(message)) return message["content"] === undefined ? { content: jsonText(message) } : message;
  return typeof message === "string" ? message.trimEnd() : message;
}

/** Early versions write an agent's instructions as an attribute. */
function withSystem(attrs: AttributeReader, events: MessageEvent[]): MessageEvent[] {
  const prompt = textOf(jsonOf(attrs.get("system_prompt")));
  if (prompt === undefined || events.some((event) => event.name === "gen_ai.system.message")) return events;
  const isTold = events.some((event) => event.name !== DETAILS_EVENT);
  return isTold ? [{ name: "gen_ai.system.message", body: { content: prompt } }, ...events] : events;
}

function readTool(span: WireSpan, take: AttributeTaker, fields: Partial<LlmFields>): void {
  const told = span.events.map((event) => ({
    name: event.name,
    attrs: new AttributeReader(event.attributes),
  }));
  const asked =
    told.find((event) => event.name === "gen_ai.tool.message")?.attrs.json("content") ??
    partOf(told, "input");
  const answered =
    told.findLast((event) => event.name === "gen_ai.choice")?.attrs.json("message") ?? partOf(told, "output");
  const name = take.text("gen_ai.tool.name");
  fields.tool = compact({
    name,
    arguments: asked,
    result: answered === undefined ? undefined : openResult(answered),
  });
  if (name !== undefined) fields.displayName = name;
  if (asked !== undefined) fields.input = payloadOf(asked);
  if (fields.tool?.result !== undefined) fields.output = payloadOf(fields.tool.result);
  const schema = take.json("gen_ai.tool.json_schema");
  if (isRecord(schema))
    fields.tools = readTools([
      { name, description: take.text("gen_ai.tool.description"), parameters: schema },
    ]);
}

type Told = { name: string; attrs: AttributeReader }[];

/** The one part of the messages in the newer form's event: the arguments of the call, or its answer. */
function partOf(told: Told, side: "input" | "output"): unknown {
  for (const { name, attrs } of told) {
    if (name !== DETAILS_EVENT) continue;
    const messages = attrs.json(`gen_ai.${side}.messages`);
    const message: unknown = Array.isArray(messages) ? messages[0] : undefined;
    const part: unknown =
      isRecord(message) && Array.isArray(message["parts"]) ? message["parts"][0] : undefined;
    if (isRecord(part)) return side === "input" ? part["arguments"] : part["response"];
  }
  return undefined;
}
