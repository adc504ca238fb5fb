import { describe, expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

describe("the kind of a span", () => {
  test.each([
    [{ "traceloop.span.kind": "workflow" }, "CHAIN"],
    [{ "traceloop.span.kind": "task", "gen_ai.operation.name": "invoke_agent" }, "CHAIN"],
    [{ "traceloop.span.kind": "agent" }, "AGENT"],
    [{ "traceloop.span.kind": "tool" }, "TOOL"],
    [{ "llm.request.type": "acompletion" }, "LLM"],
    [{ "llm.request.type": "aembedding" }, "EMBEDDING"],
    [{ "llm.request.type": "rerank" }, "RERANKER"],
  ])("%j is %s", (attributes, kind) => {
    expect(readSpan(attributes).kind).toBe(kind);
  });
});

describe("what a decorated function was given and gave back", () => {
  const tool = (input: unknown) =>
    readSpan({ "traceloop.span.kind": "tool", "traceloop.entity.input": JSON.stringify(input) }).tool
      ?.arguments;
  test.each([
    [{ args: ["Paris"], kwargs: {} }, "Paris"],
    [{ args: [], kwargs: { city: "Paris" } }, { city: "Paris" }],
    [{ args: [1, 2], kwargs: {} }, [1, 2]],
    [{ args: [], kwargs: {} }, undefined],
    [
      { args: [1], kwargs: { city: "Paris" } },
      { args: [1], kwargs: { city: "Paris" } },
    ],
    [{ inputs: { q: "x" }, tags: [], kwargs: {} }, { q: "x" }],
    [{ city: "Paris" }, { city: "Paris" }],
  ])("%j", (sent, read) => {
    expect(tool(sent)).toEqual(read);
  });
});

test("association properties are who, in which session, and metadata", () => {
  const prefix = "traceloop.association.properties.";
  const span = readSpan({
    [`${prefix}session_id`]: "s",
    [`${prefix}user_id`]: 7,
    [`${prefix}tags`]: ["a", "b"],
    [`${prefix}plan`]: '{"tier":"pro"}',
  });
  expect([span.sessionId, span.userId, span.tags, span.metadata]).toEqual([
    "s",
    "7",
    ["a", "b"],
    { plan: { tier: "pro" } },
  ]);
});

test("gen_ai.prompt.name beside gen_ai.prompt.0 is a prompt's name and no message", () => {
  const span = readSpan({
    "gen_ai.prompt.name": "weather",
    "gen_ai.prompt.version": "3",
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "hi",
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  expect(span.promptTemplate).toEqual({ name: "weather", version: "3" });
});

test("a JSON list that is an answer stays text, one of parts is parts", () => {
  const content = (text: string) =>
    readSpan({ "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": text }).outputMessages;
  expect(content('[{"city":"Paris"}]').map(describeMessage)).toEqual([
    { role: "assistant", text: '[{"city":"Paris"}]' },
  ]);
  expect(content('[{"type":"text","text":"hi"}]').map(describeMessage)).toEqual([
    { role: "assistant", text: "hi" },
  ]);
});

test("a guardrail: what it looked at, and how it found it", () => {
  const span = readSpan({
    "gen_ai.guardrail.name": "toxicity",
    "gen_ai.guardrail.input": '{"text":"hi"}',
    "gen_ai.guardrail.status": "PASSED",
  });
  expect(span).toMatchObject({
    kind: "GUARDRAIL",
    displayName: "toxicity",
    input: { value: '{"text":"hi"}' },
    output: { value: "PASSED" },
  });
});

test("the names of 2023: prompts, completions and tokens under `llm.`", () => {
  const span = readSpan({
    "llm.request.type": "chat",
    "llm.vendor": "OpenAI",
    "llm.request.model": "gpt-4",
    "llm.prompts.0.role": "user",
    "llm.prompts.0.content": "hi",
    "llm.completions.0.content": "hello",
    "llm.completions.0.finish_reason": "stop",
    "llm.usage.prompt_tokens": 1,
    "llm.usage.completion_tokens": 2,
    "llm.usage.total_tokens": 3,
  });
  expect(span).toMatchObject({
    kind: "LLM",
    provider: "openai",
    requestModel: "gpt-4",
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    finishReasons: ["stop"],
  });
  expect([...span.inputMessages, ...span.outputMessages].map(describeMessage)).toEqual([
    { role: "user", text: "hi" },
    { role: "assistant", text: "hello", finishReason: "stop" },
  ]);
});
