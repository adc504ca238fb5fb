import type { Cost } from "@nightowl/model/span/usage";

/**
 * US dollars: `$31.07`, `$0.0231`, `$0.00042`. Small amounts keep their first figures, because a
 * call often costs less than a cent. A real zero is `$0`.
 */
export function formatUsd(costUsd: number): string {
  const abs = Math.abs(costUsd);
  if (abs === 0) return "$0";
  const sign = costUsd < 0 ? "−" : "";
  if (abs >= 1000) return `${sign}$${Math.round(abs).toLocaleString("en-US")}`;
  if (abs >= 1) return `${sign}$${abs.toFixed(2)}`;
  if (abs >= 0.0001) return `${sign}$${abs.toFixed(4)}`;
  if (abs >= 0.000_001) return `${sign}$${abs.toFixed(6).replace(/0+$/, "")}`;
  return `${sign}<$0.000001`;
}

/** US dollars where a column is narrow: `$.0071`, `<$.0001`, `$31.07`. Seven characters but for a million. */
export function formatShortUsd(costUsd: number): string {
  const abs = Math.abs(costUsd);
  if (abs > 0 && abs < 0.0001) return `${costUsd < 0 ? "−" : ""}<$.0001`;
  return formatUsd(costUsd).replace("$0.", "$.");
}

/** A span's cost; without a price it says so, and is never $0. Undefined (no usage at all): `""`. */
export function formatCost(cost: Cost | undefined): string {
  if (cost === undefined) return "";
  return cost.source === "unpriced" ? "unpriced" : formatUsd(cost.costUsd);
}

/**
 * A total: the known sum, and whether something is missing from it.
 * `{text: "$0.0231", partial: true}` means that some calls have no known price. No calls at all: `text` is `""`.
 */
export function formatCostTotal(
  costUsd: number | null,
  unpricedCount: number,
): { text: string; partial: boolean } {
  if (costUsd === null) return { text: unpricedCount > 0 ? "unpriced" : "", partial: false };
  return { text: formatUsd(costUsd), partial: unpricedCount > 0 };
}
