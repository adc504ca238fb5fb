import { describe, expect, test } from "vitest";
import { readSpan } from "../../normalise/wire-span.fixture.ts";

const CHAT = { "gen_ai.operation.name": "chat" };

describe("usage", () => {
  test("a cache beside the input is turned inside, reasoning beside the output too", () => {
    const span = readSpan({
      ...CHAT,
      "gen_ai.usage.input_tokens": 193,
      "gen_ai.usage.cache_read.input_tokens": 1024,
      "gen_ai.usage.cache_creation.input_tokens": 256,
      "gen_ai.usage.output_tokens": 10,
      "gen_ai.usage.reasoning.output_tokens": 16,
      "gen_ai.usage.input_cost": 0.5,
      "gen_ai.usage.images": 2,
    });
    expect(span.usage).toEqual({
      inputTokens: 1473,
      outputTokens: 26,
      cacheReadTokens: 1024,
      cacheWriteTokens: 256,
      reasoningTokens: 16,
      other: { images: 2 },
    });
    expect(span.cost).toEqual({ source: "reported", costUsd: 0.5, inputCostUsd: 0.5 });
  });

  test("aliases are never summed, and buckets of two dialects are filled in", () => {
    const span = readSpan({
      ...CHAT,
      "gen_ai.usage.input_tokens": 30,
      "gen_ai.usage.prompt_tokens": 30,
      "llm.token_count.prompt": 30,
      "llm.token_count.completion": 7,
    });
    expect(span.usage).toEqual({ inputTokens: 30, outputTokens: 7 });
  });
});

test.each(["operation.cost", "gen_ai.cost.total_cost", "llm.usage.total_cost", "gen_ai.usage.cost_usd"])(
  "a cost under the name %s",
  (name) => expect(readSpan({ ...CHAT, [name]: 0.5 }).cost).toEqual({ source: "reported", costUsd: 0.5 }),
);

test("what was written to a cache for an hour", () => {
  for (const name of ["cache_creation.1h_input_tokens", "cache_creation.input_tokens.ephemeral_1h"])
    expect(readSpan({ ...CHAT, [`gen_ai.usage.${name}`]: 7 }).usage.cacheWrite1hTokens).toBe(7);
});

test("OpenLLMetry's total and thoughts beside the convention's tokens", () => {
  const tokens = { "gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 4 };
  const beside = { "llm.usage.total_tokens": 7, "llm.usage.reasoning_tokens": 2 };
  expect(readSpan({ ...CHAT, ...tokens, ...beside }).usage).toEqual({
    inputTokens: 3,
    outputTokens: 4,
    totalTokens: 7,
    reasoningTokens: 2,
  });
});
