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
  for (const bucket in usage) if (usage[bucket as keyof Usage] !== undefined) return true;
  return false;
}

/** True when some bucket counts more than nothing. */
export function hasTokens(usage: Usage): boolean {
  for (const bucket in usage) {
    const count = usage[bucket as keyof Usage];
    if (typeof count === "number" && count > 0) return true;
  }
  return Object.values(usage.other ?? {}).some((count) => count > 0);
}

/**
 * Turns buckets that were reported beside the total into buckets inside it, so that they always add up.
 * The reported total decides where it can: when it is reached only with the cache (or the reasoning) on top, these
 * lay beside. Without that, more cached than input means that the input excluded the cache, and more
 * reasoning than output that the output excluded the reasoning. Applied twice it changes nothing.
 */
export function settleUsage(usage: Usage): Usage {
  if (!hasUsage(usage)) return {};
  const { inputTokens: input, outputTokens: output, totalTokens: total, other } = usage;
  const settled: Usage = { ...usage };
  if (other !== undefined && Object.keys(other).length === 0) delete settled.other;
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const reasoning = usage.reasoningTokens ?? 0;
  const missing = total === undefined ? 0 : total - (input ?? 0) - (output ?? 0);
  const both = missing === cached + reasoning;
  const isCacheBeside =
    cached > 0 && (cached > (input ?? 0) || (missing > 0 && (missing === cached || both)));
  const isReasoningBeside =
    reasoning > 0 && (reasoning > (output ?? 0) || (missing > 0 && (missing === reasoning || both)));
  if (input !== undefined && isCacheBeside) settled.inputTokens = input + cached;
  if (output !== undefined && isReasoningBeside) settled.outputTokens = output + reasoning;
  return settled;
}

/**
 * What is odd about usage: the reported total is not the sum of input and output, as they were `reported` or as they
 * are when `settled`, nor of these and all other buckets. Such a total is shown as it came and takes no
 * part in any sum. `undefined` when all is well.
 */
export function usageComplaint(reported: Usage, settled: Usage): string | undefined {
  const { inputTokens = 0, outputTokens = 0, totalTokens, other = {} } = settled;
  if (totalTokens === undefined || (settled.inputTokens === undefined && settled.outputTokens === undefined))
    return undefined;
  const sum = inputTokens + outputTokens;
  const rest = Object.values(other).reduce((a, b) => a + b, 0);
  const asReported = (reported.inputTokens ?? 0) + (reported.outputTokens ?? 0);
  if ([sum, sum + rest, asReported].includes(totalTokens)) return undefined;
  return `${totalTokens} tokens were reported in total, but ${inputTokens} in and ${outputTokens} out are ${sum}.`;
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
