import type { Attributes } from "@nightowl/model/span/attributes";
import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan, wireSpan } from "../normalise/wire-span.fixture.ts";

const read = (name: string, attributes: Attributes) =>
  readSpan(attributes, { name, scope: { ...wireSpan({}).scope, name: "pipecat" } });

test("a call: messages and tools as JSON, and seconds to the first byte", () => {
  const span = read("llm", {
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.operation.name": "chat",
    stream: true,
    input: '[{"role":"user","content":"hi"}]',
    output: "hello",
    tools: '[{"type":"function","function":{"name":"f"}}]',
    "metrics.ttfb": 0.031,
    "gen_ai.usage.input_tokens": 3,
  });
  expect(span).toMatchObject({
    kind: "LLM",
    provider: "openai",
    requestModel: "gpt-4o",
    streaming: true,
    timeToFirstTokenMs: 31,
    usage: { inputTokens: 3 },
  });
  expect(span.tools.map((tool) => tool.name)).toEqual(["f"]);
  expect([...span.inputMessages, ...span.outputMessages].map(describeMessage)).toEqual([
    { role: "user", text: "hi" },
    { role: "assistant", text: "hello" },
  ]);
});

test("hearing and speaking are no calls of a language model", () => {
  const heard = read("stt", {
    "gen_ai.request.model": "nova-3",
    "gen_ai.operation.name": "stt",
    transcript: "hi",
  });
  expect(heard).toMatchObject({ kind: "UNKNOWN", output: { value: "hi" } });
  expect(read("tts", { "gen_ai.request.model": "sonic", text: "hello" })).toMatchObject({
    kind: "UNKNOWN",
    input: { value: "hello" },
  });
});

test("conversation, turn and tool", () => {
  expect(read("conversation", { "conversation.id": "c" })).toMatchObject({ kind: "AGENT", sessionId: "c" });
  expect(read("turn", { "turn.number": 1 }).kind).toBe("CHAIN");
  const tool = read("llm_tool_call", {
    "gen_ai.operation.name": "llm_tool_call",
    "tool.function_name": "f",
    "tool.call_id": "1",
    "tool.arguments": '{"a":1}',
    "tool.result": '{"b":2}',
  });
  expect(tool).toMatchObject({
    kind: "TOOL",
    tool: { name: "f", callId: "1", arguments: { a: 1 }, result: { b: 2 } },
  });
});
