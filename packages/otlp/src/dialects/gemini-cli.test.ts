import type { Attributes } from "@nightowl/model/span/attributes";
import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan, wireSpan } from "../normalise/wire-span.fixture.ts";

const scope = { ...wireSpan({}).scope, name: "gemini-cli" };
const json = (value: unknown) => JSON.stringify(value);
const span = (operation: string, attributes: Attributes, events: [string, Attributes][] = []) =>
  readSpan(
    { "gen_ai.operation.name": operation, "gen_ai.agent.name": "gemini-cli", ...attributes },
    {
      name: operation,
      scope,
      events: events.map(([name, each]) => ({
        name,
        timeNs: "1",
        attributes: each,
        droppedAttributesCount: 0,
      })),
    },
  );

test("what the CLI tells of its session is not what the user asked", () => {
  const parts = [{ text: "<session_context>\nA Linux.\n</session_context>" }, { text: "What is in a.txt?" }];
  const read = span("llm_call", { "gen_ai.input.messages": json([{ role: "user", parts }]) });
  expect(read.inputMessages.map(describeMessage)).toEqual([
    { role: "user", text: "<session_context>\nA Linux.\n</session_context>" },
    { role: "user", text: "What is in a.txt?" },
  ]);
});

test("a streamed call: Gemini's contents, one answer of many chunks, and the thoughts of its log record", () => {
  const read = span(
    "llm_call",
    {
      "gen_ai.request.model": "gemini-2.5-pro",
      "gen_ai.conversation.id": "s",
      "gen_ai.system_instructions": json({ role: "user", parts: [{ text: "Be terse." }] }),
      "gen_ai.tool.definitions": json([{ functionDeclarations: [{ name: "read_file" }] }]),
      "gen_ai.input.messages": json([{ role: "user", parts: [{ text: "What is in a.txt?" }] }]),
      "gen_ai.output.messages": json([
        { role: "model", parts: [{ text: "I lo" }] },
        { role: "model", parts: [{ text: "ok." }] },
        null,
        { role: "model", parts: [{ functionCall: { id: "c", name: "read_file", args: { path: "a.txt" } } }] },
      ]),
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 5,
    },
    [
      [
        "gemini_cli.api_response",
        {
          input_token_count: 100,
          output_token_count: 5,
          thoughts_token_count: 20,
          cached_content_token_count: 40,
          total_token_count: 125,
        },
      ],
    ],
  );
  expect(read).toMatchObject({
    kind: "LLM",
    provider: "gemini",
    requestModel: "gemini-2.5-pro",
    sessionId: "s",
    usage: {
      inputTokens: 100,
      outputTokens: 25,
      totalTokens: 125,
      cacheReadTokens: 40,
      reasoningTokens: 20,
    },
    notes: [],
  });
  expect(read.tools.map((tool) => tool.name)).toEqual(["read_file"]);
  expect(read.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "user", text: "What is in a.txt?" },
  ]);
  expect(read.outputMessages.map(describeMessage)).toEqual([
    {
      role: "assistant",
      text: "I look.",
      toolCalls: [{ id: "c", name: "read_file", arguments: { path: "a.txt" } }],
    },
  ]);
});

const request = { callId: "c", name: "read_file", args: { path: "a.txt" }, prompt_id: "p" };
const completed = {
  status: "success",
  request,
  response: {
    callId: "c",
    responseParts: [{ functionResponse: { id: "c", name: "read_file", response: { output: "hello" } } }],
  },
};

test("a tool: the scheduler's request, and Gemini's answer", () => {
  const read = span("tool_call", {
    "gen_ai.tool.name": "read_file",
    "gen_ai.tool.call_id": "c",
    "gen_ai.tool.description": "Reads.",
    "gen_ai.input.messages": json(request),
    "gen_ai.output.messages": json(completed),
  });
  expect(read).toMatchObject({ kind: "TOOL", inputMessages: [], outputMessages: [] });
  expect(read.tool).toEqual({
    name: "read_file",
    callId: "c",
    description: "Reads.",
    arguments: { path: "a.txt" },
    result: "hello",
  });
});

test("the scheduler's span shows the calls and what came of them; an agent's what it was asked and answered", () => {
  const calls = span("schedule_tool_calls", {
    "gen_ai.input.messages": json([request]),
    "gen_ai.output.messages": json([completed]),
  });
  expect(calls.kind).toBe("CHAIN");
  expect(calls.inputMessages.map(describeMessage)).toEqual([
    { role: "assistant", toolCalls: [{ id: "c", name: "read_file", arguments: { path: "a.txt" } }] },
  ]);
  expect(calls.outputMessages.map(describeMessage)).toEqual([
    { role: "tool", result: { output: "hello" }, callId: "c", name: "read_file" },
  ]);
  const agent = span("agent_call", {
    "gen_ai.input.messages": json({ agent_name: "a", prompt: "Find it." }),
    "gen_ai.output.messages": json({ llmContent: [{ text: "Found." }], returnDisplay: "Found." }),
  });
  expect(agent.kind).toBe("AGENT");
  expect([...agent.inputMessages, ...agent.outputMessages].map(describeMessage)).toEqual([
    { role: "user", text: "Find it." },
    { role: "assistant", text: "Found." },
  ]);
});
