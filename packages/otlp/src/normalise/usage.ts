import type { Cost, Usage } from "@nightowl/model/span/usage";
import { numberOf } from "@nightowl/model/span/attribute-reader";

/** The named buckets of {@link Usage}. */
export type UsageBucket = Exclude<keyof Usage, "other">;

/** A count of tokens: a whole number from 0 up that a float holds exactly; anything else is `undefined`. */
export function tokenCountOf(value: unknown): number | undefined {
  const n = numberOf(value);
  if (n === undefined || n < 0) return undefined;
  const whole = Math.round(n);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/** True when some bucket was reported. */
export function hasUsage(usage: Usage): boolean {
  return Object.values(usage).some((bucket) => bucket !== undefined);
}

/** True when some bucket counts more than nothing. */
export function hasTokens(usage: Usage): boolean {
  const { other, ...buckets } = usage;
  return [...Object.values(buckets), ...Object.values(other ?? {})].some((count) => (count ?? 0) > 0);
}

/**
 * Turns buckets that were reported beside the total into buckets inside it, so that they always add up. The reported total
 * tells where there is one: Gemini's thoughts stand beside its output, Anthropic's cache beside its input.
 * Without it, more cached than input means that the input excluded the cache, more reasoning than output that
 * the output excluded the reasoning. Applied twice it changes nothing.
 */
export function settleUsage(usage: Usage): Usage {
  const settled = { ...usage };
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const reasoning = usage.reasoningTokens ?? 0;
  const { inputTokens, outputTokens } = usage;
  const missing = (usage.totalTokens ?? 0) - (inputTokens ?? 0) - (outputTokens ?? 0);
  const besideInput = missing > 0 && (missing === cached || missing === cached + reasoning);
  const besideOutput = missing > 0 && (missing === reasoning || missing === cached + reasoning);
  if (inputTokens !== undefined && (cached > inputTokens || besideInput))
    settled.inputTokens = inputTokens + cached;
  if (outputTokens !== undefined && (reasoning > outputTokens || besideOutput)) {
    settled.outputTokens = outputTokens + reasoning;
  }
  return settled;
}

/**
 * What an application says that a call cost, in US dollars: the total, else the sum of its parts.
 * Nothing given, or something negative → `undefined`.
 */
export function reportedCost(
  total: number | undefined,
  input: number | undefined,
  output: number | undefined,
): Cost | undefined {
  const isNegative = [total, input, output].some((usd) => usd !== undefined && usd < 0);
  if (isNegative || (total === undefined && input === undefined && output === undefined)) return undefined;
  const cost: Cost = { source: "reported", costUsd: total ?? (input ?? 0) + (output ?? 0) };
  if (input !== undefined) cost.inputCostUsd = input;
  if (output !== undefined) cost.outputCostUsd = output;
  return cost;
}
