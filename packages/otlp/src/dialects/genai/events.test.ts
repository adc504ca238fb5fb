import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import type { Span, SpanEvent } from "@nightowl/model/span/span";
import { describeMessage } from "../../normalise/expectations.fixture.ts";
import { readSpan } from "../../normalise/wire-span.fixture.ts";

function event(name: string, attributes: Attributes): SpanEvent {
  return { name, timeNs: "1763700000050000000", attributes, droppedAttributesCount: 0 };
}

function details(attributes: Attributes): SpanEvent {
  return event("gen_ai.client.inference.operation.details", attributes);
}

describe("messages in events, of a span or from log records", () => {
  const TOOL_CALL = [{ id: "c1", type: "function", function: { name: "look", arguments: '{"at":"sky"}' } }];

  test("an event a role, in the order sent", () => {
    const span = readSpan(
      { "gen_ai.operation.name": "chat" },
      {
        events: [
          event("gen_ai.system.message", { content: "Be brief." }),
          event("gen_ai.user.message", { content: "Look." }),
          event("gen_ai.assistant.message", { tool_calls: JSON.stringify(TOOL_CALL) }),
          event("gen_ai.tool.message", { id: "c1", content: '{"stars":3}' }),
          event("gen_ai.choice", { index: 0, finish_reason: "stop", message: '{"content":"Three."}' }),
        ],
      },
    );
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "system", text: "Be brief." },
      { role: "user", text: "Look." },
      { role: "assistant", toolCalls: [{ id: "c1", name: "look", arguments: { at: "sky" } }] },
      { role: "tool", result: { stars: 3 }, callId: "c1" },
    ]);
    expect(span.outputMessages.map(describeMessage)).toEqual([
      { role: "assistant", text: "Three.", finishReason: "stop" },
    ]);
  });

  test.each([
    ["Azure's JSON in one attribute", { "gen_ai.event.content": '{"role":"user","content":"hi"}' }],
    ["JSON text as a log's body", { body: '{"role":"user","content":"hi"}' }],
    ["text as a log's body", { body: "hi" }],
    ["Gemini's content", { content: { role: "user", parts: [{ text: "hi" }] } }],
    ["Bedrock's blocks as JSON text", { content: '[{"text":"hi"}]' }],
    ["parts", { role: "user", parts: [{ type: "text", content: "hi" }] }],
  ])("%s", (_what, attributes) => {
    const span = readSpan({}, { events: [event("gen_ai.user.message", attributes as Attributes)] });
    expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  });

  test("two details events of one call make one conversation, and tell what the span does not", () => {
    const span = readSpan(
      { "gen_ai.request.model": "m" },
      {
        events: [
          details({ "gen_ai.input.messages": '[{"role":"user","content":"hi"}]' }),
          details({
            "gen_ai.output.messages": '[{"role":"assistant","content":"Hoo."}]',
            "gen_ai.response.id": "r1",
            "gen_ai.request.model": "not this",
          }),
        ],
      },
    );
    expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
    expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "Hoo." }]);
    expect([span.requestModel, span.responseId]).toEqual(["m", "r1"]);
    // What came in an event is no attribute of the span.
    expect(span.claimedKeys).toEqual(["gen_ai.request.model"]);
  });

  test("on a tool's span they are what it was given and what it answered", () => {
    const span = readSpan(
      { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look" },
      {
        events: [
          event("gen_ai.tool.message", { id: "c1", content: '{"at":"sky"}' }),
          event("gen_ai.choice", { message: "Three." }),
        ],
      },
    );
    expect(span.tool).toEqual({ name: "look", arguments: { at: "sky" }, result: "Three." });
    expect(span.inputMessages).toEqual([]);
  });

  test("attributes win over events, events over flattened prompts", () => {
    const events = [event("gen_ai.user.message", { content: "event" })];
    const flat = { "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "flat" };
    const whole = { "gen_ai.input.messages": '[{"role":"user","content":"attribute"}]' };
    const said = (span: Span) => span.inputMessages.map((message) => describeMessage(message).text);
    expect(said(readSpan({ ...flat, ...whole }, { events }))).toEqual(["attribute"]);
    expect(said(readSpan(flat, { events }))).toEqual(["event"]);
    expect(said(readSpan(flat))).toEqual(["flat"]);
  });

  test("a conversation that is bare text is one message", () => {
    const span = readSpan({ "gen_ai.operation.name": "chat", "gen_ai.input.messages": "hi" });
    expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
    expect(span.notes).toEqual([]);
  });

  test("an exception that came as a log record is the span's error", () => {
    const exception = { "exception.type": "RateLimitError", "exception.message": "slow down" };
    const span = readSpan({}, { events: [event("gen_ai.client.operation.exception", exception)] });
    expect(span.error).toEqual({ type: "RateLimitError", message: "slow down" });
  });
});
