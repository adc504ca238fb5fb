import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const SCOPE = { ...wireSpanFixture().scope, name: "livekit-agents" };
const read = (name: string, attributes: Attributes = {}) => readSpan(attributes, { name, scope: SCOPE });

describe("kind", () => {
  test.each([
    ["agent_turn", "AGENT"],
    ["assistant_turn", "AGENT"],
    ["update_agent", "CHAIN"],
    ["on_user_turn_completed", "UNKNOWN"],
    ["llm_node", "CHAIN"],
    ["llm_request", "LLM"],
    ["llm_request_run", "UNKNOWN"],
    ["tts_node", "UNKNOWN"],
    ["user_speaking", "UNKNOWN"],
    ["function_tool", "TOOL"],
    ["realtime_metrics", "LLM"],
  ])("%s is %s, also with a model", (name, kind) =>
    expect(read(name, { "gen_ai.request.model": "m" }).kind).toBe(kind),
  );

  test("a node of the application's own is the call where it says so", () => {
    expect(read("llm_node", { "gen_ai.operation.name": "chat" }).kind).toBe("LLM");
  });
});

test("the chat context, under its older name: text, images, calls, answers, handovers", () => {
  const items = [
    { type: "message", role: "developer", content: ["Be terse.", { type: "cache_breakpoint" }] },
    {
      type: "message",
      role: "user",
      content: ["What?", { type: "image_content", image: "https://a.test/i.png" }],
    },
    { type: "function_call", call_id: "c", name: "f", arguments: '{"a":1}' },
    { type: "function_call_output", call_id: "c", name: "f", output: "no", is_error: true },
    { type: "agent_handoff", new_agent_id: "b" },
  ];
  const span = read("llm_node", {
    "lk.chat_ctx": JSON.stringify({ items }),
    "lk.response.text": "Ok.",
    "lk.response.ttft": 0.031,
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "user", text: "What?", images: ["https://a.test/i.png"] },
    { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    { role: "tool", result: "no", callId: "c", name: "f" },
    { role: "system", other: [{ type: "raw", value: { type: "agent_handoff", new_agent_id: "b" } }] },
  ]);
  expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "Ok." }]);
  expect(span.timeToFirstTokenMs).toBe(31);
});

test("a turn: what was said, to whom, in which room", () => {
  const span = read("agent_turn", {
    "lk.pii.user_input": "hi",
    "lk.pii.instructions": "Be terse.",
    "lk.agent_name": "desk",
    "lk.pii.room_name": "room-1",
    "lk.pii.participant_identity": "u",
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "user", text: "hi" },
  ]);
  expect(span).toMatchObject({ agentName: "desk", sessionId: "room-1", userId: "u" });
});

test("a realtime model counts in its metrics", () => {
  const metrics = {
    request_id: "r",
    ttft: 0.5,
    input_tokens: 100,
    output_tokens: 50,
    total_tokens: 150,
    input_token_details: { audio_tokens: 80, cached_tokens: 20 },
    output_token_details: { audio_tokens: 40 },
    metadata: { model_name: "gpt-realtime", model_provider: "OpenAI" },
  };
  expect(read("realtime_metrics", { "lk.realtime_model_metrics": JSON.stringify(metrics) })).toMatchObject({
    provider: "openai",
    requestModel: "gpt-realtime",
    responseId: "r",
    usage: {
      inputTokens: 100,
      outputTokens: 50,
      totalTokens: 150,
      cacheReadTokens: 20,
      audioInputTokens: 80,
      audioOutputTokens: 40,
    },
  });
});

test("JavaScript's names: calls, their answers, instructions in two wordings, metrics in milliseconds", () => {
  const items = [
    {
      type: "message",
      role: "system",
      content: [{ type: "instructions", audio: "Say it.", text: "Write it." }],
    },
    { id: "item_1", type: "function_call", callId: "c", name: "f", args: '{"a":1}' },
    { id: "item_2", type: "function_call_output", callId: "c", name: "f", output: "no", isError: true },
  ];
  const metrics = {
    requestId: "r",
    ttftMs: 31.5,
    promptTokens: 100,
    completionTokens: 50,
    totalTokens: 150,
    promptCachedTokens: 20,
    metadata: { modelName: "m", modelProvider: "api.together.xyz" },
  };
  const span = read("llm_request", {
    "lk.pii.chat_ctx": JSON.stringify({ items }),
    "lk.llm_metrics": JSON.stringify(metrics),
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Write it." },
    { role: "assistant", toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }] },
    { role: "tool", result: "no", callId: "c", name: "f" },
  ]);
  expect(span).toMatchObject({
    provider: "together",
    requestModel: "m",
    responseId: "r",
    timeToFirstTokenMs: 31.5,
    usage: { inputTokens: 100, outputTokens: 50, totalTokens: 150, cacheReadTokens: 20 },
  });
});

test("what was heard, and what was said aloud", () => {
  const heard = read("user_turn", { "lk.user_transcript": "hi", "gen_ai.request.model": "nova-3" });
  expect(heard).toMatchObject({ kind: "UNKNOWN", output: { value: "hi" } });
  const spoken = read("tts_request", { "lk.pii.input_text": "hello", "gen_ai.request.model": "tts-1" });
  expect(spoken).toMatchObject({ kind: "UNKNOWN", input: { value: "hello" } });
});

test("a call that was recorded as what is new in its conversation says so", () => {
  const delta = { "lk.input.delta": true, "lk.input.base_span_id": "00f067aa0ba902b7" };
  expect(read("llm_request", delta).notes.map((note) => note.code)).toEqual(["partial_input"]);
  expect(read("llm_request").notes).toEqual([]);
});

test("a tool that failed", () => {
  const span = read("function_tool", {
    "lk.function_tool.name": "f",
    "lk.function_tool.output": "no such city",
    "lk.function_tool.is_error": true,
  });
  expect(span.error).toEqual({ message: "no such city" });
});

test("instructions told as a change too are told once; a change of its own is no message of anybody", () => {
  const system = { type: "message", role: "system", content: ["Be terse."] };
  const update = (instructions: string) => ({ id: "i", type: "agent_config_update", instructions });
  const said = (...items: object[]) =>
    read("llm_node", { "lk.chat_ctx": JSON.stringify({ items }) }).inputMessages.map(({ parts }) => parts);
  const instructed = [{ type: "text", text: "Be terse." }];
  expect(said(system, update("Be terse."))).toEqual([instructed]);
  const longer = { ...system, content: ["Be terse.\nGreet the guest."] };
  expect(said(longer, update("Be terse."))).toEqual([
    [{ type: "text", text: "Be terse.\nGreet the guest." }],
  ]);
  const other = update("Be kind.");
  expect(said(system, other)).toEqual([instructed, [{ type: "raw", value: other }]]);
});

test("a tool's answer that JavaScript's writes as JSON is the text that it is", () => {
  const items = [{ type: "function_call_output", callId: "c", name: "f", output: '"No such city."' }];
  const { inputMessages } = read("llm_node", { "lk.pii.chat_ctx": JSON.stringify({ items }) });
  expect(inputMessages.map(describeMessage)).toEqual([
    { role: "tool", callId: "c", name: "f", result: "No such city." },
  ]);
});
