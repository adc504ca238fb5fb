import {
  calcPrice,
  type ConditionalPrice,
  type ModelPrice,
  type PriceCalculation,
} from "@pydantic/genai-prices";
import type { PriceBook } from "@nightowl/model/pricing/price-book";
import type { Price, Rate, Rates } from "@nightowl/model/pricing/price";
import packageJson from "../../package.json" with { type: "json" };

/** Which list it is. */
export const PUBLISHED_PRICES = {
  name: "@pydantic/genai-prices",
  version: packageJson.dependencies["@pydantic/genai-prices"],
};

/** Our names of providers that the list knows by another. */
const PROVIDER_IDS: Record<string, string> = {
  bedrock: "aws",
  gemini: "google",
  vertex: "google",
  "azure-inference": "azure",
  moonshot: "moonshotai",
  xai: "x-ai",
};

/** Prices by time of day change on half hours. */
const SLOT_MS = 1_800_000;
const MAX_REMEMBERED = 20_000;

/**
 * The list of @pydantic/genai-prices that was installed with this version. It is data in the package: nothing is fetched.
 * Models that are billed by anything but tokens (hours of audio, pages, searches) have no rate there.
 */
export function createPublishedPrices(): PriceBook {
  const remembered = new Map<string, Price | undefined>();
  return {
    findPrice(model, provider, timeMs) {
      const key = `${Math.floor(timeMs / SLOT_MS)} ${provider ?? ""} ${model}`;
      if (remembered.has(key)) return remembered.get(key);
      const price = lookUp(model, provider, new Date(Math.floor(timeMs / SLOT_MS) * SLOT_MS));
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(key, price);
      return price;
    },
  };
}

function lookUp(model: string, provider: string | undefined, time: Date): Price | undefined {
  const providerId = provider === undefined ? undefined : (PROVIDER_IDS[provider] ?? provider);
  for (const name of namesOf(model, provider)) {
    const found = find(name, providerId, time) ?? (providerId ? null : find(name, makerOf(name), time));
    if (found) return toPrice(found);
  }
  return undefined;
}

/** Whose model it is, where the list does not know it by its name alone: spans of embeddings often name no provider. */
function makerOf(model: string): string | undefined {
  return MAKERS.find(([family]) => family.test(model))?.[1];
}

const MAKERS: [RegExp, string][] = [
  [/^text-embedding-(3|ada)/i, "openai"],
  [/^embed-/i, "cohere"],
  [/^voyage-/i, "voyageai"],
  [/^gemini-/i, "google"],
  [/^claude-/i, "anthropic"],
];

/**
 * As it was sent, and without its path: `models/gemini-2.5-pro`, `arn:aws:…:foundation-model/amazon.nova-pro-v1:0`. Of
 * Bedrock's models some instrumentations leave their maker out, by whom the list knows them: `nova-pro-v1:0`.
 */
function namesOf(model: string, provider: string | undefined): string[] {
  const bare = model.slice(model.lastIndexOf("/") + 1);
  const names = bare === "" || bare === model ? [model] : [model, bare];
  const maker =
    provider === "bedrock" ? BEDROCK_MAKERS.find(([family]) => family.test(bare))?.[1] : undefined;
  return maker === undefined ? names : [...names, `${maker}.${bare}`];
}

const BEDROCK_MAKERS: [RegExp, string][] = [
  [/^(nova|titan)-/i, "amazon"],
  [/^llama/i, "meta"],
  [/^claude-/i, "anthropic"],
  [/^(command|embed|rerank)-/i, "cohere"],
  [/^(mistral|mixtral|pixtral)-/i, "mistral"],
  [/^jamba-/i, "ai21"],
];

function find(model: string, providerId: string | undefined, time: Date): PriceCalculation | null {
  try {
    return calcPrice({}, model, { timestamp: time, ...(providerId === undefined ? {} : { providerId }) });
  } catch {
    // The package throws on lists that it cannot read itself. An odd entry is an unknown price.
    return null;
  }
}

function toPrice({ provider, model, model_price: rates }: PriceCalculation): Price {
  return {
    name: `${provider.id}/${model.id}`,
    source: "genai-prices",
    validFrom: startDateOf(model.prices, rates),
    usdPerMillionTokens: toRates(rates),
    usdPerCall: numberOf(rates["requests_kcount"]) / 1000,
  };
}

const RATE_KEYS: Record<keyof Rates, string> = {
  input: "input_mtok",
  cacheRead: "cache_read_mtok",
  cacheWrite: "cache_write_mtok",
  cacheWrite1h: "cache_write_1h_mtok",
  output: "output_mtok",
  reasoning: "output_reasoning_mtok",
  audioInput: "input_audio_mtok",
  audioOutput: "output_audio_mtok",
};

function toRates(prices: ModelPrice): Rates {
  const rates: Rates = {};
  for (const [name, key] of Object.entries(RATE_KEYS) as [keyof Rates, string][]) {
    const rate = toRate(prices[key]);
    if (rate !== undefined) rates[name] = rate;
  }
  return rates;
}

function toRate(price: ModelPrice[string]): Rate | undefined {
  if (price === undefined || typeof price === "number") return price;
  return { base: price.base, tiers: price.tiers.map((tier) => ({ above: tier.start, rate: tier.price })) };
}

function numberOf(price: ModelPrice[string]): number {
  return typeof price === "number" ? price : 0;
}

function startDateOf(prices: ConditionalPrice[] | ModelPrice, chosen: ModelPrice): string {
  if (!Array.isArray(prices)) return "";
  const constraint = prices.find((each) => each.prices === chosen)?.constraint;
  return constraint?.type === "start_date" ? constraint.start_date : "";
}
