import { expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const read = (attributes: Attributes) => readSpan({ "sentry.op": "gen_ai", ...attributes });

test("a call in the older names: request, tools, and the answers' texts in one list", () => {
  const span = read({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.messages": '[{"role":"user","content":"hi"}]',
    "gen_ai.request.available_tools": '[{"type":"function","function":{"name":"f"}}]',
    "gen_ai.request.temperature": 0.3,
    "gen_ai.response.text": '["hello"]',
    "gen_ai.response.streaming": true,
  });
  expect([...span.inputMessages, ...span.outputMessages].map(describeMessage)).toEqual([
    { role: "user", text: "hi" },
    { role: "assistant", text: "hello" },
  ]);
  expect(span.tools.map((tool) => tool.name)).toEqual(["f"]);
  expect(span).toMatchObject({ streaming: true, invocationParameters: { temperature: 0.3 } });
});

test("an answer of nothing but calls, and one of an Anthropic shape", () => {
  const called = (calls: unknown) =>
    read({
      "gen_ai.operation.name": "chat",
      "gen_ai.response.text": '[""]',
      "gen_ai.response.tool_calls": JSON.stringify(calls),
    }).outputMessages.map(describeMessage);
  const expected = [{ role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] }];
  expect(called([{ id: "c", type: "function", function: { name: "f", arguments: '{"a":1}' } }])).toEqual(
    expected,
  );
  expect(called([{ type: "tool_use", id: "c", name: "f", input: { a: 1 } }])).toEqual(expected);
});

test("a tool", () => {
  const span = read({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "f",
    "gen_ai.tool.input": '{"a":1}',
    "gen_ai.tool.output": '{"b":2}',
  });
  expect(span).toMatchObject({ kind: "TOOL", tool: { name: "f", arguments: { a: 1 }, result: { b: 2 } } });
});

test("a graph's answer is all messages that it added, with the calls at the one that tools answered", () => {
  const calls = '[{"name":"f","args":{"a":1},"type":"tool_call","id":"c"}]';
  const said = (text: string) =>
    read({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.response.text": text,
      "gen_ai.response.tool_calls": calls,
    }).outputMessages.map(describeMessage);
  const toolCalls = [{ id: "c", name: "f", arguments: { a: 1 } }];
  expect(
    said(
      '[{"role":"assistant","content":"I look."},{"role":"tool","content":"no"},{"role":"assistant","content":"No."}]',
    ),
  ).toEqual([
    { role: "assistant", text: "I look.", toolCalls },
    { role: "tool", result: "no" },
    { role: "assistant", text: "No." },
  ]);
  expect(said('[{"role":"assistant","content":""}]')).toEqual([{ role: "assistant", toolCalls }]);
});

test("why an answer ended, where only Sentry's own name says it", () => {
  expect(read({ "gen_ai.response.stop_reason": "tool_use" }).finishReasons).toEqual(["tool_calls"]);
});
