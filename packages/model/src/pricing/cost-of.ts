import type { Cost, Usage } from "../span/usage.ts";
import type { PriceBook } from "./price-book.ts";
import { COST_BUCKETS, emptyBuckets, sumBuckets, type CostBuckets, type Price, type Rate } from "./price.ts";

/**
 * Why a call with usage has no cost: it names no model; no price is known for the model; or the price that is known
 * says nothing of tokens that were used (a price per hour of audio, an embedding model that answered with text).
 */
export const UNPRICED_REASONS = ["no_model", "no_price", "no_rate"] as const;
export type UnpricedReason = (typeof UNPRICED_REASONS)[number];

/** A model call as pricing sees it. */
export interface PricedCall {
  usage: Usage;
  model: string | undefined;
  provider: string | undefined;
  /** Start of the call, Unix milliseconds: which price was valid. */
  startTimeMs: number;
  /** What the application says that it cost; it wins. */
  reported?: Extract<Cost, { source: "reported" }> | undefined;
}

/**
 * What a call cost and who says so. Of a reported cost, `split` says where its division into buckets comes from:
 * the application's own parts, the known price (scaled to the reported total), or nothing (all of it is in `other`).
 */
export type CallCost =
  | {
      source: "reported";
      costUsd: number;
      buckets: CostBuckets;
      split: "reported" | "price" | "none";
      price?: Price;
    }
  | { source: "computed"; costUsd: number; buckets: CostBuckets; price: Price }
  | { source: "unpriced"; reason: UnpricedReason; price?: Price };

/**
 * The cost of a call in US dollars, by bucket. Unknown is `unpriced` with its reason, never 0. Tokens that nobody
 * reported cost nothing.
 */
export function costOf(call: PricedCall, book: PriceBook): CallCost {
  const price = call.model ? book.findPrice(call.model, call.provider, call.startTimeMs) : undefined;
  const buckets = price && applyPrice(call.usage, price);
  if (call.reported) return divideReported(call.reported, buckets, price);
  if (!call.model) return { source: "unpriced", reason: "no_model" };
  if (!price) return { source: "unpriced", reason: "no_price" };
  if (!buckets) return { source: "unpriced", reason: "no_rate", price };
  return { source: "computed", costUsd: sumBuckets(buckets), buckets, price };
}

/**
 * Tokens times rates. Every token is billed in one bucket: cached and audio tokens are taken out of the input, reasoning
 * and audio tokens out of the output. A tier is chosen by the whole prompt, as providers do, and holds for all buckets.
 *
 * @returns undefined when the price has no rate for tokens that were used.
 */
export function applyPrice(usage: Usage, price: Price): CostBuckets | undefined {
  const rates = price.usdPerMillionTokens;
  const tokens = bucketTokens(usage);
  const promptTokens = usage.inputTokens ?? 0;
  const rate = (...choices: (Rate | undefined)[]): number | undefined => {
    const chosen = choices.find((choice) => choice !== undefined);
    return chosen === undefined ? undefined : rateFor(chosen, promptTokens);
  };
  const input = rate(rates.input);
  const output = rate(rates.output);
  const write = rate(rates.cacheWrite, rates.input);
  const hourWrite = rate(rates.cacheWrite1h, rates.cacheWrite, rates.input);
  const hourTokens = Math.min(usage.cacheWrite1hTokens ?? 0, tokens.cacheWrite);
  const costs: [keyof CostBuckets, number, number | undefined][] = [
    ["input", tokens.input, input],
    ["cacheRead", tokens.cacheRead, rate(rates.cacheRead, rates.input)],
    ["cacheWrite", tokens.cacheWrite - hourTokens, write],
    ["cacheWrite", hourTokens, hourWrite],
    ["output", tokens.output, output],
    ["reasoning", tokens.reasoning, rate(rates.reasoning, rates.output)],
    ["audioInput", tokens.audioInput, rate(rates.audioInput, rates.input)],
    ["audioOutput", tokens.audioOutput, rate(rates.audioOutput, rates.output)],
  ];
  const buckets = emptyBuckets();
  for (const [bucket, count, usdPerMillion] of costs) {
    if (count === 0) continue;
    if (usdPerMillion === undefined) return undefined;
    buckets[bucket] += (count * usdPerMillion) / 1e6;
  }
  buckets.other = price.usdPerCall;
  return buckets;
}

/** The tokens of each bucket, so that none is in two: what {@link applyPrice} multiplies. */
export function bucketTokens(usage: Usage): Omit<CostBuckets, "other"> {
  const cacheRead = usage.cacheReadTokens ?? 0;
  const cacheWrite = usage.cacheWriteTokens ?? 0;
  const prompt = Math.max(usage.inputTokens ?? 0, cacheRead + cacheWrite);
  // Audio that was read from the cache is in both counts; it is billed as read.
  const audioInput = Math.min(usage.audioInputTokens ?? 0, prompt - cacheRead - cacheWrite);
  const reasoning = usage.reasoningTokens ?? 0;
  const answer = Math.max(usage.outputTokens ?? 0, reasoning);
  const audioOutput = Math.min(usage.audioOutputTokens ?? 0, answer - reasoning);
  return {
    input: prompt - cacheRead - cacheWrite - audioInput,
    cacheRead,
    cacheWrite,
    output: answer - reasoning - audioOutput,
    reasoning,
    audioInput,
    audioOutput,
  };
}

function rateFor(rate: Rate, promptTokens: number): number {
  if (typeof rate === "number") return rate;
  let chosen = rate.base;
  let from = -1;
  for (const tier of rate.tiers) {
    if (promptTokens > tier.above && tier.above > from) {
      chosen = tier.rate;
      from = tier.above;
    }
  }
  return chosen;
}

function divideReported(
  reported: Extract<Cost, { source: "reported" }>,
  computed: CostBuckets | undefined,
  price: Price | undefined,
): CallCost {
  const { costUsd, inputCostUsd, outputCostUsd } = reported;
  const buckets = emptyBuckets();
  const total = computed ? sumBuckets(computed) : 0;
  if (computed && price && total > 0) {
    for (const bucket of COST_BUCKETS) buckets[bucket] = (computed[bucket] / total) * costUsd;
    return { source: "reported", costUsd, buckets, split: "price", price };
  }
  if (inputCostUsd === undefined && outputCostUsd === undefined) {
    buckets.other = costUsd;
    return { source: "reported", costUsd, buckets, split: "none" };
  }
  buckets.input = inputCostUsd ?? Math.max(0, costUsd - (outputCostUsd ?? 0));
  buckets.output = outputCostUsd ?? Math.max(0, costUsd - buckets.input);
  buckets.other = Math.max(0, costUsd - buckets.input - buckets.output);
  return { source: "reported", costUsd, buckets, split: "reported" };
}
