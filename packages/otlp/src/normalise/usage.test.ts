import { expect, test } from "vitest";
import { readUsageObject } from "./read-usage.ts";
import { settleUsage, usageComplaint } from "./usage.ts";

test.each([
  // [as reported, what it must become]
  [
    "OpenAI: inside, and the total says so",
    { inputTokens: 1217, outputTokens: 38, totalTokens: 1255, cacheReadTokens: 1024 },
    {},
  ],
  [
    "beside: only with the cache is the total reached",
    { inputTokens: 193, outputTokens: 38, totalTokens: 1255, cacheReadTokens: 1024 },
    { inputTokens: 1217 },
  ],
  [
    "beside, though less than the input",
    { inputTokens: 500, outputTokens: 50, totalTokens: 850, cacheReadTokens: 200, cacheWriteTokens: 100 },
    { inputTokens: 800 },
  ],
  [
    "thoughts beside the answer",
    { inputTokens: 100, outputTokens: 20, totalTokens: 170, reasoningTokens: 50 },
    { outputTokens: 70 },
  ],
  [
    "both beside",
    { inputTokens: 10, outputTokens: 20, totalTokens: 60, cacheReadTokens: 5, reasoningTokens: 25 },
    { inputTokens: 15, outputTokens: 45 },
  ],
  [
    "more cached than input, no total",
    { inputTokens: 193, cacheReadTokens: 1024, cacheWriteTokens: 256 },
    { inputTokens: 1473 },
  ],
  ["less cached than input, no total: inside", { inputTokens: 1473, cacheReadTokens: 1024 }, {}],
  [
    "a total that nothing explains changes nothing",
    { inputTokens: 10, outputTokens: 5, totalTokens: 99, cacheReadTokens: 4 },
    {},
  ],
])("%s", (_name, reported, changed) => {
  const settled = settleUsage(reported);
  expect(settled).toEqual({ ...reported, ...changed });
  expect(settleUsage(settled)).toEqual(settled);
});

test("a total that does not add up is remarked upon, and nothing else is", () => {
  const complain = (usage: Parameters<typeof settleUsage>[0]) => usageComplaint(usage, settleUsage(usage));
  expect(complain({ inputTokens: 10, outputTokens: 5, totalTokens: 99 })).toBe(
    "99 tokens were reported in total, but 10 in and 5 out are 15.",
  );
  expect(complain({ inputTokens: 10, outputTokens: 5, totalTokens: 15 })).toBeUndefined();
  expect(
    complain({ inputTokens: 10, outputTokens: 5, totalTokens: 18, other: { tool_use: 3 } }),
  ).toBeUndefined();
  // Anthropic's total of an old instrumentation left out what its input did.
  expect(
    complain({ inputTokens: 193, outputTokens: 54, totalTokens: 247, cacheReadTokens: 1024 }),
  ).toBeUndefined();
  expect(complain({ totalTokens: 99 })).toBeUndefined();
  expect(complain({ inputTokens: 16, totalTokens: 16 })).toBeUndefined();
});

test.each([
  [
    "OpenAI chat",
    {
      prompt_tokens: 1217,
      completion_tokens: 38,
      total_tokens: 1255,
      prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 16, audio_tokens: null },
    },
    {
      inputTokens: 1217,
      outputTokens: 38,
      totalTokens: 1255,
      cacheReadTokens: 1024,
      audioInputTokens: 3,
      reasoningTokens: 16,
    },
  ],
  [
    "OpenAI Responses",
    {
      input_tokens: 12,
      output_tokens: 5,
      total_tokens: 17,
      input_tokens_details: { cached_tokens: 2 },
      output_tokens_details: { reasoning_tokens: 4 },
    },
    { inputTokens: 12, outputTokens: 5, totalTokens: 17, cacheReadTokens: 2, reasoningTokens: 4 },
  ],
  [
    "Anthropic: the cache beside, even a small one",
    { input_tokens: 500, output_tokens: 54, cache_read_input_tokens: 100, cache_creation_input_tokens: 0 },
    { inputTokens: 600, outputTokens: 54, cacheReadTokens: 100, cacheWriteTokens: 0 },
  ],
  [
    "Gemini: the thoughts beside",
    {
      promptTokenCount: 100,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 7,
      cachedContentTokenCount: 30,
      totalTokenCount: 127,
    },
    { inputTokens: 100, outputTokens: 27, reasoningTokens: 7, cacheReadTokens: 30, totalTokens: 127 },
  ],
  [
    "Bedrock",
    { inputTokens: 9, outputTokens: 2, totalTokens: 11, cacheReadInputTokens: 4 },
    { inputTokens: 9, outputTokens: 2, totalTokens: 11, cacheReadTokens: 4 },
  ],
  [
    "nonsense",
    { prompt_tokens: -1, completion_tokens: "many", total_tokens: NaN, prompt_tokens_details: [1] },
    {},
  ],
  ["no object", "12 tokens", {}],
])("usage object of %s", (_name, object, usage) => {
  expect(readUsageObject(object)).toEqual(usage);
});
