import { expect, test } from "vitest";
import { readSpan } from "./wire-span.fixture.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const run = (input: unknown, output: unknown, more: Record<string, string> = {}) =>
  readSpan({
    "openinference.span.kind": "AGENT",
    "input.value": text(input),
    "output.value": text(output),
    ...more,
  });
const user = { role: "user", parts: [{ type: "text", text: "Why?" }] };
const assistant = { role: "assistant", parts: [{ type: "text", text: "Because." }] };

test("a graph's run is a conversation; what it was asked, and what was said before, is not its answer", () => {
  const asked = { messages: [{ role: "user", content: "Why?" }] };
  const answered = {
    messages: [
      { type: "human", data: { content: "Hello" } },
      { type: "ai", data: { content: "Hello." } },
      { type: "human", data: { content: "Why?" } },
      { type: "ai", data: { content: "Because." } },
    ],
  };
  expect(run(asked, answered)).toMatchObject({ inputMessages: [user], outputMessages: [assistant] });
  expect(run(asked, "Because.")).toMatchObject({ inputMessages: [user], outputMessages: [assistant] });
});

test("the question is the text beside an answer that is told as messages", () => {
  const answer = {
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "Because.",
  };
  expect(run("Why?", "Because.", answer)).toMatchObject({
    inputMessages: [user],
    outputMessages: [assistant],
  });
});

test("a run that goes on after a person decided was asked what its conversation was asked last", () => {
  const command = { lg_name: "Command", resume: { decisions: [{ type: "approve" }] }, goto: [] };
  const question = { role: "user", content: "Why?" };
  const answered = { messages: [question, { role: "assistant", content: "Because." }] };
  expect(run(command, answered)).toMatchObject({ inputMessages: [user], outputMessages: [assistant] });
  for (const output of [
    { messages: [question] },
    { messages: [answered.messages[1]] },
    { draft: "Because." },
  ])
    expect(run(command, output)).toMatchObject({ inputMessages: [], outputMessages: [] });
  expect(run({ ...command, resume: null }, answered)).toMatchObject({ inputMessages: [] });
});

test("what is no conversation, was cut, or says nothing new stays as it is", () => {
  const asked = { messages: [{ role: "user", content: "Why?" }] };
  for (const [input, output] of [
    ["Why?", "Because."],
    [{ city: "Paris" }, { messages: [{ role: "assistant", content: "14 °C" }] }],
    [asked, '{"messages":[{"role":"assistant","content":"Bec'],
    [asked, asked],
  ])
    expect(run(input, output)).toMatchObject({ inputMessages: [], outputMessages: [] });
});

test("an agent's text that ended the run stands after what its tools answered", () => {
  const told = (finishReason: string) => [
    {
      role: "assistant",
      parts: [
        { type: "text", content: "Because." },
        { type: "tool_call", id: "c1", name: "look", arguments: {} },
      ],
      finish_reason: finishReason,
    },
    { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "found" }] },
  ];
  const rolesOf = (finishReason: string) =>
    readSpan({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.output.messages": JSON.stringify(told(finishReason)),
    }).outputMessages.map(({ role, parts }) => [role, ...parts.map(({ type }) => type)].join(" "));
  expect(rolesOf("stop")).toEqual(["assistant tool_call", "tool tool_result", "assistant text"]);
  expect(rolesOf("tool_calls")).toEqual(["assistant text tool_call", "tool tool_result"]);
});

test("a run that failed was asked all the same", () => {
  const input = JSON.stringify({ messages: [{ role: "user", content: "Why?" }] });
  const span = readSpan({ "openinference.span.kind": "AGENT", "input.value": input });
  expect(span).toMatchObject({ inputMessages: [user], outputMessages: [] });
});
