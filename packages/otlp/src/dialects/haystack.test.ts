import { describe, expect, test } from "vitest";
import { describeSpan } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

describe("components", () => {
  test.each([
    ["OpenAIChatGenerator", "LLM"],
    ["AmazonBedrockGenerator", "LLM"],
    ["InMemoryEmbeddingRetriever", "RETRIEVER"],
    ["TransformersSimilarityRanker", "RERANKER"],
    ["SentenceTransformersTextEmbedder", "EMBEDDING"],
    ["ChatPromptBuilder", "PROMPT"],
    ["FaithfulnessEvaluator", "EVALUATOR"],
    ["ConditionalRouter", "CHAIN"],
  ])("%s is %s", (type, kind) => {
    const span = readSpan(
      { "haystack.component.type": type, "haystack.component.name": "c" },
      { name: "haystack.component.run" },
    );
    expect(span).toMatchObject({ kind, displayName: "c" });
  });

  test.each([
    ["OpenAIChatGenerator", "gpt-4o", "openai"],
    ["AzureOpenAIChatGenerator", "gpt-4o", "azure"],
    ["MistralChatGenerator", "mistral-small", "mistral"],
    ["MyOwnGenerator", "claude-sonnet-4-5", "anthropic"],
    ["MyOwnGenerator", "my-model", undefined],
  ])("%s of %s is %s's", (type, model, provider) => {
    const output = JSON.stringify({
      replies: [{ role: "assistant", content: [{ text: "x" }], meta: { model } }],
    });
    const span = readSpan({ "haystack.component.type": type, "haystack.component.output": output });
    expect(span.provider).toBe(provider);
  });
});

test("messages of early versions, and a value that is Python", () => {
  const output = JSON.stringify({
    replies: [
      {
        _role: "assistant",
        _content: [{ text: "hello" }],
        _meta: { finish_reason: "stop", usage: { prompt_tokens: 3, completion_tokens: 1 } },
      },
    ],
  });
  const span = describeSpan(
    readSpan({ "haystack.component.type": "OpenAIChatGenerator", "haystack.component.output": output }),
  );
  expect(span).toMatchObject({
    output: [{ role: "assistant", text: "hello", finishReason: "stop" }],
    usage: { inputTokens: 3, outputTokens: 1 },
  });
  const agent = describeSpan(
    readSpan({ "haystack.agent.input": "{'messages': [ChatMessage(...)]}" }, { name: "haystack.agent.run" }),
  );
  expect(agent).toMatchObject({ kind: "AGENT", inputPreview: "{'messages': [ChatMessage(...)]}" });
});

test("a ranker's documents, before and after", () => {
  const documents = [
    { id: "a", content: "A", meta: { p: 1 }, embedding: null },
    { id: "b", content: "B" },
  ];
  const span = describeSpan(
    readSpan({
      "haystack.component.type": "CohereRanker",
      "haystack.component.input": JSON.stringify({ query: "q", documents, top_k: 1 }),
      "haystack.component.output": JSON.stringify({ documents: [{ id: "b", content: "B", score: 0.9 }] }),
    }),
  );
  expect(span).toMatchObject({
    kind: "RERANKER",
    query: "q",
    topK: 1,
    inputDocuments: [
      { id: "a", text: "A", metadata: { p: 1 } },
      { id: "b", text: "B" },
    ],
    documents: [{ id: "b", text: "B", score: 0.9 }],
  });
});

test("a tool that failed without the agent failing", () => {
  const byAgent = readSpan(
    {
      "haystack.tool.name": "get_weather",
      "haystack.tool.error": true,
      "haystack.agent.step.tool.output": JSON.stringify({ error: "no such city" }),
    },
    { name: "haystack.agent.step.tool" },
  );
  expect(byAgent).toMatchObject({ kind: "TOOL", error: { message: "no such city" } });
  const told = {
    result: "no such city",
    error: true,
    origin: { tool_name: "get_weather", arguments: {}, id: "call_1" },
  };
  const byInvoker = readSpan({
    "haystack.component.type": "ToolInvoker",
    "haystack.component.output": JSON.stringify({
      tool_messages: [{ role: "tool", content: [{ tool_call_result: told }] }],
    }),
  });
  expect(byInvoker).toMatchObject({ kind: "TOOL", error: { message: "no such city" } });
});
