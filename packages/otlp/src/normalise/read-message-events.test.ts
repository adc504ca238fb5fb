import { expect, test } from "vitest";
import { describeMessage } from "./expectations.fixture.ts";
import { listedEvents, readMessageEvents, splitRun } from "./read-message-events.ts";
import { readMessages } from "./read-messages.ts";

const read = (events: Record<string, unknown>[]) => {
  const { input, output } = readMessageEvents(listedEvents(events));
  return { input: input.map(describeMessage), output: output.map(describeMessage) };
};

test("roles by the event's name, calls and answers in bodies or in JSON text, one output for each choice", () => {
  const exchange = read([
    { "event.name": "gen_ai.system.message", content: "Terse." },
    { "event.name": "gen_ai.user.message", content: [{ type: "text", text: "hi" }] },
    {
      "event.name": "gen_ai.assistant.message",
      tool_calls: '[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]',
    },
    { "event.name": "gen_ai.tool.message", id: "c1", content: '{"a":1}' },
    { "event.name": "gen_ai.tools.message", content: "two" },
    { "event.name": "gen_ai.choice", index: 0, finish_reason: "stop", message: { content: "one" } },
    { "event.name": "gen_ai.choice", index: 1, finish_reason: "length", message: "two" },
    { "event.name": "something.else", content: "no role" },
  ]);
  expect(exchange).toEqual({
    input: [
      { role: "system", text: "Terse." },
      { role: "user", text: "hi" },
      { role: "assistant", toolCalls: [{ id: "c1", name: "f", arguments: {} }] },
      { role: "tool", callId: "c1", result: { a: 1 } },
      { role: "tool", result: "two" },
    ],
    output: [
      { role: "assistant", text: "one", finishReason: "stop" },
      { role: "assistant", text: "two", finishReason: "length" },
    ],
  });
});

test("without a choice the last words of the assistant are the answer, an item without an event comes whole", () => {
  const exchange = read([
    { "event.name": "gen_ai.user.message", role: "user", content: "hi" },
    { "event.name": "gen_ai.assistant.message", role: "assistant", content: "hello" },
    { "event.name": "gen_ai.user.message", role: "user", content: "bye" },
    {
      "event.name": "gen_ai.unknown",
      role: "assistant",
      content: "reasoning\n\nSee JSON for details",
      data: { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
    },
    { "event.name": "gen_ai.assistant.message", role: "assistant", content: "ciao" },
  ]);
  expect(exchange.input.map(({ text }) => text)).toEqual(["hi", "hello", "bye"]);
  expect(exchange.output).toEqual([
    { role: "assistant", reasoning: "hm" },
    { role: "assistant", text: "ciao" },
  ]);
});

test("a run begins where its user spoke last; without a user, after the instructions", () => {
  const roles = (messages: Record<string, unknown>[]) => {
    const { input, output } = splitRun(readMessages(messages, "user"));
    return [input, output].map((side) => side.map(({ role }) => role).join(" "));
  };
  const say = (role: string) => ({ role, content: role });
  expect(roles(["system", "user", "assistant", "user", "assistant", "tool", "assistant"].map(say))).toEqual([
    "system user assistant user",
    "assistant tool assistant",
  ]);
  // What a tool shows is told in the user's name.
  expect(roles(["user", "assistant", "tool", "user", "assistant"].map(say))).toEqual([
    "user",
    "assistant tool user assistant",
  ]);
  expect(roles(["system", "assistant"].map(say))).toEqual(["system", "assistant"]);
  expect(roles([])).toEqual(["", ""]);
});
