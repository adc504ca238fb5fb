import type { LlmFields } from "@nightowl/model/span/span";
import { type AttributeReader, jsonOf, numberOf, textOf } from "@nightowl/model/span/attribute-reader";
import { callArguments } from "../../normalise/call-arguments.ts";
import { payloadOf } from "../../normalise/payload.ts";
import { compact, isRecord } from "../../normalise/record.ts";
import { readTools } from "../../normalise/read-tools.ts";

type Item = Record<string, unknown>;

/**
 * CrewAI's objects: every attribute is a member of the task, agent or model that was called, and the arguments have the
 * task and the agent in them once more. What is read here goes over what is read of any call.
 */
export function readCrewai(attrs: AttributeReader, inputs: unknown, fields: Partial<LlmFields>): void {
  if (!isRecord(inputs)) return;
  if (fields.kind === "LLM") readCall(attrs, fields);
  if (fields.kind === "TOOL") readTool(inputs, fields);
  if (fields.kind === "CHAIN" && attrs.has("expected_output")) readTask(member(attrs, "description"), fields);
  if (fields.kind === "AGENT" && attrs.has("backstory")) {
    readTask(isRecord(inputs["task"]) ? inputs["task"]["description"] : undefined, fields);
    fields.tools = readTools(Array.isArray(inputs["tools"]) ? inputs["tools"] : []);
  }
}

/** A text in quotes. */
function member(attrs: AttributeReader, key: string): unknown {
  return jsonOf(attrs.get(key));
}

function readTask(description: unknown, fields: Partial<LlmFields>): void {
  const text = textOf(description);
  if (text !== undefined && text !== "") fields.input = payloadOf(text);
}

const OWN_ARGUMENTS = new Set(["callbacks", "available_functions", "from_task", "from_agent"]);

function readCall(attrs: AttributeReader, fields: Partial<LlmFields>): void {
  if (member(attrs, "mlflow.message.format") !== "crewai") return;
  const given = Object.entries(fields.invocationParameters ?? {}).filter(([key]) => !OWN_ARGUMENTS.has(key));
  const settings = compact({
    temperature: numberOf(member(attrs, "temperature")),
    max_tokens: numberOf(member(attrs, "max_tokens")),
    top_p: numberOf(member(attrs, "top_p")),
  });
  fields.invocationParameters = { ...settings, ...Object.fromEntries(given) };
  fields.streaming ??= member(attrs, "stream") === "True" ? true : undefined;
}

/** `{tool_name, tool_args}` → `{result}`. */
function readTool(inputs: Item, fields: Partial<LlmFields>): void {
  const names = Object.keys(inputs);
  if (names.length !== 2 || !("tool_name" in inputs) || !("tool_args" in inputs)) return;
  fields.tool = { ...fields.tool, ...compact({ arguments: callArguments(inputs["tool_args"]) }) };
  fields.input = payloadOf(inputs["tool_args"]);
  const answer = jsonOf(fields.output?.value);
  if (isRecord(answer) && Object.keys(answer).join() === "result")
    fields.output = payloadOf(answer["result"]);
}
