import type { PriceSource } from "@nightowl/model/pricing/price";

/** Where a price comes from, for people. */
export const SOURCE_LABELS: Record<PriceSource, string> = {
  user: "set by hand",
  config: "configuration file",
  nightowl: "correction of the list",
  "genai-prices": "published list",
};

const REASONS: Record<string, string> = {
  no_model: "the span names no model",
  no_price: "no price is known for its model",
  no_rate: "its price says nothing of these tokens",
};

/** Why a call has no cost: `no price is known for its model`. */
export function unpricedWord(reason: string | null): string {
  return REASONS[reason ?? ""] ?? "no price is known";
}

/** Who says what a call cost, and by which price. */
export function costWord(cost: {
  source: "reported" | "computed" | "unpriced" | null;
  unpricedReason: string | null;
  split: "reported" | "price" | "none" | null;
  price: { name: string; source: PriceSource; validFrom: string } | null;
}): string {
  const { source, split, price } = cost;
  if (source === null) return "no cost of its own";
  if (source === "unpriced") return unpricedWord(cost.unpricedReason);
  const named =
    price &&
    `${price.name} (${SOURCE_LABELS[price.source]}${price.validFrom === "" ? "" : `, from ${price.validFrom}`})`;
  if (source === "computed") return `tokens times the price of ${named}`;
  if (split === "price") return `as the application reported it; divided as the price of ${named} would`;
  return split === "reported"
    ? "as the application reported it, with its parts"
    : "as the application reported it";
}
