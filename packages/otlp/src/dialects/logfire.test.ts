import { describe, expect, test } from "vitest";
import type { Attributes } from "@nightowl/model/span/attributes";
import type { WireSpan } from "@nightowl/model/span/span";
import { describeSpan } from "../normalise/expectations.fixture.ts";
import { readAnnotations } from "../normalise/read-annotations.ts";
import { readSpan, wireSpan } from "../normalise/wire-span.fixture.ts";

function read(scopeName: string, name: string, attributes: Attributes, more: Partial<WireSpan> = {}) {
  const { scope } = wireSpan({});
  return describeSpan(readSpan(attributes, { name, scope: { ...scope, name: scopeName }, ...more }));
}

const scopeOf = (name: string) => ({ ...wireSpan({}).scope, name });

test("a span of one's own: its message, its tags without the automatic one, and a level that means failure", () => {
  const span = read("logfire", "hello {name}", {
    "logfire.msg": "hello Ada",
    "logfire.msg_template": "hello {name}",
    "logfire.tags": ["LLM", "prod"],
    "logfire.level_num": 17,
    name: "Ada",
  });
  expect(span).toMatchObject({ kind: "UNKNOWN", displayName: "hello Ada", tags: ["prod"] });
  expect(span.error).toEqual({ message: "hello Ada" });
});

test("a stream put together, from versions that kept its text alone", () => {
  const span = read("logfire.openai", "streaming response from {request_data[model]!r}", {
    "logfire.msg": "streaming response",
    "gen_ai.operation.name": "chat",
    request_data: { messages: [{ role: "user", content: "hi" }], model: "gpt-4", stream: true },
    response_data: '{"combined_chunk_content":"hello","chunk_count":1}',
  });
  expect(span.output).toEqual([{ role: "assistant", text: "hello" }]);
  expect(span).toMatchObject({ requestModel: "gpt-4", streaming: true, parameters: { stream: true } });
});

test("the old completions API", () => {
  const span = read("logfire.openai", "Completion", {
    "logfire.msg": "Completion",
    "gen_ai.operation.name": "text_completion",
    request_data: '{"prompt":"Once","model":"m","max_tokens":5}',
    response_data:
      '{"finish_reason":"stop","text":" upon","usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
  });
  expect(span).toMatchObject({
    input: [{ role: "user", text: "Once" }],
    output: [{ role: "assistant", text: " upon" }],
    finishReasons: ["stop"],
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  });
});

test("Google's client: bodies in span events", () => {
  const event = (name: string, body: unknown) => ({
    name,
    timeNs: "5",
    attributes: { event_body: JSON.stringify(body) },
    droppedAttributesCount: 0,
  });
  const events = [
    event("gen_ai.user.message", { content: "hi", role: "user" }),
    event("gen_ai.choice", {
      index: 0,
      finish_reason: "STOP",
      message: { role: "assistant", content: ["hello"] },
    }),
  ];
  const span = read(
    "opentelemetry.instrumentation.google_genai",
    "generate_content",
    { "gen_ai.operation.name": "generate_content" },
    { events },
  );
  expect(span.input).toEqual([{ role: "user", text: "hi" }]);
  expect(span.output).toEqual([{ role: "assistant", text: "hello", finishReason: "stop" }]);
});

describe("OpenAI's Agents SDK", () => {
  test.each([
    ["Agent run: {name!r}", "AGENT"],
    ["Function: {name}", "TOOL"],
    ["Guardrail {name!r} {triggered=}", "GUARDRAIL"],
    ["Handoff: {from_agent} → {to_agent}", "CHAIN"],
    ["OpenAI Agents trace: {name}", "CHAIN"],
    ["Responses API with {gen_ai.request.model!r}", "LLM"],
  ])("%s is %s", (name, kind) => {
    expect(read("logfire.openai_agents", name, { "gen_ai.system": "openai", name: "n" }).kind).toBe(kind);
  });

  test("an agent's tools are names, a guardrail says whether it fired, a trace has the run's metadata", () => {
    const span = (name: string, attributes: Attributes) =>
      readSpan(attributes, { name, scope: { ...wireSpan({}).scope, name: "logfire.openai_agents" } });
    const agent = span("Agent run: {name!r}", { name: "a", tools: '["get_weather"]' });
    expect(agent.tools.map(({ name }) => name)).toEqual(["get_weather"]);
    const guardrail = { name: "polite", triggered: true };
    expect(span("Guardrail {name!r} {triggered=}", guardrail).output?.value).toBe("triggered");
    const run = (metadata: string) => span("OpenAI Agents trace: {name}", { name: "w", metadata }).metadata;
    expect(run('{"customer":"k1"}')).toEqual({ customer: "k1" });
    expect(run("null")).toBeUndefined();
  });

  test("a function's call, and a chat whose answer stands behind its question", () => {
    const tool = read("logfire.openai_agents", "Function: {name}", {
      name: "get_weather",
      input: '{"city":"Paris"}',
      output: "14C",
    });
    expect(tool.tool).toEqual({ name: "get_weather", arguments: { city: "Paris" }, result: "14C" });
    const chat = read("logfire.openai_agents", "Chat completion with {gen_ai.request.model!r}", {
      request_data:
        '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"model":"m"}',
    });
    expect(chat.input).toEqual([{ role: "user", text: "hi" }]);
    expect(chat.output).toEqual([{ role: "assistant", text: "hello" }]);
  });
});

test("a tool that is called over the Model Context Protocol", () => {
  const span = readSpan(
    {
      "logfire.msg": "MCP request: tools/call add",
      "rpc.method": "tools/call",
      request: '{"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}',
      response: '{"content":[{"type":"text","text":"2"}],"isError":false}',
    },
    { name: "MCP request: tools/call add", scope: scopeOf("logfire.mcp") },
  );
  expect(span).toMatchObject({ kind: "TOOL", tool: { name: "add", arguments: { a: 1 } } });
  expect(span.tool?.result).toBe("2");
  const list = readSpan({ request: '{"method":"tools/list"}' }, { scope: scopeOf("logfire.mcp") });
  expect(list.kind).toBe("UNKNOWN");
});

test("Claude's Agent SDK: the conversation, a turn, a tool", () => {
  const scope = scopeOf("logfire.claude_agent_sdk");
  const conversation = readSpan(
    {
      prompt: "hi",
      system_prompt: "Be terse.",
      session_id: "s",
      total_cost_usd: 0.5,
      "usage.input_tokens": 130,
      "usage.output_tokens": 5,
      "usage.total_tokens": 135,
      "usage.input_token_details.cache_read": 100,
    },
    { name: "claude.conversation", scope },
  );
  expect(conversation).toMatchObject({
    kind: "AGENT",
    sessionId: "s",
    usage: { inputTokens: 130, outputTokens: 5, totalTokens: 135, cacheReadTokens: 100 },
    cost: { costUsd: 0.5 },
  });
  expect(conversation.inputMessages.map((message) => message.role)).toEqual(["system", "user"]);
  const turn = readSpan(
    {
      model: "claude-sonnet-4-5",
      content: '[{"type":"text","text":"Hello."},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]',
    },
    { name: "claude.assistant.turn", scope },
  );
  expect(turn).toMatchObject({ kind: "LLM", provider: "anthropic", responseModel: "claude-sonnet-4-5" });
  expect(turn.outputMessages[0]?.parts.map((part) => part.type)).toEqual(["text", "tool_call"]);
  const tool = readSpan({ tool_input: '{"a":1}', tool_response: "ok" }, { name: "f", scope });
  expect(tool).toMatchObject({ kind: "TOOL", tool: { name: "f", arguments: { a: 1 }, result: "ok" } });
});

test("verdicts on a case are annotations of its span", () => {
  const { scope } = wireSpan({});
  const span = readSpan(
    {
      assertions: '{"Right": {"name": "Right", "value": true, "reason": "same text"}}',
      scores: '{"Length": {"name": "Length", "value": 12}}',
    },
    { name: "case: {case_name}", scope: { ...scope, name: "pydantic-evals" } },
  );
  expect(readAnnotations(span)).toMatchObject([
    { name: "Right", result: { label: "true", score: 1, explanation: "same text" } },
    { name: "Length", result: { label: null, score: 12, explanation: null } },
  ]);
});

test("a span that is told before it has ended is no call of its own", () => {
  const request_data = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}';
  const { scope } = wireSpan({});
  const pending = { "logfire.span_type": "pending_span", request_data, "gen_ai.operation.name": "chat" };
  expect(readSpan(pending, { scope: { ...scope, name: "logfire.openai" } }).kind).toBe("UNKNOWN");
});
