import { describe, expect, it } from "vitest";
import { costOf, type CallCost } from "@nightowl/model/pricing/cost-of";
import { createPriceBook } from "@nightowl/model/pricing/price-book";
import type { CostBuckets } from "@nightowl/model/pricing/price";
import { wireSpanFixture } from "@nightowl/model/span/span.fixture";
import { normaliseSpan } from "@nightowl/otlp/normalise/normalise";
import { PRICE_CORRECTIONS } from "./price-corrections.ts";
import { createPublishedPrices } from "./published-prices.ts";

const book = createPriceBook([{ source: "nightowl", rules: PRICE_CORRECTIONS }], createPublishedPrices());

/** What the call that reported this usage costs, through the same reading as any span. */
function costOfCall(
  provider: string,
  model: string,
  usage: Record<string, number>,
  at = "2026-11-01T12:00:00Z",
): CallCost {
  const attributes: Record<string, string | number> = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": provider,
    "gen_ai.response.model": model,
  };
  for (const [name, count] of Object.entries(usage)) attributes[`gen_ai.usage.${name}`] = count;
  const span = normaliseSpan(wireSpanFixture({ attributes }), { project: "test" });
  return costOf(
    { usage: span.usage, model: span.responseModel, provider: span.provider, startTimeMs: Date.parse(at) },
    book,
  );
}

interface Invoice {
  call: string;
  provider: string;
  model: string;
  /** Under `gen_ai.usage.`, as instrumentations write the response's usage. */
  usage: Record<string, number>;
  at?: string;
  /** Reckoned by hand from the provider's price page, US dollars. */
  costUsd: number;
  buckets?: Partial<CostBuckets>;
}

const INVOICES: Invoice[] = [
  {
    call: "OpenAI, part of the prompt from the cache",
    provider: "openai",
    model: "gpt-4o-2024-08-06",
    usage: { input_tokens: 2006, "cache_read.input_tokens": 1920, output_tokens: 300, total_tokens: 2306 },
    // 86 × 2.50 + 1,920 × 1.25 + 300 × 10.00 = 215 + 2,400 + 3,000 millionths
    costUsd: 0.005615,
    buckets: { input: 0.000215, cacheRead: 0.0024, output: 0.003 },
  },
  {
    call: "OpenAI, reasoning inside the output",
    provider: "openai",
    model: "o3-mini-2025-01-31",
    usage: { input_tokens: 75, output_tokens: 1186, "reasoning.output_tokens": 1024, total_tokens: 1261 },
    // 75 × 1.10 + 162 × 4.40 + 1,024 × 4.40 = 82.5 + 712.8 + 4,505.6
    costUsd: 0.0053009,
    buckets: { input: 0.0000825, output: 0.0007128, reasoning: 0.0045056 },
  },
  {
    call: "OpenAI, cached and reasoning",
    provider: "openai",
    model: "gpt-5",
    usage: {
      input_tokens: 2500,
      "cache_read.input_tokens": 2048,
      output_tokens: 700,
      "reasoning.output_tokens": 448,
    },
    // 452 × 1.25 + 2,048 × 0.125 + 252 × 10 + 448 × 10 = 565 + 256 + 2,520 + 4,480
    costUsd: 0.007821,
    buckets: { reasoning: 0.00448 },
  },
  {
    call: "OpenAI, audio in and out",
    provider: "openai",
    model: "gpt-4o-audio-preview-2024-12-17",
    usage: { input_tokens: 600, "audio.input_tokens": 500, output_tokens: 450, "audio.output_tokens": 400 },
    // 100 × 2.50 + 500 × 40 + 50 × 10 + 400 × 80 = 250 + 20,000 + 500 + 32,000
    costUsd: 0.05275,
    buckets: { audioInput: 0.02, audioOutput: 0.032 },
  },
  {
    call: "OpenAI, an embedding",
    provider: "openai",
    model: "text-embedding-3-small",
    usage: { input_tokens: 10_000 },
    // 10,000 × 0.02
    costUsd: 0.0002,
  },
  {
    call: "Azure serves OpenAI's model",
    provider: "azure.ai.openai",
    model: "gpt-4o-mini-2024-07-18",
    usage: { input_tokens: 4000, "cache_read.input_tokens": 1024, output_tokens: 250 },
    // 2,976 × 0.15 + 1,024 × 0.075 + 250 × 0.60 = 446.4 + 76.8 + 150
    costUsd: 0.0006732,
  },
  {
    call: "Anthropic, cache writes of five minutes and of an hour, and reads",
    provider: "anthropic",
    model: "claude-sonnet-4-20250514",
    usage: {
      input_tokens: 13_550,
      "cache_read.input_tokens": 10_000,
      "cache_creation.input_tokens": 3500,
      "cache_creation.ephemeral_1h_input_tokens": 2000,
      output_tokens: 800,
    },
    // 50 × 3 + 10,000 × 0.30 + 1,500 × 3.75 + 2,000 × 6 + 800 × 15 = 150 + 3,000 + 5,625 + 12,000 + 12,000
    costUsd: 0.032775,
    buckets: { cacheRead: 0.003, cacheWrite: 0.017625 },
  },
  {
    call: "Anthropic, input reported without what the cache had",
    provider: "anthropic",
    model: "claude-sonnet-4-20250514",
    usage: {
      input_tokens: 50,
      "cache_read.input_tokens": 10_000,
      "cache_creation.input_tokens": 3500,
      output_tokens: 800,
    },
    // 50 × 3 + 10,000 × 0.30 + 3,500 × 3.75 + 800 × 15 = 150 + 3,000 + 13,125 + 12,000
    costUsd: 0.028275,
  },
  {
    call: "Anthropic, a prompt past 200,000 tokens, cached ones among them",
    provider: "anthropic",
    model: "claude-sonnet-4-5-20250929",
    usage: { input_tokens: 250_000, "cache_read.input_tokens": 50_000, output_tokens: 1000 },
    // 200,000 × 6 + 50,000 × 0.60 + 1,000 × 22.50 = 1,200,000 + 30,000 + 22,500
    costUsd: 1.2525,
  },
  {
    call: "Gemini, thoughts beside the candidates, below the tier",
    provider: "gcp.gemini",
    model: "gemini-2.5-pro",
    usage: {
      input_tokens: 150_000,
      "cache_read.input_tokens": 20_000,
      output_tokens: 900,
      "reasoning.output_tokens": 600,
      total_tokens: 151_500,
    },
    // 130,000 × 1.25 + 20,000 × 0.125 + 900 × 10 + 600 × 10 = 162,500 + 2,500 + 9,000 + 6,000
    costUsd: 0.18,
    buckets: { output: 0.009, reasoning: 0.006 },
  },
  {
    call: "Gemini, exactly at the tier",
    provider: "gcp.vertex_ai",
    model: "gemini-2.5-pro",
    usage: { input_tokens: 200_000, output_tokens: 1000 },
    // 200,000 × 1.25 + 1,000 × 10
    costUsd: 0.26,
  },
  {
    call: "Gemini, one token past the tier",
    provider: "gcp.vertex_ai",
    model: "models/gemini-2.5-pro",
    usage: { input_tokens: 200_001, output_tokens: 1000 },
    // 200,001 × 2.50 + 1,000 × 15 = 500,002.5 + 15,000
    costUsd: 0.5150025,
  },
  {
    call: "Gemini, audio in the prompt",
    provider: "gcp.gemini",
    model: "gemini-2.5-flash",
    usage: { input_tokens: 5000, "audio.input_tokens": 3000, output_tokens: 100 },
    // 2,000 × 0.30 + 3,000 × 1.00 + 100 × 2.50 = 600 + 3,000 + 250
    costUsd: 0.00385,
  },
  {
    call: "Bedrock, Claude through an inference profile, cache beside the input",
    provider: "aws.bedrock",
    model: "us.anthropic.claude-sonnet-4-20250514-v1:0",
    usage: {
      input_tokens: 1000,
      "cache_read.input_tokens": 4000,
      "cache_write.input_tokens": 500,
      output_tokens: 200,
      total_tokens: 5700,
    },
    // 1,000 × 3 + 4,000 × 0.30 + 500 × 3.75 + 200 × 15 = 3,000 + 1,200 + 1,875 + 3,000
    costUsd: 0.009075,
  },
  {
    call: "Bedrock, Amazon's own model by its ARN",
    provider: "aws.bedrock",
    model: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
    usage: { input_tokens: 1200, output_tokens: 300 },
    // 1,200 × 0.80 + 300 × 3.20
    costUsd: 0.00192,
  },
  {
    call: "Bedrock, a model without its maker's name",
    provider: "aws.bedrock",
    model: "nova-pro-v1:0",
    usage: { input_tokens: 1200, output_tokens: 300 },
    // 1,200 × 0.80 + 300 × 3.20
    costUsd: 0.00192,
  },
  {
    call: "Bedrock, the second version of Titan's embeddings",
    provider: "aws.bedrock",
    model: "amazon.titan-embed-text-v2:0",
    usage: { input_tokens: 10_000 },
    // 10,000 × 0.02
    costUsd: 0.0002,
  },
  {
    call: "Perplexity, a fee for each call",
    provider: "perplexity",
    model: "sonar-pro",
    usage: { input_tokens: 100, output_tokens: 200 },
    // 14,000 + 100 × 3 + 200 × 15
    costUsd: 0.0173,
    buckets: { other: 0.014 },
  },
  {
    call: "DeepSeek before its price rose",
    provider: "deepseek",
    model: "deepseek-v4-flash",
    usage: { input_tokens: 1000, output_tokens: 500 },
    at: "2026-08-16T12:00:00Z",
    // 1,000 × 0.14 + 500 × 0.28
    costUsd: 0.00028,
  },
  {
    call: "DeepSeek on the day after",
    provider: "deepseek",
    model: "deepseek-v4-flash",
    usage: { input_tokens: 1000, output_tokens: 500 },
    at: "2026-08-18T12:00:00Z",
    // 1,000 × 0.22 + 500 × 0.66
    costUsd: 0.00055,
  },
];

describe("a call costs what its invoice says", () => {
  it.each(INVOICES)("$call", ({ provider, model, usage, at, costUsd, buckets }) => {
    const cost = costOfCall(provider, model, usage, at);
    if (cost.source !== "computed") throw new Error(`it is ${JSON.stringify(cost)}`);
    expect(Math.abs(cost.costUsd - costUsd)).toBeLessThan(1e-9);
    for (const [bucket, usd] of Object.entries(buckets ?? {})) {
      expect(cost.buckets[bucket as keyof CostBuckets], bucket).toBeCloseTo(usd, 9);
    }
  });
});

describe("what is not known is unpriced", () => {
  it.each([
    ["a model that nobody knows", "openai", "our-own-llm-7b", "no_price"],
    ["a known model of a provider that nobody knows", "some-gateway", "gpt-4o", "no_price"],
    ["a model that is billed by the hour", "groq", "whisper-large-v3", "no_rate"],
  ])("%s", (_, provider, model, reason) => {
    expect(costOfCall(provider, model, { input_tokens: 10, output_tokens: 5 })).toMatchObject({
      source: "unpriced",
      reason,
    });
  });

  it("an embedding model without a provider has the price of its maker", () => {
    const call = {
      usage: { inputTokens: 1_000_000 },
      provider: undefined,
      startTimeMs: Date.parse("2026-11-01"),
    };
    expect(costOf({ ...call, model: "text-embedding-3-small" }, book)).toMatchObject({ costUsd: 0.02 });
    expect(costOf({ ...call, model: "embedding-of-nobody" }, book)).toMatchObject({ source: "unpriced" });
  });

  it("a model without a provider has the price of whoever makes it", () => {
    const usage = { inputTokens: 1000, outputTokens: 0 };
    const cost = costOf(
      { usage, model: "gpt-4o", provider: undefined, startTimeMs: Date.parse("2026-11-01") },
      book,
    );
    expect(cost).toMatchObject({
      source: "computed",
      price: { name: "openai/gpt-4o", source: "genai-prices" },
    });
  });
});
