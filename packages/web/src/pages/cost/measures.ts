import type { QueryRow } from "@nightowl/model/api/query";
import { COST_BUCKETS } from "@nightowl/model/pricing/price";
import { PROMPT_PARTS } from "@nightowl/model/pricing/prompt-parts";
import { DIMENSION_FIELDS, findDimension, snakeName } from "@nightowl/model/query/query-fields";

/** What the line of totals says. */
export const TOTAL_MEASURES = [
  "cost",
  "reported_cost",
  "tokens",
  "input_tokens",
  "output_tokens",
  "output_ratio",
  "cache_hit_share",
  "unpriced",
  "trace_count",
];

export const BREAKDOWN_MEASURES = [
  ...COST_BUCKETS.map((bucket) => `cost_${snakeName(bucket)}`),
  ...PROMPT_PARTS.map((part) => `cost_part_${snakeName(part)}`),
  ...PROMPT_PARTS.map((part) => `tokens_part_${snakeName(part)}`),
];

/** Columns of the table, in order. */
export const TABLE_MEASURES = [
  "cost",
  "count",
  "cost_mean",
  "input_tokens",
  "output_tokens",
  "cache_hit_share",
  "output_ratio",
  "error_rate",
  "latency_p95",
  "unpriced",
];

/** What cost can be divided by, the most asked for first. */
export const COST_DIMENSIONS = [
  "model",
  "provider",
  "user",
  "session",
  "agent",
  "prompt_version",
  "prompt",
  "inside_tool",
  "fed_by_tool",
  "tag",
  "service",
  "env",
  "name",
  "span",
  "kind",
  "price",
  "cost_source",
].flatMap((name) => DIMENSION_FIELDS.find((field) => field.name === name) ?? []);

export interface Dimension {
  name: string;
  label: string;
  hint: string;
  repeats: boolean;
}

/** A dimension of the address as people read it; an unknown one reads as by model. */
export function dimensionOf(by: string | undefined): Dimension {
  const found = findDimension(by ?? "model");
  const field = found?.of.includes("calls") ? found : findDimension("model");
  return {
    name: field?.name ?? "model",
    label: field?.label ?? "",
    hint: field?.hint ?? "",
    repeats: field?.repeats === true,
  };
}

/** What a row's value of a dimension is called. */
export function rowLabel({ key, labels }: Pick<QueryRow, "key" | "labels">, by: Dimension): string {
  return labels?.[by.name] ?? valueLabel(key[by.name], by.label);
}

/** What an empty value of a dimension is called. */
export function valueLabel(value: string | null | undefined, label: string): string {
  if (value === null) return "All others";
  if (value !== undefined && value !== "") return value;
  return label.startsWith("Tool ") ? "no tool" : `no ${label.toLowerCase()}`;
}
