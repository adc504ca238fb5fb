import { expect, test } from "vitest";
import type { SpanEvent } from "@nightowl/model/span/span";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const scope = {
  name: "strands.telemetry.tracer",
  version: "",
  attributes: {},
  droppedAttributesCount: 0,
  schemaUrl: "",
};
const agent = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "careful" };
const printed = `[{'id': 'v1:before_tool_call:call_1:5c0c', 'name': 'approve', 'reason': {'tool': 'pay'}, 'response': None}]`;
const asked = {
  type: "interrupt",
  id: "v1:before_tool_call:call_1:5c0c",
  name: "approve",
  reason: { tool: "pay" },
  response: null,
  tool_call_id: "call_1",
};

function event(name: string, attributes: SpanEvent["attributes"]): SpanEvent {
  return { name, timeNs: "0", attributes, droppedAttributesCount: 0 };
}

test("an agent that stopped to ask a person says what it asks, in the older form", () => {
  const events = [event("gen_ai.choice", { message: `${printed}\n`, finish_reason: "interrupt" })];
  const { outputMessages } = readSpan(agent, { scope, events });
  expect(outputMessages.flatMap(({ parts }) => parts)).toEqual([{ type: "raw", value: asked }]);
});

test.each([
  ["its questions", printed, [{ type: "raw", value: asked }]],
  ["a text of another form", "[{'id': 1}]", [{ type: "text", text: "[{'id': 1}]" }]],
])("and in the newer form: %s", (_what, content, parts) => {
  const message = { role: "assistant", parts: [{ type: "text", content }], finish_reason: "interrupt" };
  const told = { "gen_ai.output.messages": JSON.stringify([message]) };
  const events = [event("gen_ai.client.inference.operation.details", told)];
  const { outputMessages } = readSpan(agent, { scope, events });
  expect(outputMessages.map((each) => each.parts)).toEqual([parts]);
});

test("a tool that answered with an error failed, though its span did not", () => {
  const events = [event("gen_ai.choice", { message: '[{"text":"no such city"}]', id: "c" })];
  const tool = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather" };
  const span = readSpan({ ...tool, "gen_ai.tool.status": "error" }, { scope, events });
  expect(span).toMatchObject({ hasFailed: true, error: { message: "no such city" } });
  expect(readSpan({ ...tool, "gen_ai.tool.status": "success" }, { scope, events }).hasFailed).toBeUndefined();
});
