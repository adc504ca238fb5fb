import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("nodes and subgraphs of an agent's strategy, also under older names", () => {
  expect(readSpan({ "koog.subgraph.id": "plan", "koog.subgraph.input": '"hi"' })).toMatchObject({
    kind: "CHAIN",
    graphNode: { id: "plan", name: "plan" },
    input: { value: "hi" },
  });
  expect(readSpan({ "koog.node.name": "nodeCallLLM" }).graphNode).toEqual({
    id: "nodeCallLLM",
    name: "nodeCallLLM",
  });
  expect(readSpan({ "koog.strategy.name": "single_run" })).toMatchObject({
    kind: "CHAIN",
    graphNode: undefined,
  });
});

test("what nodes hand on: the model's message, the calls that it wants, and what came of them", () => {
  const type = "ai.koog.prompt.message.MessagePart";
  const node = (input: unknown, output: unknown) => {
    const span = readSpan({
      "koog.node.id": "n",
      "koog.node.input": JSON.stringify(input),
      "koog.node.output": JSON.stringify(output),
    });
    return [...span.inputMessages, ...span.outputMessages].map(describeMessage);
  };
  const call = { id: "c", tool: "f", args: '{"a":1}' };
  const called = { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] };
  expect(node("hi", { parts: [{ type: `${type}.Tool.Call`, ...call }] })).toEqual([called]);
  const toolResults = [{ id: "c", tool: "f", output: '"12:03"', result: "12:03" }];
  expect(node({ toolCalls: [call] }, { toolResults })).toEqual([
    called,
    { role: "tool", result: "12:03", callId: "c", name: "f" },
  ]);
  expect(node("hi", { parts: [{ type: `${type}.Text`, text: "Hello." }] })).toEqual([
    { role: "assistant", text: "Hello." },
  ]);
});

test("reasons without quotes, and instructions without a prefix", () => {
  const span = readSpan({
    "koog.event.id": "1",
    "gen_ai.operation.name": "chat",
    "gen_ai.response.finish_reasons": "[tool_calls, stop]",
    "gen_ai.input.messages":
      '[{"role":"tool","parts":[]},{"role":"User","parts":[{"type":"text","content":"hi"}]}]',
    system_instructions: '[{"type":"text","content":"Be brief."}]',
  });
  expect(span.finishReasons).toEqual(["tool_calls", "stop"]);
  expect(span.inputMessages).toEqual([
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    { role: "user", parts: [{ type: "text", text: "hi" }] },
  ]);
});

test("instructions that an agent repeats are no answer of its", () => {
  const instructions = JSON.stringify([{ role: "System", parts: [{ type: "text", content: "Be terse." }] }]);
  const span = readSpan({
    "koog.event.id": "e",
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.input.messages": instructions,
    "gen_ai.output.messages": instructions,
  });
  expect(span.kind).toBe("AGENT");
  expect(span.inputMessages).toHaveLength(1);
  expect(span.outputMessages).toEqual([]);
});

test("the instructions that an agent is made with", () => {
  const span = readSpan({
    "gen_ai.operation.name": "create_agent",
    "koog.event.id": "a",
    system_instructions: '[{"type":"text","content":"You are terse."}]',
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "system", text: "You are terse." }]);
});
