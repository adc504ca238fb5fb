import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { describeMessage, describeSpan } from "../normalise/expectations.fixture.ts";
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

  test("Langfuse's exporter calls both generations; the one with a model is the call", () => {
    const scope = { ...SCOPE, name: "@mastra/langfuse" };
    const generation = { "mastra.span.type": "model_generation", "langfuse.observation.type": "generation" };
    const outer = readSpan(
      { ...generation, "langfuse.observation.output": '{"text":"a","toolCalls":[]}' },
      { scope },
    );
    expect(outer.kind).toBe("CHAIN");
    expect(outer.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "a" }]);
    const call = { "mastra.span.type": "model_inference", "langfuse.observation.type": "generation" };
    expect(readSpan({ ...call, "gen_ai.request.model": "m" }, { scope }).kind).toBe("LLM");
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

test("a step's whole request is what was asked", () => {
  const items = [
    { role: "user", content: "Weather?" },
    { type: "item_reference", id: "fc_1" },
    { type: "function_call_output", call_id: "c", output: "14" },
  ];
  const span = read("model_step", { input: JSON.stringify({ body: { model: "gpt-5", input: items } }) });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "user", text: "Weather?" },
    { role: "assistant", other: [{ type: "raw", value: { type: "item_reference", id: "fc_1" } }] },
    { role: "tool", result: "14", callId: "c" },
  ]);
});

describe("the telemetry of before version 1", () => {
  const method = (name: string, attributes: Attributes) =>
    readSpan({ componentName: "Desk", ...attributes }, { name });

  test("an agent's run: its question, answer, tokens, thread and user", () => {
    const span = method("agent.generate", {
      "agent.generate.argument.0": '[{"role":"user","content":"hi"}]',
      "agent.generate.argument.1": '{"memory":{"thread":{"id":"t"},"resource":"u"}}',
      "agent.generate.result":
        '{"text":"hello","finishReason":"stop","usage":{"inputTokens":3,"outputTokens":2,"cachedInputTokens":1}}',
    });
    expect(span).toMatchObject({
      kind: "AGENT",
      agentName: "Desk",
      sessionId: "t",
      userId: "u",
      finishReasons: ["stop"],
      usage: { inputTokens: 3, outputTokens: 2, cacheReadTokens: 1 },
    });
    expect([...span.inputMessages, ...span.outputMessages].map(describeMessage)).toEqual([
      { role: "user", text: "hi" },
      { role: "assistant", text: "hello" },
    ]);
  });

  test.each([
    ["agent.streamVNext", "AGENT"],
    ["agent.getMemoryTools", "UNKNOWN"],
    ["workflow.report.execute", "CHAIN"],
    ["workflow.report.step.fetch", "CHAIN"],
    ["mastra.getStorage", "UNKNOWN"],
  ])("%s is %s", (name, kind) => expect(method(name, {}).kind).toBe(kind));

  test("an application's own span of such a name is none of Mastra's", () => {
    expect(readSpan({ a: 1 }, { name: "agent.generate" }).dialects).toEqual([]);
  });

  test("a step: what it was given, without the machinery", () => {
    const span = method("workflow.report.step.fetch", {
      "workflow.report.step.fetch.argument.0": '{"runId":"r","inputData":{"city":"Bern"}}',
      "workflow.report.step.fetch.result": "[Not Serializable]",
    });
    expect(span.input?.value).toBe('{"city":"Bern"}');
    expect(span.output).toBeUndefined();
  });

  test("a step that called a model is that call, and one that got no answer is not", () => {
    const name = "workflow.executionWorkflow.step.llm-execution";
    const result = {
      stepResult: { reason: "tool-calls" },
      metadata: {
        id: "chatcmpl-1",
        modelId: "gpt-4o-2024-08-06",
        modelMetadata: { modelId: "gpt-4o", modelProvider: "openai.chat" },
        request: {
          body: {
            model: "gpt-4o",
            temperature: 0,
            messages: [{ role: "user", content: "hi" }],
            tools: [{ type: "function", function: { name: "f" } }],
          },
        },
      },
      output: {
        text: "",
        toolCalls: [{ toolCallId: "c", toolName: "f", args: { a: 1 } }],
        usage: { inputTokens: 3, outputTokens: 2 },
      },
    };
    const call = method(name, { [`${name}.result`]: JSON.stringify(result) });
    expect(call).toMatchObject({
      kind: "LLM",
      provider: "openai",
      requestModel: "gpt-4o",
      responseModel: "gpt-4o-2024-08-06",
      responseId: "chatcmpl-1",
      finishReasons: ["tool_calls"],
      invocationParameters: { temperature: 0 },
      tools: [{ name: "f" }],
      usage: { inputTokens: 3, outputTokens: 2 },
    });
    expect([...call.inputMessages, ...call.outputMessages].map(describeMessage)).toEqual([
      { role: "user", text: "hi" },
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    ]);
    const failed = method(name, { [`${name}.result`]: '{"output":{"usage":{}}}' });
    expect(failed.kind).toBe("CHAIN");
  });

  test("its own calls of a model, and of tools", () => {
    const call = readSpan({
      "mastra.operationId": "mastra.stream",
      "aisdk.model.provider": "openai.chat",
      "aisdk.model.id": "gpt-4o",
      "stream.settings.temperature": 0.3,
      "stream.settings.maxRetries": 2,
      "stream.prompt.messages": '[{"role":"user","content":[{"type":"text","text":"hi"}]}]',
      "stream.response.text": "",
      "stream.response.toolCalls": '[{"type":"tool-call","toolCallId":"c","toolName":"f","args":{"a":1}}]',
      "stream.response.finishReason": "tool-calls",
      "stream.usage.inputTokens": 3,
      "stream.usage.reasoningTokens": 1,
      "stream.telemetry.metadata.userId": "u",
    });
    expect(call).toMatchObject({
      kind: "LLM",
      provider: "openai",
      requestModel: "gpt-4o",
      userId: "u",
      finishReasons: ["tool_calls"],
      invocationParameters: { temperature: 0.3 },
      usage: { inputTokens: 3, reasoningTokens: 1 },
    });
    expect(call.outputMessages.map(describeMessage)).toEqual([
      { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    ]);
    const inner = readSpan({
      "mastra.operationId": "mastra.stream.aisdk.doStream",
      "stream.prompt.tools": ['{"type":"function","name":"f"}'],
    });
    expect([inner.kind, inner.tools.map((tool) => tool.name)]).toEqual(["CHAIN", ["f"]]);
    const tool = readSpan({
      "mastra.operationId": "mastra.stream.toolCall",
      "stream.toolCall.toolName": "f",
      "stream.toolCall.toolCallId": "c",
      "stream.toolCall.args": '{"a":1}',
      "stream.toolCall.result": '{"b":2}',
    });
    expect(tool).toMatchObject({
      kind: "TOOL",
      tool: { name: "f", callId: "c", arguments: { a: 1 }, result: { b: 2 } },
    });
  });
});

test("a call that ended in an error failed, though its span did not", () => {
  const call = { "gen_ai.request.model": "m", "gen_ai.response.finish_reasons": '["error"]' };
  expect(read("model_generation", call).hasFailed).toBe(true);
  expect(read("agent_run", call).hasFailed).toBeUndefined();
});

test("a run that a processor stopped says why", () => {
  const output = JSON.stringify({ tripwire: { reason: "Not allowed", processorId: "guard" } });
  const span = read("agent_run", { "mastra.agent_run.input": "Hi", "mastra.agent_run.output": output });
  expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "Not allowed" }]);
});

test("a run that waits for a person's approval names the call, and makes none", () => {
  const waiting = { status: "suspended", reason: "tool-call-approval", toolName: "book", toolCallId: "c1" };
  const span = read("agent_run", {
    "mastra.agent_run.input": "Book it.",
    "mastra.agent_run.output": JSON.stringify(waiting),
  });
  expect(span.outputMessages).toEqual([]);
  expect(describeSpan(span)["outputPreview"]).toBe(JSON.stringify(waiting));
});

test("a tool that the application's browser calls has its name on the span, and its arguments in the metadata", () => {
  const span = readSpan(
    { "mastra.span.type": "client_tool_call", "mastra.metadata.args": '{"city":"Lyon"}' },
    { scope: SCOPE, name: "client_tool_call show_map" },
  );
  expect([span.kind, span.tool, span.metadata]).toEqual([
    "TOOL",
    { name: "show_map", arguments: { city: "Lyon" } },
    undefined,
  ]);
});
