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
