import type { Message } from "@nightowl/model/span/message";
import type { LlmFields, WireSpan } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, textOf } from "@nightowl/model/span/attribute-reader";
import { finishReasonOf } from "../normalise/finish-reason.ts";
import { readMessages } from "../normalise/read-messages.ts";
import { compact, isRecord } from "../normalise/record.ts";
import { AttributeTaker, type Dialect, type DialectReading } from "./dialect.ts";

/**
 * Koog, JetBrains' agents: GenAI's names for agents, model calls and tools; this knows the strategy that an agent follows,
 * whose nodes and subgraphs are those of a graph. Its scope is named after the service.
 *
 * @see https://docs.koog.ai/opentelemetry-support/
 */
export const koog: Dialect = { name: "koog", speaks: (_scope, keys) => keys.hasFamily("koog"), read };

function read(_span: WireSpan, attrs: AttributeReader): DialectReading {
  const take = new AttributeTaker(attrs);
  const node = take.text("koog.node.id", "koog.node.name", "koog.subgraph.id");
  const strategy = take.text("koog.strategy.name", "koog.agent.strategy.name");
  const fields: Partial<LlmFields> = {};
  if (node !== undefined || strategy !== undefined) {
    fields.kind = "CHAIN";
    fields.graphNode = compact({ id: node, name: node });
    fields.input = take.payload("koog.node.input", "koog.subgraph.input");
    fields.output = take.payload("koog.node.output", "koog.subgraph.output");
  }
  fields.finishReasons = readReasons(attrs);
  const turns = readTurns(take);
  fields.inputMessages = turns.length > 0 ? turns : readPassed(fields.input);
  fields.outputMessages = readPassed(fields.output);
  if (attrs.text("gen_ai.operation.name")?.endsWith("_agent") === true)
    fields.agentName = take.text("gen_ai.agent.name", "gen_ai.agent.id");
  const instructions = readInstructions(take);
  // Where an agent is made, they are all that is said.
  const fallback = { inputMessages: instructions };
  return { fields, fallback, instructions, claimed: take.claimed, notes: take.notes };
}

/** What nodes hand on: a message of the model, the calls that it wants, or what came of them. */
function readPassed(payload: LlmFields["input"]): Message[] {
  const passed = jsonOf(payload?.value);
  if (!isRecord(passed)) return [];
  const { toolResults } = passed;
  if (Array.isArray(toolResults)) return readMessages(toolResults.filter(isRecord).map(asAnswer), "tool");
  const content = passed["parts"] ?? passed["toolCalls"];
  if (!Array.isArray(content)) return [];
  return readMessages([{ role: "assistant", content: content.map(asPart) }], "assistant");
}

/** `{type: "ai.koog.….MessagePart.Text", text}`, `{id, tool, args}`. */
function asPart(part: unknown): unknown {
  if (!isRecord(part)) return part;
  const { id, tool, args } = part;
  if (tool !== undefined) return { type: "tool_call", id, name: tool, arguments: args };
  return { ...part, type: textOf(part["type"])?.split(".").at(-1)?.toLowerCase() };
}

function asAnswer({ id, tool, result, output }: Record<string, unknown>): unknown {
  return { role: "tool", tool_call_id: id, name: tool, content: result ?? output };
}

/** For each turn of the user Koog writes one of the tools beside it; what neither said is left out. */
function readTurns(take: AttributeTaker): LlmFields["inputMessages"] {
  // Content that must not be told is a word.
  if (take.attrs.text("gen_ai.input.messages")?.startsWith("[") !== true) return [];
  const { items } = take.list("gen_ai.input.messages");
  const isSilent = (item: unknown) =>
    isRecord(item) && Array.isArray(item["parts"]) && item["parts"].length === 0;
  return readMessages(
    items.filter((item) => !isSilent(item)),
    "user",
  ).map(openAnswer);
}

/** A tool's answer is JSON text, also where it is a text itself. */
function openAnswer(message: Message): Message {
  const parts = message.parts.map((part) =>
    part.type === "tool_result" ? { ...part, result: jsonOf(part.result) } : part,
  );
  return { ...message, parts };
}

/** `[stop, length]`, without quotes. */
function readReasons(attrs: AttributeReader): string[] {
  const told = /^\[([\w, ]+)\]$/.exec(attrs.text("gen_ai.response.finish_reasons") ?? "")?.[1];
  return told === undefined ? [] : told.split(",").map((reason) => finishReasonOf(reason.trim()));
}

/** Its name for them lacks the convention's prefix. */
function readInstructions(take: AttributeTaker): NonNullable<DialectReading["instructions"]> {
  const content = take.json("system_instructions");
  return content === undefined ? [] : readMessages([{ role: "system", content }], "system");
}
