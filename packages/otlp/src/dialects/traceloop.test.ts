import type { WireSpan } from "@nightowl/model/span/span";
import { describe, expect, test } from "vitest";
import { describeMessage } from "../normalise/expectations.fixture.ts";
import { readAnnotations } from "../normalise/read-annotations.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

const instrumented = (client: string): Partial<WireSpan> => ({
  scope: {
    name: `opentelemetry.instrumentation.${client}`,
    version: "",
    attributes: {},
    droppedAttributesCount: 0,
    schemaUrl: "",
  },
});

describe("the kind of a span", () => {
  test.each([
    [{ "traceloop.span.kind": "workflow" }, "CHAIN"],
    [{ "traceloop.span.kind": "task", "gen_ai.operation.name": "invoke_agent" }, "CHAIN"],
    [{ "traceloop.span.kind": "agent" }, "AGENT"],
    [{ "traceloop.span.kind": "handoff", "gen_ai.agent.name": "Triage" }, "CHAIN"],
    [{ "traceloop.span.kind": "tool" }, "TOOL"],
    [{ "llm.request.type": "acompletion" }, "LLM"],
    [{ "llm.request.type": "aembedding" }, "EMBEDDING"],
    [{ "llm.request.type": "rerank" }, "RERANKER"],
  ])("%j is %s", (attributes, kind) => {
    expect(readSpan(attributes).kind).toBe(kind);
  });
});

test("a reranking of documents that are objects", () => {
  const span = readSpan(
    {
      "llm.request.type": "rerank",
      "gen_ai.prompt.0.role": "system",
      "gen_ai.prompt.0.content": { text: "Paris is\nin France." },
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.1.content": "Paris?",
      "gen_ai.completion.0.content": "Doc 0, Score: 0.9\nParis is\nin France.",
    },
    instrumented("cohere"),
  );
  expect([span.query, span.inputDocuments, span.documents]).toEqual([
    "Paris?",
    [{ text: "Paris is\nin France.", rank: 1 }],
    [{ text: "Paris is\nin France.", rank: 1, score: 0.9 }],
  ]);
});

test("a call that the older form repeats is one", () => {
  const call = { name: "f", arguments: '{"a":1}' };
  const flat = (prefix: string) =>
    Object.fromEntries(Object.entries(call).map(([key, value]) => [`${prefix}.${key}`, value]));
  const older = flat("gen_ai.completion.0.function_call");
  const both = { ...flat("gen_ai.completion.0.tool_calls.0"), ...older };
  const calls = (attributes: Record<string, string>) =>
    readSpan({ "llm.request.type": "chat", ...attributes }).outputMessages.map(describeMessage);
  const once = [{ role: "assistant", toolCalls: [{ name: "f", arguments: { a: 1 } }] }];
  expect([calls(both), calls(older)]).toEqual([once, once]);
});

describe("what a decorated function was given and gave back", () => {
  const tool = (input: unknown) =>
    readSpan({ "traceloop.span.kind": "tool", "traceloop.entity.input": JSON.stringify(input) }).tool
      ?.arguments;
  test.each([
    [{ args: ["Paris"], kwargs: {} }, "Paris"],
    [{ args: [], kwargs: { city: "Paris" } }, { city: "Paris" }],
    [{ args: [1, 2], kwargs: {} }, [1, 2]],
    [{ args: [], kwargs: {} }, undefined],
    [
      { args: [1], kwargs: { city: "Paris" } },
      { args: [1], kwargs: { city: "Paris" } },
    ],
    [{ inputs: { q: "x" }, tags: [], kwargs: {} }, { q: "x" }],
    [{ city: "Paris" }, { city: "Paris" }],
    [{ args: ['{"city":"Paris"}'] }, { city: "Paris" }],
    [{ tool_name: "get_weather", arguments: { city: "Paris" } }, { city: "Paris" }],
  ])("%j", (sent, read) => {
    expect(tool(sent)).toEqual(read);
  });
});

test("association properties are who, in which session, and metadata", () => {
  const prefix = "traceloop.association.properties.";
  const span = readSpan({
    [`${prefix}session_id`]: "s",
    [`${prefix}user_id`]: 7,
    [`${prefix}tags`]: ["a", "b"],
    [`${prefix}plan`]: '{"tier":"pro"}',
  });
  expect([span.sessionId, span.userId, span.tags, span.metadata]).toEqual([
    "s",
    "7",
    ["a", "b"],
    { plan: { tier: "pro" } },
  ]);
});

test("gen_ai.prompt.name beside gen_ai.prompt.0 is a prompt's name and no message", () => {
  const span = readSpan({
    "gen_ai.prompt.name": "weather",
    "gen_ai.prompt.version": "3",
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.content": "hi",
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "hi" }]);
  expect(span.promptTemplate).toEqual({ name: "weather", version: "3" });
});

test("a JSON list that is an answer stays text, one of parts is parts", () => {
  const content = (text: string) =>
    readSpan({ "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": text }).outputMessages;
  expect(content('[{"city":"Paris"}]').map(describeMessage)).toEqual([
    { role: "assistant", text: '[{"city":"Paris"}]' },
  ]);
  expect(content('[{"type":"text","text":"hi"}]').map(describeMessage)).toEqual([
    { role: "assistant", text: "hi" },
  ]);
});

test("a guardrail: what it looked at, and how it found it", () => {
  const span = readSpan({
    "gen_ai.guardrail.name": "toxicity",
    "gen_ai.guardrail.input": '{"text":"hi"}',
    "gen_ai.guardrail.status": "PASSED",
  });
  expect(span).toMatchObject({
    kind: "GUARDRAIL",
    displayName: "toxicity",
    input: { value: '{"text":"hi"}' },
    output: { value: "PASSED" },
  });
});

test("the names of 2023: prompts, completions and tokens under `llm.`", () => {
  const span = readSpan({
    "llm.request.type": "chat",
    "llm.vendor": "OpenAI",
    "llm.request.model": "gpt-4",
    "llm.prompts.0.role": "user",
    "llm.prompts.0.content": "hi",
    "llm.completions.0.content": "hello",
    "llm.completions.0.finish_reason": "stop",
    "llm.usage.prompt_tokens": 1,
    "llm.usage.completion_tokens": 2,
    "llm.usage.total_tokens": 3,
  });
  expect(span).toMatchObject({
    kind: "LLM",
    provider: "openai",
    requestModel: "gpt-4",
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    finishReasons: ["stop"],
  });
  expect([...span.inputMessages, ...span.outputMessages].map(describeMessage)).toEqual([
    { role: "user", text: "hi" },
    { role: "assistant", text: "hello", finishReason: "stop" },
  ]);
});

describe("Bedrock", () => {
  const bedrock = instrumented("bedrock");

  test("counts what its cache held beside the input, also where the input is the greater", () => {
    const span = readSpan(
      {
        "gen_ai.system": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5-v1:0",
        "gen_ai.usage.input_tokens": 2000,
        "gen_ai.usage.output_tokens": 50,
        "gen_ai.usage.total_tokens": 2050,
        "gen_ai.usage.cache_read.input_tokens": 1024,
      },
      bedrock,
    );
    expect(span).toMatchObject({
      kind: "LLM",
      provider: "bedrock",
      usage: { inputTokens: 3024, outputTokens: 50, totalTokens: 3074, cacheReadTokens: 1024 },
      notes: [],
    });
  });

  test.each([
    ["titan-embed-text-v2:0", "EMBEDDING"],
    ["cohere.rerank-v3-5:0", "RERANKER"],
  ])("%s is %s, though it says that it completed text", (model, kind) => {
    const attributes = { "gen_ai.operation.name": "text_completion", "gen_ai.request.model": model };
    expect(readSpan(attributes, bedrock).kind).toBe(kind);
  });
});

test("what Anthropic's model thought was a completion of its own, before the answer's", () => {
  const span = readSpan({
    "llm.request.type": "chat",
    "gen_ai.completion.0.role": "thinking",
    "gen_ai.completion.0.content": "Hm.",
    "gen_ai.completion.0.finish_reason": "end_turn",
    "gen_ai.completion.1.role": "assistant",
    "gen_ai.completion.1.content": "Hoo.",
  });
  expect(span.outputMessages.map(describeMessage)).toEqual([
    { role: "assistant", text: "Hoo.", reasoning: "Hm.", finishReason: "stop" },
  ]);
});

describe("LangChain", () => {
  const callback = (more: object) =>
    JSON.stringify({ ...more, tags: ["seq:step:1", "prod"], metadata: {}, kwargs: { name: "x" } });

  test("a tool has the arguments of its call, not all that the callback was called with", () => {
    const called = callback({ input_str: "{'city': 'Paris'}", inputs: { city: "Paris" } });
    const answer = { type: "tool", content: '{"celsius": 14}', tool_call_id: "c1" };
    const span = readSpan({
      "traceloop.span.kind": "tool",
      "traceloop.entity.name": "get_weather",
      "traceloop.entity.input": called,
      "gen_ai.tool.call.arguments": called,
      "gen_ai.tool.call.result": JSON.stringify({ output: answer, kwargs: {} }),
    });
    expect(span.tool).toEqual({
      name: "get_weather",
      arguments: { city: "Paris" },
      result: { celsius: 14 },
      callId: "c1",
    });
    expect(span.tags).toEqual(["prod"]);
  });

  test("a retriever is a task that says what it does", () => {
    const span = readSpan({
      "traceloop.span.kind": "task",
      "gen_ai.operation.name": "vector_db_retrieve",
      "gen_ai.task.input": callback({ query: "rain?" }),
      "gen_ai.task.output": JSON.stringify({ documents: [{ page_content: "It rains." }], count: 1 }),
    });
    expect(span).toMatchObject({
      kind: "RETRIEVER",
      query: "rain?",
      input: { value: "rain?" },
      documents: [{ text: "It rains." }],
    });
  });

  test("LangGraph's housekeeping is no metadata of the application, and stays unread", () => {
    const prefix = "traceloop.association.properties.";
    const span = readSpan({
      [`${prefix}langgraph_node`]: "model",
      [`${prefix}langgraph_step`]: 1,
      [`${prefix}ls_provider`]: "openai",
      [`${prefix}plan`]: "pro",
    });
    expect(span).toMatchObject({ graphNode: { name: "model" }, metadata: { plan: "pro" } });
    expect(span.claimedKeys).not.toContain(`${prefix}langgraph_step`);
  });
});

test("a reranking of Voyage's says so in GenAI's words", () => {
  const span = readSpan(
    {
      "gen_ai.operation.name": "rerank",
      "gen_ai.prompt.0.role": "system",
      "gen_ai.prompt.0.content": "{'text': 'It rains.'}",
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.1.content": "rain?",
      "gen_ai.completion.0.content": "Doc 0, Score: 0.9",
    },
    instrumented("voyageai"),
  );
  expect(span).toMatchObject({
    kind: "RERANKER",
    query: "rain?",
    inputDocuments: [{ text: "It rains." }],
    documents: [{ text: "It rains.", score: 0.9, rank: 1 }],
  });
});

test("LangChain in JavaScript: a tool is a task that says what it does, and its answer knows its name", () => {
  const answer = {
    lc: 1,
    id: ["ToolMessage"],
    kwargs: { content: "14", name: "get_weather", tool_call_id: "c1" },
  };
  const span = readSpan({
    "traceloop.span.kind": "task",
    "traceloop.entity.name": "DynamicStructuredTool",
    "gen_ai.operation.name": "execute_tool",
    "traceloop.entity.output": JSON.stringify(answer),
  });
  expect(span).toMatchObject({ kind: "TOOL", displayName: "get_weather" });
  expect(span.tool).toEqual({ name: "get_weather", result: "14", callId: "c1" });
});

test("Cohere's reranking in JavaScript has the documents under a name of their own", () => {
  const span = readSpan({
    "llm.request.type": "rerank",
    topN: 2,
    "gen_ai.prompt.0.role": "user",
    "gen_ai.prompt.0.user": "rain?",
    "documents.0.index": "It is dry.",
    "documents.1.index": "It rains.",
    "gen_ai.completion.0.relevanceScore": 0.9,
    "gen_ai.completion.0.content": "It rains.",
    "gen_ai.completion.1.relevanceScore": 0.1,
  });
  expect(span).toMatchObject({
    kind: "RERANKER",
    query: "rain?",
    topK: 2,
    inputDocuments: [{ text: "It is dry." }, { text: "It rains." }],
    documents: [{ text: "It rains.", score: 0.9 }, { score: 0.1 }],
  });
});

test("MCP: requests are steps, calls of tools are tools", () => {
  const mcp = instrumented("mcp.instrumentation");
  expect(readSpan({ "traceloop.entity.input": '{"method":"tools/list"}' }, mcp).kind).toBe("CHAIN");
  expect(readSpan({ "traceloop.span.kind": "session" }, mcp).kind).toBe("CHAIN");
});

test("what Python printed of a tool's answer or of an error is opened", () => {
  const tool = readSpan({
    "traceloop.span.kind": "tool",
    "traceloop.entity.output": "status='success' result='{\"celsius\": 14}' error=None",
  });
  expect(tool.tool?.result).toEqual({ celsius: 14 });
  const failed = readSpan(
    { "gen_ai.operation.name": "chat" },
    {
      ...instrumented("openai_agents"),
      statusCode: "ERROR",
      statusMessage: "{'message': 'Error getting response', 'data': {'error': 'Rate limit'}}",
    },
  );
  expect(failed.error?.message).toBe("Error getting response: Rate limit");
});

test("the pieces of one answer of Replicate's are one answer, addresses of pictures are not", () => {
  const replicate = instrumented("replicate");
  const answers = (...pieces: string[]) =>
    readSpan(
      {
        "llm.request.type": "completion",
        ...Object.fromEntries(pieces.map((piece, index) => [`gen_ai.completion.${index}.content`, piece])),
      },
      replicate,
    ).outputMessages.length;
  expect(answers("It ", "rains.")).toBe(1);
  expect(answers("https://a.example/1.png", "https://a.example/2.png")).toBe(2);
});

test("a metric that an application reports is a score of its span", () => {
  const span = readSpan({ "traceloop.span.kind": "workflow", "traceloop.custom_metric.quality": 0.8 });
  expect(readAnnotations(span)).toMatchObject([{ name: "quality", result: { score: 0.8 } }]);
});

test("the settings of a call of watsonx, and its prompt under the name of who asks", () => {
  const span = readSpan(
    {
      "gen_ai.system": "Watsonx",
      "llm.request.type": "completion",
      "gen_ai.prompt.0.user": "Say hello",
      "llm.watsonx.decoding_method": "greedy",
      "llm.watsonx.max_new_tokens": 50,
      "gen_ai.completion.0.content": "Hello",
      "llm.response.stop_reason": "eos_token",
    },
    instrumented("watsonx"),
  );
  expect(span).toMatchObject({
    kind: "LLM",
    provider: "watsonx",
    invocationParameters: { decoding_method: "greedy", max_tokens: 50 },
    finishReasons: ["stop"],
  });
  expect(span.inputMessages.map(describeMessage)).toEqual([{ role: "user", text: "Say hello" }]);
  expect(span.outputMessages.map(describeMessage)).toEqual([{ role: "assistant", text: "Hello" }]);
});
