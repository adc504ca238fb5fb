import { z } from "zod";

/** What a call is billed for. Each token of a call is in one of the first seven; see {@link costOf}. */
export const COST_BUCKETS = [
  "input",
  "cacheRead",
  "cacheWrite",
  "output",
  "reasoning",
  "audioInput",
  "audioOutput",
  "other",
] as const;
export type CostBucket = (typeof COST_BUCKETS)[number];

/** US dollars by bucket. `other` is a fee per call, or a reported cost that nothing divides. */
export type CostBuckets = Record<CostBucket, number>;

/**
 * Who says what a model costs, in order of precedence: somebody on the page or by API, the configuration file,
 * Nightowl itself where the published list is wrong, and the published list (genai-prices).
 */
export const PRICE_SOURCES = ["user", "config", "nightowl", "genai-prices"] as const;
export type PriceSource = (typeof PRICE_SOURCES)[number];

const usd = z.number().min(0).max(1_000_000);

/** US dollars per million tokens; one number, or one that changes when the whole prompt is longer than `above` tokens. */
export const rateSchema = z.union([
  usd,
  z.object({
    base: usd,
    tiers: z
      .array(z.object({ above: z.number().int().min(0), rate: usd }))
      .min(1)
      .max(10),
  }),
]);
export type Rate = z.infer<typeof rateSchema>;

/**
 * A bucket without a rate costs what the tokens around it cost: cached and audio input as input, reasoning and audio
 * output as output, writes for an hour as writes for five minutes.
 */
export const ratesSchema = z.object({
  input: rateSchema.optional(),
  cacheRead: rateSchema.optional(),
  cacheWrite: rateSchema.optional(),
  cacheWrite1h: rateSchema.optional(),
  output: rateSchema.optional(),
  reasoning: rateSchema.optional(),
  audioInput: rateSchema.optional(),
  audioOutput: rateSchema.optional(),
});
export type Rates = z.infer<typeof ratesSchema>;

/** A price as it was found for a call. */
export interface Price {
  /** `openai/gpt-4o`, or the name that somebody gave it. */
  name: string;
  source: PriceSource;
  /** ISO 8601 date or time since when it is valid; `""` where nobody said. */
  validFrom: string;
  usdPerMillionTokens: Rates;
  usdPerCall: number;
}

const MAX_PATTERN = 200;

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text, "i"));
  } catch {
    return false;
  }
}

const pattern = z.string().max(MAX_PATTERN).refine(isPattern, { message: "is not a regular expression" });

/** A price that somebody sets, and what it is for. */
export const priceRuleSchema = z.object({
  name: z
    .string()
    .max(100)
    .default("")
    .describe("Shown with every cost that comes from it; `model` unless told"),
  model: pattern.min(1).describe("Regular expression that must match the whole model name, in either case"),
  provider: pattern.default("").describe("The same for the provider; empty is any"),
  validFrom: z
    .union([z.literal(""), z.iso.date(), z.iso.datetime({ offset: true })])
    .default("")
    .describe("For calls that started then or later; empty is always"),
  usdPerMillionTokens: ratesSchema.default({}),
  usdPerCall: usd.default(0).describe("A fee for each call, beside its tokens"),
});
export type PriceRule = z.output<typeof priceRuleSchema>;

/** All buckets zero. */
export function emptyBuckets(): CostBuckets {
  return {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 0,
    reasoning: 0,
    audioInput: 0,
    audioOutput: 0,
    other: 0,
  };
}

/** The sum of all buckets, US dollars. */
export function sumBuckets(buckets: CostBuckets): number {
  let total = 0;
  for (const bucket of COST_BUCKETS) total += buckets[bucket];
  return total;
}
