import type { Attributes } from "@nightowl/model/span/attributes";
import { expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const events = (...told: [string, Attributes][]) =>
  told.map(([name, attributes]) => ({ name, timeNs: "1", attributes, droppedAttributesCount: 0 }));

test("detailed tracing writes what is new in a request under headings, and rulers within a text are text", () => {
  const read = readSpan(
    {
      system_prompt_preview: "Be terse.",
      system_reminders: "Today is Monday.",
      new_context: "[USER]\nRead a.txt\n\n---\n\nand b.txt\n\n---\n\n[TOOL RESULT: toolu_1]\n[USER]\nhello",
      "response.model_output": "I look.",
      tools: '[{"name":"Read","hash":"31462a51ad85"}]',
    },
    { name: "claude_code.llm_request" },
  );
  expect(read.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "system", text: "Today is Monday." },
    { role: "user", text: "Read a.txt\n\n---\n\nand b.txt" },
    { role: "tool", callId: "toolu_1", result: "[USER]\nhello" },
  ]);
  expect(read.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "I look." }]);
  expect(read.tools.map(({ name }) => name)).toEqual(["Read"]);
});

test("an interaction's records tell its prompt, instructions, tools and steps", () => {
  const read = readSpan(
    { user_prompt: "<REDACTED>" },
    {
      name: "claude_code.interaction",
      events: events(
        ["user_prompt", { prompt: "Read a.txt" }],
        ["system_prompt", { system_prompt: "Be terse." }],
        ["tool", { tool: '{"name":"Read","description":"Reads.","input_schema":{"type":"object"}}' }],
        ["tool_decision", { request_id: "r1", tool_use_id: "t1", tool_name: "Bash", tool_parameters: "{}" }],
        ["assistant_response", { request_id: "r1", response: "I look.", query_source: "sdk" }],
        ["tool_result", { request_id: "r1", tool_use_id: "t1", tool_name: "Bash", tool_input: '{"a":1}' }],
        ["assistant_response", { request_id: "r0", response: "A title", query_source: "title" }],
        ["assistant_response", { request_id: "r2", response: "<REDACTED>" }],
        [
          "api_response_body",
          { request_id: "r2", body: '{"content":[{"type":"text","text":"It says hello."}]}' },
        ],
      ),
    },
  );
  expect(read).toMatchObject({ kind: "AGENT", output: { value: "It says hello." } });
  expect(read.tools).toMatchObject([{ name: "Read", description: "Reads." }]);
  expect(read.inputMessages.map(describeMessage)).toEqual([
    { role: "system", text: "Be terse." },
    { role: "user", text: "Read a.txt" },
  ]);
  expect(read.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", text: "I look.", toolCalls: [{ id: "t1", name: "Bash", arguments: { a: 1 } }] },
    { role: "assistant", text: "It says hello." },
  ]);
});

test("what a tool wrote is no answer of it", () => {
  const tool = (attributes: Attributes) =>
    readSpan(
      { tool_name: "Write", file_path: "/a.txt", ...attributes },
      {
        name: "claude_code.tool",
        events: events(["tool.output", { file_path: "/a.txt", content: "eins" }]),
      },
    ).tool;
  expect(tool({})).toEqual({ name: "Write", arguments: { file_path: "/a.txt", content: "eins" } });
  expect(
    tool({
      tool_input: '[TOOL INPUT: Write]\n{"content":"eins"}',
      new_context: '[TOOL RESULT: Write]\n{"type":"create"}',
    }),
  ).toEqual({ name: "Write", arguments: { content: "eins" }, result: { type: "create" } });
});

test("the run of a subagent is an agent's, inside of its tool", () => {
  const read = readSpan(
    {},
    {
      name: "claude_code.tool.execution",
      events: events(
        ["api_request", { query_source: "agent:builtin:Explore" }],
        [
          "assistant_response",
          { request_id: "r", response: "Found.", query_source: "agent:builtin:Explore" },
        ],
      ),
    },
  );
  expect(read).toMatchObject({
    kind: "AGENT",
    displayName: "Explore",
    agentName: "Explore",
    output: { value: "Found." },
  });
});

const runOf = (...told: [string, Attributes][]) =>
  readSpan({}, { name: "claude_code.interaction", events: events(...told) });

test("a step without a text is told of by its tools, and a tool of an MCP server has its whole name", () => {
  const read = runOf([
    "tool_result",
    {
      request_id: "r1",
      tool_use_id: "t1",
      tool_name: "mcp_tool",
      tool_parameters: '{"mcp_server_name":"weather","mcp_tool_name":"now"}',
    },
  ]);
  expect(read.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", toolCalls: [{ id: "t1", name: "mcp__weather__now", arguments: {} }] },
  ]);
});

test("a run that was asked for data answers with it, and one that is compacted with the summary", () => {
  expect(
    runOf([
      "tool_result",
      { request_id: "r1", tool_use_id: "t1", tool_name: "StructuredOutput", tool_input: '{"degrees":8}' },
    ]).output?.value,
  ).toBe('{"degrees":8}');
  expect(
    runOf(["assistant_response", { request_id: "r1", response: "In short.", query_source: "compact" }]).output
      ?.value,
  ).toBe("In short.");
});

test("a run has failed where its last request did", () => {
  const failed: [string, Attributes] = ["api_error", { error: "Overloaded" }];
  const answered: [string, Attributes] = ["api_request", {}];
  expect(runOf(answered, failed)).toMatchObject({ error: { message: "Overloaded" }, hasFailed: true });
  expect(runOf(failed, answered).error).toBeUndefined();
});

test("who kept a tool from running is what its question says, and a hook is called by its name", () => {
  const question = (decision: string) =>
    readSpan({ decision, source: "user_reject" }, { name: "claude_code.tool.blocked_on_user" }).output?.value;
  expect(question("reject")).toBe('{"decision":"reject","source":"user_reject"}');
  expect(question("accept")).toBeUndefined();
  const hook = readSpan({ hook_name: "PreToolUse:Bash" }, { name: "claude_code.hook" });
  expect(hook).toMatchObject({ kind: "CHAIN", displayName: "PreToolUse:Bash" });
});

const toolOf = (...told: [string, Attributes][]) =>
  readSpan({ tool_name: "Bash", full_command: "ls" }, { name: "claude_code.tool", events: events(...told) });

test("a tool's records say what it was called with, and that it failed", () => {
  const parameters = '{"bash_command":"ls","full_command":"ls","description":"List"}';
  expect(toolOf().tool?.arguments).toEqual({ command: "ls" });
  expect(toolOf(["tool_decision", { tool_parameters: parameters }]).tool?.arguments).toEqual({
    command: "ls",
    description: "List",
  });
  const input = { tool_input: '{"command":"ls","timeout":9}' };
  expect(toolOf(["tool_result", { ...input, success: "true" }])).toMatchObject({
    tool: { arguments: { command: "ls", timeout: 9 } },
    error: undefined,
    hasFailed: undefined,
  });
  expect(toolOf(["tool_result", { success: "false", error: "no such folder" }])).toMatchObject({
    error: { message: "no such folder" },
    hasFailed: true,
  });
  expect(toolOf(["tool_result", { success: "false" }]).error).toEqual({ message: "The tool failed." });
});

test("a tool that was refused has not run, and says so", () => {
  const refused = {
    error: { type: "user_reject", message: "Refused: it was not allowed to run." },
    hasFailed: true,
  };
  expect(toolOf(["tool_decision", { decision: "reject", source: "user_reject" }])).toMatchObject(refused);
  expect(toolOf(["tool_decision", { decision: "accept", source: "config" }]).error).toBeUndefined();
  const question = readSpan(
    { decision: "reject", source: "user_reject" },
    { name: "claude_code.tool.blocked_on_user" },
  );
  expect(question).toMatchObject(refused);
});

test("a request is answered with the text and the tools that records of its id tell of, and has their cost", () => {
  const read = readSpan(
    { request_id: "r1", model: "claude-sonnet-4-5" },
    {
      name: "claude_code.llm_request",
      events: events(
        ["api_request", { request_id: "r1", cost_usd: 0.25 }],
        ["assistant_response", { request_id: "r1", response: "I look." }],
        ["tool_result", { request_id: "r1", tool_use_id: "t1", tool_name: "Read", tool_input: '{"a":1}' }],
      ),
    },
  );
  expect(read.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", text: "I look.", toolCalls: [{ id: "t1", name: "Read", arguments: { a: 1 } }] },
  ]);
  expect(read.cost).toMatchObject({ costUsd: 0.25 });
});
