import { expect, test } from "vitest";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { describeMessage } from "../../normalise/expectations.fixture.ts";
import { readSpan } from "../../normalise/wire-span.fixture.ts";

const LLM = { "openinference.span.kind": "LLM" };
const scope = (name: string) => ({
  scope: { ...wireSpanFixture().scope, name: `openinference.instrumentation.${name}` },
});

test("Google's own tool loop: without its history, the calls are told alone", () => {
  const span = readSpan(
    {
      ...LLM,
      "llm.input_messages.0.message.content": "Weather?",
      "message.tool_calls.0.tool_call.function.name": "look",
      "message.tool_calls.0.tool_call.function.arguments": '{"city": "Paris"}',
      "llm.output_messages.0.message.content": "Mild.",
    },
    scope("google_genai"),
  );
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "user", text: "Weather?" },
    { role: "assistant", toolCalls: [{ name: "look", arguments: { city: "Paris" } }] },
  ]);
  expect(span.claimedKeys).toContain("message.tool_calls.0.tool_call.function.name");
});

const printed = (content: string, role = "user") =>
  JSON.stringify({ system: "Terse.", messages: [{ role, content }] });

test.each([
  ["[{text=Hi {you}, all: a, b=c, type=text}]", [{ role: "user", text: "Hi {you}, all: a, b=c" }]],
  [
    "[{toolUse={input={city=Paris, unit=c}, name=look, toolUseId=t1}}]",
    [{ role: "user", toolCalls: [{ id: "t1", name: "look", arguments: { city: "Paris", unit: "c" } }] }],
  ],
  [
    '[{tool_use_id=t1, type=tool_result, content=[Content{type=text, source=null, text={"a":[1,2]}}]}]',
    [{ role: "tool", callId: "t1", result: { a: [1, 2] } }],
  ],
  // What is not wholly that is what was said.
  ["[{text=Hi", [{ role: "user", text: "[{text=Hi" }]],
  ["[{text=a {b, type=text}]", [{ role: "user", text: "[{text=a {b, type=text}]" }]],
  ["Hi", [{ role: "user", text: "Hi" }]],
])("an agent's prompt as Java prints it: %s", (content, said) => {
  const span = readSpan(
    { ...LLM, "input.value": printed(content), "input.mime_type": "text/plain" },
    scope("bedrock"),
  );
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "system", text: "Terse." }, ...said]);
});

test("an agent's prompt of plain text is the user's", () => {
  const text = "\n\nHuman: Hi\n\nAssistant:";
  const attributes = {
    ...LLM,
    "input.value": text,
    "input.mime_type": "text/plain",
    "llm.input_messages.0.message.role": "assistant",
    "llm.input_messages.0.message.content": text,
  };
  expect(readSpan(attributes, scope("bedrock")).inputMessages.map(describeMessage)).toEqual([
    { role: "user", text },
  ]);
});

const answer = (message: object) => JSON.stringify({ choices: [{ message }] });

test("reasoning and ids that were not flattened come from the whole answer", () => {
  const calls = [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }];
  const span = readSpan({
    ...LLM,
    "output.value": answer({ content: "I look.", reasoning_content: "Hm.", tool_calls: calls }),
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "I look.",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "look",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{}",
  });
  expect(span.outputMessages.map(describeMessage)).toEqual([
    {
      role: "assistant",
      text: "I look.",
      reasoning: "Hm.",
      toolCalls: [{ id: "c1", name: "look", arguments: {} }],
    },
  ]);
});

test.each([
  ["fewer messages", [{ role: "tool", content: "14", tool_call_id: "c1" }]],
  [
    "other speakers",
    [
      { role: "assistant", content: "Hi" },
      { role: "tool", content: "14", tool_call_id: "c1" },
    ],
  ],
])("a request that tells something else is not believed: %s", (_what, messages) => {
  const span = readSpan({
    ...LLM,
    "input.value": JSON.stringify({ messages }),
    "llm.input_messages.0.message.role": "user",
    "llm.input_messages.0.message.content": "Hi",
    "llm.input_messages.1.message.role": "tool",
    "llm.input_messages.1.message.content": "14",
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([
    { role: "user", text: "Hi" },
    { role: "tool", result: "14" },
  ]);
});

test("AutoGen's thought before its calls, and Haystack's reasoning", () => {
  const attributes = {
    ...LLM,
    "output.value": JSON.stringify({
      finish_reason: "function_calls",
      content: [{ id: "c1", name: "look", arguments: "{}" }],
      thought: "Hm.",
    }),
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "look",
  };
  const calls = [{ id: "c1", name: "look", arguments: {} }];
  expect(readSpan(attributes, scope("autogen_agentchat")).outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", reasoning: "Hm.", toolCalls: calls, finishReason: "tool_calls" },
  ]);
  const reply =
    "ChatMessage(_role=<ChatRole.ASSISTANT: 'assistant'>, _content=[ReasoningContent(reasoning_text='Hm.', extra={}), TextContent(text='Hi')], _name=None, _meta={})";
  const said = {
    ...LLM,
    "output.value": JSON.stringify({ replies: [reply] }),
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "Hi",
  };
  expect(readSpan(said, scope("haystack")).outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", reasoning: "Hm.", text: "Hi" },
  ]);
});

test("an object that could not be printed is no answer, and stays", () => {
  const span = readSpan({ ...LLM, "output.value": "<groq.Stream object at 0x7f5c6516ca50>" });
  expect([span.output, span.outputMessages, span.claimedKeys.includes("output.value")]).toEqual([
    undefined,
    [],
    false,
  ]);
});

test("leaving a node of LangGraph by raising is no error, unless the span says so", () => {
  const event = {
    name: "exception",
    timeNs: "1",
    attributes: {
      "exception.type": "langgraph.errors.GraphInterrupt",
      "exception.message": "(Interrupt(),)",
    },
    droppedAttributesCount: 0,
  };
  const chain = { "openinference.span.kind": "CHAIN" };
  expect(readSpan(chain, { events: [event], statusCode: "OK" }).error).toBeUndefined();
  expect(readSpan(chain, { events: [event], statusCode: "ERROR" }).error?.type).toBe(
    "langgraph.errors.GraphInterrupt",
  );
});
