import { expect, test } from "vitest";
import { describeSpan } from "../normalise/expectations.fixture.ts";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test("a call of a model, its settings in the metadata", () => {
  const span = describeSpan(
    readSpan({
      "braintrust.span_attributes": '{"type":"llm","name":"Chat Completion"}',
      "braintrust.input_json": '[{"role":"user","content":"Wetter?"}]',
      "braintrust.output_json":
        '[{"index":0,"message":{"role":"assistant","content":"Regen."},"finish_reason":"stop"}]',
      "braintrust.metadata": JSON.stringify({
        provider: "openai",
        model: "gpt-4o-mini",
        temperature: 0.2,
        tools: [{ type: "function", function: { name: "get_weather" } }],
      }),
      "braintrust.metrics": JSON.stringify({
        prompt_tokens: 1217,
        completion_tokens: 38,
        tokens: 1255,
        prompt_cached_tokens: 1024,
        completion_reasoning_tokens: 16,
        time_to_first_token: 0.05,
      }),
      "braintrust.tags": ["prod"],
    }),
  );
  expect(span).toMatchObject({
    kind: "LLM",
    displayName: "Chat Completion",
    provider: "openai",
    requestModel: "gpt-4o-mini",
    parameters: { temperature: 0.2 },
    tools: ["get_weather"],
    input: [{ role: "user", text: "Wetter?" }],
    output: [{ role: "assistant", text: "Regen." }],
    finishReasons: ["stop"],
    usage: {
      inputTokens: 1217,
      outputTokens: 38,
      totalTokens: 1255,
      cacheReadTokens: 1024,
      reasoningTokens: 16,
    },
    timeToFirstTokenMs: 50,
    tags: ["prod"],
  });
});

test.each([
  ["task", "CHAIN"],
  ["eval", "CHAIN"],
  ["score", "EVALUATOR"],
  ["tool", "TOOL"],
  ["nothing known", "UNKNOWN"],
])("%s is %s", (type, kind) =>
  expect(readSpan({ "braintrust.span_attributes": JSON.stringify({ type }) }).kind).toBe(kind),
);

test("what was written by hand, flattened", () => {
  const span = readSpan({
    "braintrust.input": "Wetter?",
    "braintrust.metadata.user_id": "anna",
    "braintrust.metadata.tenant": "acme",
    "braintrust.metrics.estimated_cost": 0.002,
  });
  expect(span).toMatchObject({
    input: { value: "Wetter?" },
    userId: "anna",
    metadata: { tenant: "acme" },
    cost: { source: "reported", costUsd: 0.002 },
  });
});
