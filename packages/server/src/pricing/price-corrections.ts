import type { PriceRule } from "@nightowl/model/pricing/price";

/**
 * Where the published list says less than the provider's price page, and a bill would come out wrong. They win over the
 * list and lose to whatever somebody sets. Each says what is missing.
 */
export const PRICE_CORRECTIONS: readonly PriceRule[] = [
  {
    // The list has the text rates only, so that audio would cost a sixteenth of its price.
    name: "gpt-4o-audio-preview",
    model: "gpt-4o-audio-preview(-2024-12-17|-2025-06-03)?",
    provider: "openai|azure|",
    validFrom: "",
    usdPerMillionTokens: { input: 2.5, output: 10, audioInput: 40, audioOutput: 80 },
    usdPerCall: 0,
  },
  {
    name: "gpt-4o-mini-audio-preview",
    model: "gpt-4o-mini-audio-preview(-2024-12-17)?",
    provider: "openai|azure|",
    validFrom: "",
    usdPerMillionTokens: { input: 0.15, output: 0.6, audioInput: 10, audioOutput: 20 },
    usdPerCall: 0,
  },
  {
    // The list takes the second version for the first, which costs five times as much.
    name: "amazon.titan-embed-text-v2:0",
    model: "(.*[./])?titan-embed-text-v2(:0)?",
    provider: "bedrock|",
    validFrom: "",
    usdPerMillionTokens: { input: 0.02 },
    usdPerCall: 0,
  },
];
