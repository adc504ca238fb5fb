import type { Rate } from "@nightowl/model/pricing/price";

/** US dollars per million tokens: `$2.50`, `$1.25, $2.50 above 200,000`; `–` where it is not told. */
export function rateText(rate: Rate | undefined): string {
  if (rate === undefined) return "–";
  if (typeof rate === "number") return dollars(rate);
  const tiers = rate.tiers.map((tier) => `${dollars(tier.rate)} above ${tier.above.toLocaleString("en-US")}`);
  return [dollars(rate.base), ...tiers].join(", ");
}

function dollars(usd: number): string {
  return `$${usd >= 0.1 || usd === 0 ? usd.toFixed(2) : Number(usd.toPrecision(3))}`;
}
