import type { PriceRule, Rate, Rates } from "@nightowl/model/pricing/price";

/** Rates that a form asks for, in its order. */
export const RATE_FIELDS: readonly { name: keyof Rates; label: string; otherwise: string }[] = [
  { name: "input", label: "Input", otherwise: "" },
  { name: "output", label: "Output", otherwise: "" },
  { name: "cacheRead", label: "Cache read", otherwise: "as input" },
  { name: "cacheWrite", label: "Cache write", otherwise: "as input" },
  { name: "cacheWrite1h", label: "Cache write, 1 h", otherwise: "as cache write" },
  { name: "reasoning", label: "Reasoning", otherwise: "as output" },
  { name: "audioInput", label: "Audio in", otherwise: "as input" },
  { name: "audioOutput", label: "Audio out", otherwise: "as output" },
];

/** A pattern that matches exactly this text. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A rate as it is typed: `2.5`, or with steps by the length of the prompt `1.25, 2.5 > 200000`. */
export function formatRate(rate: Rate | undefined): string {
  if (rate === undefined) return "";
  if (typeof rate === "number") return String(rate);
  return [String(rate.base), ...rate.tiers.map((tier) => `${tier.rate} > ${tier.above}`)].join(", ");
}

/** The reverse; undefined for no text, null for what is no rate. */
export function parseRate(text: string): Rate | undefined | null {
  const pieces = text.split(",").map((piece) => piece.trim());
  const [base = "", ...tiers] = pieces;
  if (text.trim() === "") return undefined;
  const baseRate = parseUsd(base);
  if (baseRate === null) return null;
  if (tiers.length === 0) return baseRate;
  const parsed = tiers.map((tier) => {
    const [rateText = "", aboveText = ""] = tier.split(">");
    const rate = parseUsd(rateText);
    const above = /^\s*\d[\d_ ]*$/.test(aboveText) ? Number(aboveText.replace(/[_ ]/g, "")) : null;
    return rate === null || above === null ? null : { rate, above };
  });
  const known = parsed.filter((tier) => tier !== null);
  return known.length === parsed.length ? { base: baseRate, tiers: known } : null;
}

function parseUsd(text: string): number | null {
  const value = /^\s*\$?\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text.replace(/[$\s]/g, "")) : NaN;
  return Number.isFinite(value) ? value : null;
}

/** What a form's fields say, or what is wrong with them. */
export function readPriceForm(field: (name: string) => string): { rule: PriceRule } | { problem: string } {
  const rates: Rates = {};
  for (const { name, label } of RATE_FIELDS) {
    const rate = parseRate(field(name));
    if (rate === null) return { problem: `${label} is no price: write 2.5, or 1.25, 2.5 > 200000` };
    if (rate !== undefined) rates[name] = rate;
  }
  const perCall = parseRate(field("usdPerCall")) ?? 0;
  if (typeof perCall !== "number") return { problem: "The fee for each call is one number." };
  if (Object.keys(rates).length === 0 && perCall === 0) return { problem: "Give at least one price." };
  const model = field("model").trim();
  if (model === "") return { problem: "Say for which models the price is." };
  return {
    rule: {
      name: field("name").trim(),
      model,
      provider: field("provider").trim(),
      validFrom: field("validFrom").trim(),
      usdPerMillionTokens: rates,
      usdPerCall: perCall,
    },
  };
}
