import type { PriceSource } from "../pricing/price.ts";

/**
 * Token usage of one model call, in explicit buckets. `undefined` means "not reported",
 * which is not 0.
 *
 * Inside and beside: `inputTokens` is the whole prompt. `cacheReadTokens`, `cacheWriteTokens`
 * and `audioInputTokens` lie inside it, `cacheWrite1hTokens` inside `cacheWriteTokens`, `reasoningTokens` and
 * `audioOutputTokens` inside `outputTokens`. Producers that report a bucket beside the total are turned round when
 * they are read, so that buckets always add up.
 */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  /** As reported; for display only, never for cost. */
  totalTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  /** Of the written ones, those that the provider keeps for an hour: they cost more than those of five minutes. */
  cacheWrite1hTokens?: number;
  reasoningTokens?: number;
  audioInputTokens?: number;
  audioOutputTokens?: number;
  /** Any other numeric bucket that was sent, under its own name. */
  other?: Record<string, number>;
}

/**
 * What a call cost in US dollars, and who says so.
 * - `reported`: the application sent it.
 * - `computed`: tokens times a named price.
 * - `unpriced`: there was usage but no price is known. Never shown as $0.
 */
export type Cost =
  | { source: "reported"; costUsd: number; inputCostUsd?: number; outputCostUsd?: number }
  | {
      source: "computed";
      costUsd: number;
      priceName: string;
      priceSource: PriceSource;
      /** Since when the price is valid, `2026-08-17`; `""` where its source does not say. */
      priceDate: string;
    }
  | { source: "unpriced" };
