import { describe, expect, test } from "vitest";
import { describeMessage, describeSpan } from "../normalise/expectations.fixture.ts";
import { readSpan, wireSpan } from "../normalise/wire-span.fixture.ts";

test.each([
  ['"LLM"', "LLM"],
  ['"\\"CHAT_MODEL\\""', "LLM"],
  ["AGENT", "AGENT"],
  ['"PARSER"', "CHAIN"],
  ['"GUARDRAIL"', "GUARDRAIL"],
  ['"UNKNOWN"', "UNKNOWN"],
  ['"something"', "UNKNOWN"],
])("type %s is %s", (type, kind) => {
  expect(readSpan({ "mlflow.spanType": type }).kind).toBe(kind);
});

test("values are JSON, texts too", () => {
  const span = describeSpan(
    readSpan({
      "mlflow.spanType": '"LLM"',
      "mlflow.spanInputs": '{"prompt":"hi"}',
      "mlflow.spanOutputs": '"hello"',
      "mlflow.llm.model": '"claude-sonnet-4-5"',
      "mlflow.llm.provider": '"anthropic"',
      "mlflow.llm.cost": '{"input_cost":0.1,"output_cost":0.2,"total_cost":0.3}',
      "mlflow.chat.tokenUsage":
        '{"input_tokens":193,"output_tokens":54,"total_tokens":247,"cache_read_input_tokens":1024,"cache_creation_input_tokens":256}',
      "mlflow.linkedPrompts": '[{"name":"qa","version":"3"}]',
      "mlflow.trace.session": '"s-1"',
      "mlflow.trace.user": "u-1",
    }),
  );
  expect(span).toMatchObject({
    provider: "anthropic",
    responseModel: "claude-sonnet-4-5",
    input: [{ role: "user", text: "hi" }],
    output: [{ role: "assistant", text: "hello" }],
    usage: { inputTokens: 1473, outputTokens: 54, cacheReadTokens: 1024, cacheWriteTokens: 256 },
    cost: 0.3,
    promptTemplate: { name: "qa", version: "3" },
    sessionId: "s-1",
    userId: "u-1",
    outputPreview: "hello",
  });
  expect(span.notes).toBeUndefined();
});

test("LangChain's and LlamaIndex's messages, as their autologging hands them on", () => {
  const span = describeSpan(
    readSpan({
      "mlflow.spanType": '"CHAT_MODEL"',
      "mlflow.spanInputs": JSON.stringify([
        [
          { content: "Terse.", type: "system" },
          { content: "hi", type: "human" },
        ],
      ]),
      "mlflow.spanOutputs": JSON.stringify({
        message: { role: "assistant", blocks: [{ block_type: "text", text: "hello" }] },
      }),
    }),
  );
  expect(span.input).toEqual([
    { role: "system", text: "Terse." },
    { role: "user", text: "hi" },
  ]);
  expect(span.output).toEqual([{ role: "assistant", text: "hello" }]);
});

test("asked for GenAI attributes, it keeps its own types where the other has no word", () => {
  const { scope } = wireSpan({});
  const span = readSpan(
    { "gen_ai.operation.name": "RERANKER" },
    { scope: { ...scope, name: "mlflow.tracing.provider" } },
  );
  expect(span.kind).toBe("RERANKER");
});

test("a stream that nobody read to its end has no answer", () => {
  const span = readSpan({
    "mlflow.spanType": '"CHAT_MODEL"',
    "mlflow.spanInputs": '{"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": "hi"}]}',
    "mlflow.spanOutputs": '"<anthropic.Stream object at 0x7f02c1662c50>"',
  });
  expect(span.outputMessages).toEqual([]);
});

test("a tool's name without the number of its turn, and an agent's without its method", () => {
  const nameOf = (name: string, called: string) =>
    readSpan({ "mlflow.spanType": '"TOOL"', "mlflow.spanFunctionName": JSON.stringify(called) }, { name })
      .tool?.name;
  expect(nameOf("get_weather_1", "get_weather")).toBe("get_weather");
  expect(nameOf("get_weather", "weather_tool")).toBe("get_weather");
  expect(readSpan({ "mlflow.spanType": '"AGENT"' }, { name: "Agent.run" }).agentName).toBeUndefined();
});

test("an agent of OpenAI's SDK tells the type of its answer, which is none, and its tools", () => {
  const agent = {
    "mlflow.spanType": '"AGENT"',
    "mlflow.spanOutputs": '{"output_type": "str"}',
    tools: '["f"]',
  };
  const span = readSpan(agent);
  expect(span).toMatchObject({ kind: "AGENT", output: undefined, metadata: { output_type: "str" } });
  expect(span.tools.map(({ name }) => name)).toEqual(["f"]);
});

test("LlamaIndex's call: the provider's usage beside the answer, and the template that its prompt was made of", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
  const span = readSpan({
    "mlflow.spanType": '"CHAT_MODEL"',
    usage: JSON.stringify(usage),
    "mlflow.chat.tokenUsage": '{"input_tokens": 10, "output_tokens": 2}',
    prmopt_template: '"Query: {query_str}"',
    template_arguments: '{"query_str": "Why?"}',
  });
  expect(span.usage).toEqual({ inputTokens: 10, outputTokens: 2, cacheReadTokens: 4 });
  expect(span.promptTemplate).toEqual({ template: "Query: {query_str}", variables: { query_str: "Why?" } });
});

describe("AutoGen's models", () => {
  const call = { id: "c", name: "f", arguments: '{"a":1}' };
  const read = (messages: unknown[], outputs: unknown) =>
    readSpan(
      {
        "mlflow.spanType": '"LLM"',
        "mlflow.message.format": '"autogen"',
        "mlflow.spanInputs": JSON.stringify({ messages }),
        "mlflow.spanOutputs": JSON.stringify(outputs),
      },
      { name: "AnthropicChatCompletionClient.create" },
    );

  test("a picture is the data of one, and what was thought beside a text came before it", () => {
    const messages = [
      { type: "UserMessage", source: "user", content: ["What is it?", { data: "iVBORw0KGgo=" }] },
    ];
    const span = read(messages, { finish_reason: "stop", content: "A dot.", thought: "Tiny." });
    expect(span.inputMessages.map(describeMessage)).toEqual([
      { role: "user", text: "What is it?", images: ["data:image/png;base64,iVBORw0KGgo="] },
    ]);
    expect(span.outputMessages.map(describeMessage)).toEqual([
      { role: "assistant", text: "A dot.", reasoning: "Tiny.", finishReason: "stop" },
    ]);
    expect(span).toMatchObject({ provider: "anthropic", finishReasons: ["stop"] });
  });

  test("what was thought beside calls was said with them", () => {
    const span = read([], { finish_reason: "function_calls", content: [call], thought: "I look." });
    expect(span.outputMessages.map(describeMessage)).toEqual([
      {
        role: "assistant",
        text: "I look.",
        toolCalls: [{ id: "c", name: "f", arguments: { a: 1 } }],
        finishReason: "tool_calls",
      },
    ]);
  });
});
