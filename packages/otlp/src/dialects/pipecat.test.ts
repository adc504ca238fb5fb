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

test("instructions of the service come before the context's own, and the same ones are not said twice", () => {
  const system = "Be terse.";
  const spoken = read("llm", {
    "gen_ai.operation.name": "chat",
    "gen_ai.system_instructions": system,
    input: '[{"role":"developer","content":"The user is Ada."},{"role":"user","content":"hi"}]',
    "gen_ai.request.top_k": "NOT_GIVEN",
  });
  expect(spoken.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: system },
    { role: "system", text: "The user is Ada." },
    { role: "user", text: "hi" },
  ]);
  expect(spoken.invocationParameters).toBeUndefined();
  const same = read("llm", { system, input: '[{"role":"system","content":"Be terse."}]' });
  expect(same.inputMessages.map(describeMessage)).toEqual([{ role: "system", text: system }]);
});

test("a model that hears and speaks: what it was given and what it answered, in older names too", () => {
  const asked = read("llm_request", {
    "gen_ai.operation.name": "llm_request",
    input: '[{"role":"user","content":"hi"}]',
  });
  expect(asked.kind).toBe("CHAIN");
  expect(asked.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  const answered = read("llm_response", {
    "gen_ai.operation.name": "llm_response",
    "tokens.prompt": 100,
    "tokens.completion": 50,
    "tokens.total": 150,
    "response.id": "resp_1",
    "response.status": "completed",
    "function_calls.all_names": "f,g",
    "metrics.ttfb": 0.5,
  });
  expect(answered).toMatchObject({
    kind: "LLM",
    responseId: "resp_1",
    finishReasons: ["tool_calls"],
    usage: { inputTokens: 100, outputTokens: 50, totalTokens: 150 },
  });
  expect(answered.timeToFirstTokenMs).toBeUndefined();
  expect(answered.outputMessages.map(describeMessage)).toEqual([
    {
      role: "assistant",
      toolCalls: [
        { name: "f", arguments: {} },
        { name: "g", arguments: {} },
      ],
    },
  ]);
  const setup = read("llm_setup", { "tools.names": "f", "tools.definitions": '[{"name":"f"},{"name":"g"}]' });
  expect(setup.tools.map((tool) => tool.name)).toEqual(["f", "g"]);
});

test("Anthropic's input is told without its cache, however large it is", () => {
  const span = read("llm", {
    "gen_ai.provider.name": "anthropic",
    "gen_ai.usage.input_tokens": 5000,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 1024,
    "gen_ai.usage.cache_creation.input_tokens": 256,
  });
  expect(span.usage).toEqual({
    inputTokens: 6280,
    outputTokens: 7,
    cacheReadTokens: 1024,
    cacheWriteTokens: 256,
  });
});

test("a tool's answer that says it failed", () => {
  const span = read("llm_tool_result", {
    "gen_ai.operation.name": "llm_tool_result",
    "tool.result": '{"error":"no such city"}',
    "tool.result_status": "error",
  });
  expect(span.error).toEqual({ message: '{"error":"no such city"}' });
});
