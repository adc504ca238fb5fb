import { describe, expect, it } from "vitest";
import { usageAttributes } from "./usage-attributes.ts";

/** Without the names' common beginning. */
function read(usage: unknown): object {
  return Object.fromEntries(
    Object.entries(usageAttributes(usage)).map(([key, value]) => [
      key.replace("llm.token_count.", ""),
      value,
    ]),
  );
}

describe("usageAttributes", () => {
  it("OpenAI's chat: details are parts of the totals", () => {
    expect(
      read({
        prompt_tokens: 1200,
        completion_tokens: 300,
        total_tokens: 1500,
        prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 128, audio_tokens: 40 },
      }),
    ).toEqual({
      prompt: 1200,
      completion: 300,
      total: 1500,
      "prompt_details.cache_read": 1000,
      "prompt_details.audio": 20,
      "completion_details.reasoning": 128,
      "completion_details.audio": 40,
    });
  });

  it("OpenAI's Responses", () => {
    expect(
      read({
        input_tokens: 100,
        output_tokens: 50,
        total_tokens: 150,
        input_tokens_details: { cached_tokens: 64 },
        output_tokens_details: { reasoning_tokens: 32 },
      }),
    ).toEqual({
      prompt: 100,
      completion: 50,
      total: 150,
      "prompt_details.cache_read": 64,
      "completion_details.reasoning": 32,
    });
  });

  it("Anthropic's: what came from and went to the cache is beside input_tokens", () => {
    expect(
      read({
        input_tokens: 193,
        output_tokens: 61,
        cache_read_input_tokens: 1024,
        cache_creation_input_tokens: 256,
      }),
    ).toEqual({
      prompt: 1473,
      completion: 61,
      total: 1534,
      "prompt_details.cache_read": 1024,
      "prompt_details.cache_write": 256,
    });
    expect(read({ input_tokens: 10, output_tokens: 5, cache_read_input_tokens: null })).toEqual({
      prompt: 10,
      completion: 5,
      total: 15,
    });
  });

  it("a gateway's, which has Anthropic's names beside OpenAI's total", () => {
    expect(
      read({
        prompt_tokens: 1473,
        completion_tokens: 61,
        total_tokens: 1534,
        cache_read_input_tokens: 1024,
        cache_creation_input_tokens: 256,
      }),
    ).toMatchObject({
      prompt: 1473,
      total: 1534,
      "prompt_details.cache_read": 1024,
      "prompt_details.cache_write": 256,
    });
  });

  it("DeepSeek's cache, and a cost that is reported", () => {
    expect(
      read({ prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 8, cost: 0.0012 }),
    ).toEqual({
      prompt: 10,
      completion: 2,
      total: 12,
      "prompt_details.cache_read": 8,
      "llm.cost.total": 0.0012,
    });
  });

  it.each([
    [undefined],
    [null],
    ["7"],
    [[]],
    [{}],
    [{ prompt_tokens: -1, completion_tokens: "9", total_tokens: Number.NaN, cost: -1 }],
  ])("makes nothing up: %j", (usage) => {
    expect(read(usage)).toEqual({});
  });

  it("gives no total where a part is missing", () => {
    expect(read({ prompt_tokens: 5 })).toEqual({ prompt: 5 });
  });
});
