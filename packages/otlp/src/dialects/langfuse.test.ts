import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readAnnotations } from "../normalise/read-annotations.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const read = (type: string, attributes: Attributes = {}) =>
  readSpan({ "langfuse.observation.type": type, ...attributes });

const usageOf = (details: object) =>
  read("generation", { "langfuse.observation.usage_details": JSON.stringify(details) }).usage;

test.each([
  ["generation", "LLM"],
  ["GENERATION", "LLM"],
  ["agent", "AGENT"],
  ["tool", "TOOL"],
  ["retriever", "RETRIEVER"],
  ["guardrail", "GUARDRAIL"],
  ["evaluator", "EVALUATOR"],
  ["span", "UNKNOWN"],
  ["event", "UNKNOWN"],
])("%s is %s", (type, kind) => expect(read(type).kind).toBe(kind));

test("LangGraph's own run, and what runs in it, is a chain", () => {
  const kindOf = (key: string, value: string) =>
    read("span", { [`langfuse.observation.metadata.${key}`]: value }).kind;
  expect(kindOf("ls_integration", "langgraph")).toBe("CHAIN");
  expect(kindOf("langgraph_node", "write")).toBe("CHAIN");
  expect(kindOf("ls_integration", "other")).toBe("UNKNOWN");
});

test("a span with a model is a generation: Python's SDK said so until 3.3", () => {
  const span = read("span", {
    "langfuse.observation.model.name": "gpt-4o",
    "langfuse.observation.input": '[{"role":"user","content":"hi"}]',
  });
  expect(span.kind).toBe("LLM");
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
});

describe("usage", () => {
  test.each([
    [
      "buckets that do not overlap, as the total says",
      { input: 193, output: 38, input_cached_tokens: 1024, total: 1255 },
      { inputTokens: 1217, outputTokens: 38, totalTokens: 1255, cacheReadTokens: 1024 },
    ],
    [
      "a whole and its parts, as the total says",
      { input: 1217, output: 38, input_cached_tokens: 1024, output_reasoning_tokens: 16, total: 1255 },
      {
        inputTokens: 1217,
        outputTokens: 38,
        totalTokens: 1255,
        cacheReadTokens: 1024,
        reasoningTokens: 16,
      },
    ],
    [
      "the cache beside the input and the reasoning inside the output, as the total says",
      { input: 193, output: 38, input_cached_tokens: 1024, output_reasoning_tokens: 16, total: 1255 },
      {
        inputTokens: 1217,
        outputTokens: 38,
        totalTokens: 1255,
        cacheReadTokens: 1024,
        reasoningTokens: 16,
      },
    ],
    [
      "Anthropic's, without a total",
      { input: 193, output: 54, cache_read_input_tokens: 1024, cache_creation_input_tokens: 256 },
      { inputTokens: 1473, outputTokens: 54, cacheReadTokens: 1024, cacheWriteTokens: 256 },
    ],
    [
      "OpenAI's names, without a total",
      {
        prompt_tokens: 1217,
        completion_tokens: 38,
        prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 16 },
      },
      {
        inputTokens: 1217,
        outputTokens: 38,
        cacheReadTokens: 1024,
        audioInputTokens: 0,
        reasoningTokens: 16,
      },
    ],
    [
      "OpenAI's names, and a total that says neither",
      {
        prompt_tokens: 1217,
        completion_tokens: 0,
        total_tokens: 1255,
        prompt_tokens_details: { cached_tokens: 1024 },
      },
      { inputTokens: 1217, outputTokens: 0, totalTokens: 1255, cacheReadTokens: 1024 },
    ],
    ["nothing but a total", { total: 7 }, { totalTokens: 7 }],
    [
      "other buckets",
      { input: 1, input_text: 2, images: 3 },
      { inputTokens: 3, other: { input_text: 2, images: 3 } },
    ],
  ])("%s", (_name, details, usage) => expect(usageOf(details)).toEqual(usage));
});

test("cost is reported, by bucket or as a total; zero without tokens is none", () => {
  const costOf = (details: object) =>
    read("generation", { "langfuse.observation.cost_details": JSON.stringify(details) }).cost;
  expect(costOf({ input: 1, input_cached_tokens: 0.5, output: 2 })).toEqual({
    source: "reported",
    costUsd: 3.5,
    inputCostUsd: 1.5,
    outputCostUsd: 2,
  });
  expect(costOf({ total: 3 })).toEqual({ source: "reported", costUsd: 3 });
  expect(costOf({ input: 0, output: 0, total: 0 })).toBeUndefined();
});

test("the wrapper of OpenAI's client: messages and tools in, a message out", () => {
  const span = read("generation", {
    "langfuse.observation.input": JSON.stringify({
      messages: [{ role: "user", content: "hi" }],
      tools: [{ type: "function", function: { name: "f" } }],
    }),
    "langfuse.observation.output": JSON.stringify({
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }],
    }),
    "langfuse.observation.model.parameters": '{"temperature":0.2,"maxTokens":7}',
    "langfuse.observation.completion_start_time": '"2025-11-21T04:40:00.010Z"',
    "langfuse.observation.prompt.name": "greet",
    "langfuse.observation.prompt.version": 3,
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: {} }] },
  ]);
  expect(span).toMatchObject({
    invocationParameters: { temperature: 0.2, max_tokens: 7 },
    timeToFirstTokenMs: 10,
    promptTemplate: { name: "greet", version: "3" },
    tools: [{ name: "f" }],
  });
});

test("an error is one without a status", () => {
  const level = { "langfuse.observation.level": "ERROR", "langfuse.observation.status_message": "no" };
  expect(read("generation", level).error).toEqual({ message: "no" });
  const warning = { ...level, "langfuse.observation.level": "WARNING" };
  expect(read("generation", warning).error).toBeUndefined();
});

test("the trace: its name on the span that stands for it, its session, user, tags, metadata, environment", () => {
  const attributes = {
    "langfuse.trace.name": "chat",
    "langfuse.internal.as_root": true,
    "langfuse.session.id": "s",
    "langfuse.user.id": "u",
    "langfuse.trace.tags": ["a"],
    "langfuse.trace.metadata.tenant": "acme",
    "langfuse.trace.metadata.nested": '{"a":1}',
    "langfuse.observation.metadata": "bare",
  };
  const resource = { ...wireSpanFixture().resource, attributes: { "langfuse.environment": "staging" } };
  const span = readSpan(attributes, { parentSpanId: "00f067aa0ba902b7", resource });
  expect(span).toMatchObject({
    displayName: "chat",
    sessionId: "s",
    userId: "u",
    tags: ["a"],
    metadata: { tenant: "acme", nested: { a: 1 }, metadata: "bare" },
    environment: "staging",
  });
});

test("a tool's and a retriever's input and output", () => {
  const tool = readSpan(
    {
      "langfuse.observation.type": "tool",
      "langfuse.observation.input": '{"city":"Paris"}',
      "langfuse.observation.output": "rain",
    },
    { name: "get_weather" },
  );
  expect(tool.tool).toEqual({ name: "get_weather", arguments: { city: "Paris" }, result: "rain" });
  const retriever = read("retriever", {
    "langfuse.observation.input": '{"query":"rain"}',
    "langfuse.observation.output": '[{"pageContent":"wet","metadata":{"source":"a"}}]',
  });
  expect(retriever).toMatchObject({
    query: "rain",
    documents: [{ text: "wet", metadata: { source: "a" }, rank: 1 }],
  });
});

test("embeddings that are called a generation", () => {
  const attributes = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "text-embedding-3-small",
    "langfuse.observation.input": '["a","b"]',
  };
  expect(readSpan(attributes)).toMatchObject({
    kind: "EMBEDDING",
    embeddings: [{ text: "a" }, { text: "b" }],
  });
  expect(readSpan({ ...attributes, "langfuse.observation.output": "hello" }).kind).toBe("LLM");
  expect(readSpan({ ...attributes, "langfuse.observation.model.name": "gpt-4o" }).kind).toBe("LLM");
});

test("of a call that failed, the model is the one that was asked for", () => {
  const failed = { "langfuse.observation.level": "ERROR", "langfuse.observation.model.name": "gpt-4o" };
  expect(read("generation", failed)).toMatchObject({ requestModel: "gpt-4o", responseModel: undefined });
  expect(read("span", failed).error).toEqual({ message: "It failed; no message was sent." });
  const said = { ...failed, "langfuse.observation.output": "It is" };
  expect(read("generation", said)).toMatchObject({ requestModel: undefined, responseModel: "gpt-4o" });
});

test("an experiment's evaluator judges the run of its item, which says what was expected", () => {
  const evaluator = read("evaluator", {
    "langfuse.experiment.item.root_observation_id": "59e3a1b2c3d4e5f6",
    "langfuse.observation.output":
      '[{"name": "length", "value": 50, "comment": "letters"}, {"name": "fits", "value": true}, {"name": "tone", "value": "dry"}, {}]',
  });
  const target = { kind: "span", spanId: "59e3a1b2c3d4e5f6" };
  expect(readAnnotations(evaluator)).toMatchObject([
    { target, name: "length", result: { label: null, score: 50, explanation: "letters" } },
    { target, name: "fits", result: { score: 1 } },
    { target, name: "tone", result: { label: "dry", score: null } },
  ]);
  const item = read("span", { "langfuse.experiment.item.expected_output": '"yes"' });
  expect(item.metadata).toEqual({ expected_output: "yes" });
});
