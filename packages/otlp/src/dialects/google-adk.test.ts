import { expect, test } from "vitest";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import type { Attributes } from "@nightowl/model/span/attributes";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const SCOPE = { ...wireSpanFixture().scope, name: "gcp.vertex.agent" };
const read = (name: string, attributes: Attributes = {}) => readSpan(attributes, { name, scope: SCOPE });

test.each([
  ["call_llm", "LLM"],
  ["generate_content gemini-2.5-flash", "LLM"],
  ["execute_tool f", "TOOL"],
  ["agent_run [weather_agent]", "AGENT"],
  ["invoke_agent weather_agent", "AGENT"],
  ["invocation", "CHAIN"],
  ["execute_tool (merged)", "UNKNOWN"],
])("%s is %s", (name, kind) =>
  expect(read(name, { "gen_ai.operation.name": "execute_tool" }).kind).toBe(kind),
);

test("Python's snake_case: instructions, thoughts, calls, usage", () => {
  const request = {
    model: "openai/gpt-4o",
    config: {
      system_instruction: "s",
      max_output_tokens: 7,
      tools: [{ function_declarations: [{ name: "f" }] }],
    },
    contents: [{ role: "user", parts: [{ text: "hi" }] }],
  };
  const response = {
    content: {
      role: "model",
      parts: [{ text: "hm", thought: true }, { function_call: { id: "c", name: "f", args: { a: 1 } } }],
    },
    finish_reason: "STOP",
    usage_metadata: {
      prompt_token_count: 10,
      tool_use_prompt_token_count: 5,
      candidates_token_count: 3,
      thoughts_token_count: 4,
      total_token_count: 22,
    },
  };
  const span = read("call_llm", {
    "gen_ai.system": "gcp.vertex.agent",
    "gcp.vertex.agent.llm_request": JSON.stringify(request),
    "gcp.vertex.agent.llm_response": JSON.stringify(response),
  });
  expect(span).toMatchObject({
    provider: "openai",
    requestModel: "openai/gpt-4o",
    invocationParameters: { max_tokens: 7 },
    tools: [{ name: "f" }],
    finishReasons: ["stop"],
    usage: { inputTokens: 15, outputTokens: 7, totalTokens: 22, reasoningTokens: 4 },
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "s" },
    { role: "user", text: "hi" },
  ]);
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", reasoning: "hm", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
  ]);
});

test("what Python writes where it knows nothing is nothing: the name of the tool is the span's", () => {
  const span = read("execute_tool f", {
    "gen_ai.tool.call.id": "<not specified>",
    "gcp.vertex.agent.tool_call_args": "N/A",
    "gcp.vertex.agent.tool_response": "<not serializable>",
    "gcp.vertex.agent.llm_request": "{}",
  });
  expect(span.tool).toEqual({ name: "f" });
});

test("an error that the model's service answered", () => {
  const response = { error_code: "RESOURCE_EXHAUSTED", error_message: "slow down" };
  expect(read("call_llm", { "gcp.vertex.agent.llm_response": JSON.stringify(response) }).error).toEqual({
    type: "RESOURCE_EXHAUSTED",
    message: "slow down",
  });
});

test("an answer that was streamed is told once", () => {
  const said = (...texts: string[]) =>
    read("generate_content gemini-2.5-flash", {
      "gen_ai.output.messages": JSON.stringify(
        texts.map((content) => ({ role: "model", parts: [{ type: "text", content }] })),
      ),
    }).outputMessages.map(describeMessage);
  expect(said("It is ", "14 °C.", "It is 14 °C.")).toEqual([{ role: "assistant", text: "It is 14 °C." }]);
  expect(said("It is ", "14 °C.")).toHaveLength(2);
});

test("Java's tools, and their answers in a span of their own", () => {
  const scope = {
    name: "gcp.vertex.agent",
    version: "",
    attributes: {},
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
  const call = readSpan(
    { "gcp.vertex.agent.tool_call_args": '{"city":"Zürich"}', "gen_ai.tool_call.id": "adk-1" },
    { scope, name: "tool_call [getWeather]" },
  );
  expect(call).toMatchObject({
    kind: "TOOL",
    tool: { name: "getWeather", callId: "adk-1", arguments: { city: "Zürich" } },
  });
  const answer = readSpan(
    { "gcp.vertex.agent.tool_response": '{"tempC":14}' },
    { scope, name: "tool_response [getWeather]" },
  );
  expect(answer.kind).toBe("UNKNOWN");
  const node = readSpan(
    { "gen_ai.operation.name": "invoke_node", "gen_ai.node.name": "router" },
    { scope, name: "invoke_node router" },
  );
  expect(node).toMatchObject({ kind: "CHAIN", graphNode: { id: "router", name: "router" } });
});

test("a run as OpenInference tells it is what was asked and answered", () => {
  const scope = { ...SCOPE, name: "openinference.instrumentation.google_adk" };
  const asked = { user_id: "ada", new_message: { parts: [{ text: "Rain?" }], role: "user" } };
  const answered = { content: { parts: [{ text: "Yes." }], role: "model" }, actions: {} };
  const attributes = {
    "openinference.span.kind": "CHAIN",
    "input.value": JSON.stringify(asked),
    "output.value": JSON.stringify(answered),
  };
  const span = readSpan(attributes, { name: "invocation [app]", scope });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "Rain?" }]);
  expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "Yes." }]);
});

test("the event of a run that failed is no answer", () => {
  const scope = { ...SCOPE, name: "openinference.instrumentation.google_adk" };
  const event = JSON.stringify({ error_code: "RuntimeError", error_message: "busy", actions: {} });
  const outputOf = (value: string) =>
    readSpan({ "output.value": value }, { name: "invocation [app]", scope }).output;
  expect(outputOf(event)).toBeUndefined();
  expect(outputOf('{"content":{"parts":[]}}')).toBeDefined();
});

test("a tool whose error was answered in its place failed for what the answer says", () => {
  const threw = { "error.type": "TOOL_ERROR", "gen_ai.tool.call.result": '{"error":"no such city"}' };
  const failed = readSpan(threw, {
    name: "execute_tool f",
    scope: SCOPE,
    statusCode: "ERROR",
    statusMessage: "TOOL_ERROR",
  });
  expect(failed.error).toEqual({ type: "TOOL_ERROR", message: "no such city" });
});
