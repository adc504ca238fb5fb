import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const SCOPE = { ...wireSpanFixture().scope, name: "@mastra/otel-exporter" };
const read = (type: string, attributes: Attributes = {}) =>
  readSpan({ "mastra.span.type": type, ...attributes }, { scope: SCOPE });

describe("kind", () => {
  test.each([
    ["agent_run", "AGENT"],
    ["workflow_conditional_eval", "CHAIN"],
    ["model_step", "CHAIN"],
    ["model_inference", "LLM"],
    ["mcp_tool_call", "TOOL"],
    ["rag_embedding", "EMBEDDING"],
    ["scorer_run", "EVALUATOR"],
  ])("%s is %s", (type, kind) => expect(read(type).kind).toBe(kind));

  test("the span that carries the call's tokens is the call, whatever Arize's exporter says", () => {
    const openinference = { "openinference.span.kind": "CHAIN", "llm.token_count.prompt": 7 };
    expect(read("model_inference", openinference).kind).toBe("LLM");
    const generation = { "openinference.span.kind": "LLM", "mastra.model_generation.output": '{"text":"a"}' };
    expect(read("model_generation", generation).kind).toBe("CHAIN");
    expect(read("model_generation", { "gen_ai.request.model": "m" }).kind).toBe("LLM");
    expect(read("model_inference", { "mastra.model_inference.output": '{"text":"a"}' }).kind).toBe("CHAIN");
  });

  test("a chunk is none, though it has a model and Arize's exporter calls it a call", () => {
    const chunk = { "openinference.span.kind": "LLM", "llm.model_name": "m", "output.value": "a" };
    expect(read("model_chunk", chunk).kind).toBe("UNKNOWN");
  });
});

test("the first exporter's own names", () => {
  const span = read("model_generation", {
    "gen_ai.operation.name": "tool_selection",
    "gen_ai.request.model": "gpt-4o",
    input: '{"messages":[{"role":"user","content":"hi"}]}',
    output: '{"text":"","toolCalls":[{"payload":{"toolCallId":"c","toolName":"f","args":{"a":1}}}]}',
    threadId: "t-1",
    resourceId: "u-1",
    runId: "r-1",
  });
  expect(span).toMatchObject({
    kind: "LLM",
    requestModel: "gpt-4o",
    sessionId: "t-1",
    userId: "u-1",
    metadata: { runId: "r-1", resourceId: "u-1" },
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
  ]);
});

test("an answer's reasoning, files and object", () => {
  const output = {
    reasoning: [{ type: "reasoning", payload: { text: "hm" } }],
    text: "a",
    files: [{ type: "file", payload: { mimeType: "image/png", data: "iVBO" } }],
  };
  const span = read("agent_run", { "mastra.agent_run.output": JSON.stringify(output) });
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", text: "a", reasoning: "hm", images: ["data:image/png;base64,iVBO"] },
  ]);
  const object = read("agent_run", { "mastra.agent_run.output": '{"text":"","object":{"a":1}}' });
  expect(object.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: '{"a":1}' }]);
});
